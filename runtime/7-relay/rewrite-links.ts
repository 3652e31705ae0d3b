import { pathOf } from '../../table/rules/target.ts';

/** Where the links of an answer may point, and what they become. */
export interface LinkBase {
  readonly origin: string;
  readonly base_path: string;
  readonly connection: string;
  /** The gateway's public URL without a trailing slash, or null. */
  readonly public_url: string | null;
}

/** The request that an answer belongs to: its links are read from there. */
export interface Asked {
  /** As it was sent upstream. */
  readonly path: string;
  /** The Host that the caller called the gateway by; null without one. */
  readonly host: string | null;
}

/**
 * Gives a Location or Content-Location so that whoever follows it stays on this connection or leaves the
 * gateway. A reference to the upstream's origin and base path becomes `/{connection}/…`, its bytes kept;
 * one to the upstream's origin outside the base path becomes absolute, for as a path it would name another
 * connection of the gateway, and clients repeat key and content there (RFC 9110 15.4). null, and so no
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
  // Without its query, which may hold the credential.
  const from = base.origin + pathOf(asked.path);
  if (ITSELF.test(value)) return value;
  const plain = !UNPLAIN.test(value);
  // What is no URL here may be one to a reader who starts from the gateway's scheme.
  if (!URL.canParse(value, from)) return plain ? value : null;
  const url = new URL(value, from);
  if (url.origin !== base.origin) return isGateway(url, base, asked) ? null : plain ? value : url.href;
  if (url.username !== '' || url.password !== '') return plain ? value : url.href;
  const authority = AUTHORITY.exec(value)?.[0] ?? '';
  const relative = authority === '' && !value.startsWith('/');
  if (!isUnder(base.base_path, url.pathname)) {
    if (authority !== '' && plain) return value;
    return plain && !relative ? base.origin + value : url.href;
  }
  if (relative && plain && front === '') return value;
  const rest = plain && !relative ? value.slice(authority.length) : url.pathname + url.search + url.hash;
  return `${front}/${base.connection}${rest.slice(base.base_path.length)}`;
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
