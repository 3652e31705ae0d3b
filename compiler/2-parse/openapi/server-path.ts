import { targetFault } from '../../../table/rules/target.ts';
import { trimSlashes } from '../../../table/rules/trim-slashes.ts';
import { own } from './trail.ts';

/** Gives the path that stands before every template, without a trailing slash, or null when it is unclear. */
export function serverPath(root: unknown): string | null {
  if (own(root, 'swagger') !== undefined) return serverUrlPath(own(root, 'basePath') ?? '');
  const servers = own(root, 'servers');
  if (servers === undefined || (Array.isArray(servers) && servers.length === 0)) return '';
  const first: unknown = Array.isArray(servers) ? servers[0] : undefined;
  const url = own(first, 'url');
  if (typeof url !== 'string') return null;
  const variables = own(first, 'variables');
  let unknown = false;
  const filled = url.replace(/\{([^{}]*)\}/g, (_, name: string) => {
    const value = own(own(variables, name), 'default');
    if (typeof value !== 'string' && typeof value !== 'number') unknown = true;
    return String(value);
  });
  return unknown ? null : serverUrlPath(filled);
}

/** The host of a server is not used: requests go to base_url. Relative URLs count from the root. */
function serverUrlPath(url: unknown): string | null {
  if (typeof url !== 'string' || !URL.canParse(url, 'http://relative.invalid/')) return null;
  const path = trimSlashes(new URL(url, 'http://relative.invalid/').pathname);
  return isPrefix(path) ? path : null;
}

/** Tells whether a text is a path that may stand before templates: '' or absolute, without a trailing slash, and one that requests may have. */
export function isPrefix(path: string): boolean {
  return path === '' || (/^(?:\/[^/?]+)+$/.test(path) && targetFault(path) === null);
}
