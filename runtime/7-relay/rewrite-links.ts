import { pathOf, decodeSegment } from '../../table/rules/target.ts';
import type { PlacedDestination } from '../../table/rules/place-destination.ts';
import { chooseHost } from '../2-match/choose-host.ts';
import type { HostChoice } from '../2-match/choose-host.ts';
import { fillSegment } from '../2-match/fill-segment.ts';
import type { PathKey } from '../2-match/fill-segment.ts';
import { callersPath } from '../2-match/place-path.ts';
import type { PathSteps } from '../2-match/place-path.ts';
import type { Hidden } from '../hidden.ts';
import { Problem } from '../problem.ts';

/** Where the links of a connection's answers may point, and what they become. */
export interface LinkBase {
  readonly connection: string;
  /** The gateway's public URL without a trailing slash, or null. */
  readonly public_url: string | null;
  /** Where requests of the connection go, the main host first, and which of them go to another. */
  readonly places: Hidden<readonly Omit<PlacedDestination, 'host'>[]>;
  readonly hosts: readonly HostChoice[];
  readonly path: PathSteps | null;
  readonly key: PathKey | null;
  /** By decoded segment that is secret: what a caller writes in its place, encoded. */
  readonly placeholders: Hidden<ReadonlyMap<string, string>>;
}

/** The request that an answer belongs to: its links are read from there. */
export interface Asked {
  /** As it was sent upstream, but for a credential in the path. */
  readonly path: string;
  /** The Host that the caller called the gateway by; null without one. */
  readonly host: string | null;
  /** The number of the place that it was sent to. */
  readonly upstream: number;
}

/**
 * Gives a Location or Content-Location so that whoever follows it stays on this connection or leaves the
 * gateway. A reference to what a GET through the connection reaches becomes `/{connection}/…`, its bytes kept
 * but for secrets, in whose place the caller's segment stands; another one to the upstream's origin becomes
 * absolute, for as a path it would name another connection of the gateway, and clients repeat key and content
 * there (RFC 9110 15.4). null, and so no
 * header: a URL of the gateway itself outside this connection. Other URLs, and text that is none, stay.
 */
export function rewriteLocation(value: string, base: LinkBase, asked: Asked): string | null {
  return follow(value, base, asked, '');
}

/**
 * Gives a Link header (RFC 8288) with its targets rewritten by the same rule. With a public URL those that
 * lead through the gateway become absolute: well-known clients append a relative one to their base URL,
 * which already ends in the connection's name.
 */
export function rewriteLink(value: string, base: LinkBase, asked: Asked): string {
  return value.replace(/<([^<>]*)>/g, (_, target: string) => {
    return `<${follow(target, base, asked, base.public_url ?? '') ?? 'about:blank'}>`;
  });
}

const AUTHORITY = /^(?:[a-z][a-z0-9+.-]*:)?\/\/[^/?#]*/i;
/**
 * What readers of URLs disagree on, or take away: dot segments, backslashes, white space, and a scheme without
 * `//`, which is a relative reference where it is the base's scheme (`http:/a`, RFC 3986 5.2.2).
 */
const UNPLAIN = /(?:^|[/\\])(?:\.|%2e){1,2}(?:[/\\?#;]|$)|[\\\t]|^ | $|^https?:(?!\/\/)/i;
/** A reference to the answer itself. */
const ITSELF = /^(?:#|$)/;

function follow(value: string, base: LinkBase, asked: Asked, front: string): string | null {
  const origin = base.places.reveal()[asked.upstream]?.origin ?? '';
  // Without its query, which may hold the credential.
  const from = origin + pathOf(asked.path);
  if (ITSELF.test(value)) return value;
  const plain = !UNPLAIN.test(value);
  // What is no URL here may be one to a reader who starts from the gateway's scheme.
  if (!URL.canParse(value, from)) return plain ? value : null;
  const url = new URL(value, from);
  const authority = AUTHORITY.exec(value)?.[0] ?? '';
  const relative = authority === '' && !value.startsWith('/');
  const named = url.username !== '' || url.password !== '';
  const own = named
    ? null
    : throughConnection(url, plain && !relative ? value.slice(authority.length) : null, base);
  if (own !== null) {
    const asWritten = relative && plain && front === '' && keepsPaths(base);
    return asWritten ? value : `${front}/${base.connection}${own}`;
  }
  if (url.origin !== origin) return isGateway(url, base, asked) ? null : plain ? value : url.href;
  if (named) return plain ? value : url.href;
  if (authority !== '' && plain) return value;
  return plain && !relative ? origin + value : url.href;
}

/** Tells whether what callers send and what upstreams see differ in the base path alone. */
function keepsPaths({ path, key, hosts }: LinkBase): boolean {
  return path === null && key === null && hosts.length === 0;
}

/**
 * Gives what stands behind the connection's name in a request that comes to this URL, or null where none does.
 * `written` is its path, query and fragment as the upstream wrote them; null where only the URL is sure.
 */
function throughConnection(url: URL, written: string | null, base: LinkBase): string | null {
  for (const [number, { origin, base_path }] of base.places.reveal().entries()) {
    if (url.origin !== origin || !isUnder(base_path, url.pathname)) continue;
    const whole =
      written !== null && isUnder(base_path, PATH.exec(written)?.[0] ?? '')
        ? written
        : url.pathname + url.search + url.hash;
    const rest = whole.slice(base_path.length);
    const path = PATH.exec(rest)?.[0] ?? '';
    const own = callersOwn(path, number, base);
    if (own !== null) return own + rest.slice(path.length);
  }
  return null;
}

/** Gives path and query of a caller behind the connection's name that come to this URL, or null where none do. */
export function behindConnection(url: URL, base: LinkBase): string | null {
  const named = url.username !== '' || url.password !== '';
  return named ? null : throughConnection(url, null, base);
}

const PATH = /^[^?#]*/;

/** Gives the path of a caller that comes to this one at that place, or null. */
function callersOwn(
  path: string,
  number: number,
  { hosts, key, path: steps, placeholders }: LinkBase,
): string | null {
  const known = placeholders.reveal();
  const placed =
    known.size === 0
      ? path
      : path
          .split('/')
          .map((raw) => known.get(decodeSegment(raw) ?? '') ?? raw)
          .join('/');
  if (chooseHost(hosts, 'GET', placed) !== number) return null;
  if (key !== null && fillSegment(placed, key) instanceof Problem) return null;
  return steps === null ? placed : callersPath(steps, placed);
}

/** Tells whether a URL leads to the gateway, but not to this connection. */
function isGateway(url: URL, { connection, public_url }: LinkBase, { host }: Asked): boolean {
  const names = [public_url, host === null ? null : `${url.protocol}//${host}`];
  const known = names.some((one) => one !== null && URL.canParse(one) && new URL(one).host === url.host);
  return known && !isUnder(`/${connection}`, url.pathname);
}

function isUnder(base_path: string, path: string): boolean {
  return base_path === '' || path === base_path || path.startsWith(`${base_path}/`);
}
