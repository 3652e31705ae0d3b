import { targetFault } from '../../../table/rules/target.ts';
import { trimSlashes } from '../../../table/rules/trim-slashes.ts';
import { own } from './trail.ts';

const ANYWHERE = 'http://relative.invalid/';

/** Gives the path that stands before every template, without a trailing slash, or null when it is unclear. */
export function serverPath(root: unknown): string | null {
  if (own(root, 'swagger') !== undefined) return serverUrlPath(own(root, 'basePath') ?? '');
  const servers = own(root, 'servers');
  if (servers === undefined || (Array.isArray(servers) && servers.length === 0)) return '';
  const url = serverUrl(Array.isArray(servers) ? servers[0] : undefined);
  return url === null ? null : serverUrlPath(url);
}

/** Gives the URL of a server with its variables at their defaults, or null where it has none. */
function serverUrl(server: unknown): string | null {
  const url = own(server, 'url');
  if (typeof url !== 'string') return null;
  const variables = own(server, 'variables');
  let unknown = false;
  const filled = url.replace(/\{([^{}]*)\}/g, (_, name: string) => {
    const value = own(own(variables, name), 'default');
    if (typeof value !== 'string' && typeof value !== 'number') unknown = true;
    return String(value);
  });
  return unknown ? null : filled;
}

/**
 * Tells whether servers that a path or an operation has for itself are all others than the first of the description:
 * of another origin, or with another path. Where the description has no server, or one that is unclear, nothing tells.
 */
export function isElsewhere(root: unknown, servers: unknown): boolean {
  const [first]: unknown[] = Array.isArray(own(root, 'servers')) ? (own(root, 'servers') as unknown[]) : [];
  const home = serverUrl(first);
  if (home === null || !Array.isArray(servers) || servers.length === 0) return false;
  return servers.every((server) => {
    const url = serverUrl(server);
    return url !== null && URL.canParse(url, ANYWHERE) && !isSamePlace(url, home);
  });
}

/** A relative URL is of whichever origin the document is from, and that one is not known. */
function isSamePlace(one: string, other: string): boolean {
  if (!URL.canParse(other, ANYWHERE)) return true;
  const [here, there] = [new URL(one, ANYWHERE), new URL(other, ANYWHERE)];
  const isRelative = [one, other].some((url) => !URL.canParse(url));
  return (
    (isRelative || here.host === there.host) && trimSlashes(here.pathname) === trimSlashes(there.pathname)
  );
}

/** The host of a server is not used: requests go to base_url. Relative URLs count from the root. */
function serverUrlPath(url: unknown): string | null {
  if (typeof url !== 'string' || !URL.canParse(url, ANYWHERE)) return null;
  const path = trimSlashes(new URL(url, ANYWHERE).pathname);
  return isPrefix(path) ? path : null;
}

/** Tells whether a text is a path that may stand before templates: '' or absolute, without a trailing slash, and one that requests may have. */
export function isPrefix(path: string): boolean {
  return path === '' || (/^(?:\/[^/?]+)+$/.test(path) && targetFault(path) === null);
}
