import { isIP } from 'node:net';
import { inBlocks } from '../../../table/rules/address-ranges.ts';
import type { FilledUrl } from './types.ts';

/**
 * Gives a URL that a server told of as one that may be asked: every address of its host is checked then. https, or
 * plain http to an address of these blocks; without user, password and fragment. null for what is none.
 */
export function discoveredUrl(told: unknown, allowPrivate: readonly string[]): FilledUrl | null {
  if (typeof told !== 'string' || !URL.canParse(told)) return null;
  const url = new URL(told);
  if (url.username !== '' || url.password !== '' || url.hash !== '') return null;
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  const isOwn = url.protocol === 'http:' && isIP(literal) !== 0 && inBlocks(literal, allowPrivate);
  return url.protocol === 'https:' || isOwn ? { url: url.href, guarded: true } : null;
}
