import { pathSegments, targetFault } from './target.ts';

/**
 * Tells whether a text can be put in front of paths: absolute, without a trailing slash, empty segments or a
 * query, no dot segment in any reading, and UTF-8, since it is compared decoded.
 */
export function isPathPrefix(path: string): boolean {
  return /^(?:\/[^/?]+)+$/.test(path) && targetFault(path) === null && pathSegments(path) !== null;
}
