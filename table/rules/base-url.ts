import { targetFault } from './target.ts';
import { trimSlashes } from './trim-slashes.ts';

/** What a base_url means once it is read: the origin and the path that requests are bound to. */
export interface ReadBaseUrl {
  readonly origin: string;
  readonly host: string;
  readonly scheme: 'http' | 'https';
  /** '' or `/v1`, without a trailing slash. */
  readonly path: string;
}

/** Why a base_url is refused, as the rest of a sentence. `untold`: the same without the host, where that is in it. */
export type BaseUrlFault = { readonly fault: string; readonly untold?: string };

/**
 * Gives the parts of a base_url, or why it is refused: it must be absolute http or https, have a host, no
 * user name, query or fragment, and mean the same before and after WHATWG normalisation. What a reviewer
 * reads as the host is then where credentials go: `http://0x7f.1`, full-width dots and `\` are refused.
 */
export function readBaseUrl(written: string): ReadBaseUrl | BaseUrlFault {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u0020\u007f\\]/.test(written))
    return { fault: 'holds a space, a backslash or a control character' };
  const [, scheme, authority = '', path = ''] = /^(https?):\/\/([^/?#]*)([^?#]*)/i.exec(written) ?? [];
  if (scheme === undefined) return { fault: 'is not an absolute http or https URL' };
  if (authority === '') return { fault: 'has no host' };
  if (authority.includes('@')) return { fault: 'holds a user name or password' };
  if (written.includes('?')) return { fault: 'holds a query' };
  if (written.includes('#')) return { fault: 'holds a fragment' };
  // WHATWG lets them stand in a host; here they would be read as a variable.
  if (/[{}]/.test(authority)) return { fault: 'has a brace in its host' };
  if (!URL.canParse(written)) return { fault: 'has a host or port that cannot be read' };
  const url = new URL(written);
  const defaultPort = url.protocol === 'https:' ? /:(?:443)?$/ : /:(?:80)?$/;
  const asWritten = authority.toLowerCase().replace(defaultPort, '');
  if (asWritten !== url.host) {
    return {
      fault: `has a host that means ${JSON.stringify(url.host)}; write it so`,
      untold: 'has a host that means another one',
    };
  }
  const trimmed = trimSlashes(path);
  if (trimmed !== trimSlashes(url.pathname) || trimmed.includes('//')) {
    return {
      fault: 'has a path with dot segments, empty segments or characters that are not written so in a URL',
    };
  }
  if (trimmed !== '' && targetFault(trimmed) !== null)
    return { fault: 'has a path with an escape that is malformed, or hides a dot segment or NUL' };
  const isHttps = url.protocol === 'https:';
  return { origin: url.origin, host: url.hostname, scheme: isHttps ? 'https' : 'http', path: trimmed };
}
