/** Where the links of an answer may point, and what they become. */
export interface LinkBase {
  readonly origin: string;
  readonly base_path: string;
  readonly connection: string;
  /** The gateway's public URL without a trailing slash, or null. */
  readonly public_url: string | null;
}

/**
 * Gives a Location or Content-Location so that it leads through the gateway: a URL, or absolute path, of
 * the upstream's origin and base path becomes `/{connection}/…`. Everything behind the base path keeps its
 * bytes. Anything else is given back as it is: other origins, relative references, text that is no URL.
 */
export function rewriteLocation(value: string, base: LinkBase): string {
  const path = pathOnUpstream(value, base);
  return path === null ? value : `/${base.connection}${path}`;
}

/**
 * Gives a Link header (RFC 8288) with its targets rewritten. With a public URL the targets become
 * absolute: well-known clients append a relative one to their base URL, which already ends in the
 * connection's name.
 */
export function rewriteLink(value: string, base: LinkBase): string {
  return value.replace(/<([^<>]*)>/g, (whole, target: string) => {
    const path = pathOnUpstream(target, base);
    return path === null ? whole : `<${base.public_url ?? ''}/${base.connection}${path}>`;
  });
}

const AUTHORITY = /^(?:[a-z][a-z0-9+.-]*:)?\/\/[^/?#]*/i;

/** Gives what stands behind the base path, beginning with `/`, `?`, `#` or empty; null where the URL leads elsewhere. */
function pathOnUpstream(value: string, { origin, base_path }: LinkBase): string | null {
  const authority = AUTHORITY.exec(value)?.[0] ?? '';
  if (authority === '' && !value.startsWith('/')) return null;
  const url = URL.canParse(value, origin) ? new URL(value, origin) : null;
  if (url === null || url.origin !== origin || url.username !== '' || url.password !== '') return null;
  if (!isUnder(base_path, url.pathname)) return null;
  const rest = value.slice(authority.length);
  return isUnder(base_path, rest.replace(/[?#].*$/s, '')) ? rest.slice(base_path.length) : null;
}

function isUnder(base_path: string, path: string): boolean {
  return base_path === '' || path === base_path || path.startsWith(`${base_path}/`);
}
