import { HALF_PAIR } from './parameter-name.ts';
import { targetFault } from './target.ts';

/** What a path segment may hold unencoded (RFC 3986 3.3, pchar). */
const NOT_PCHAR = /[^A-Za-z0-9\-._~!$&'()*+,;=:@]/gu;

/**
 * Gives a text as one segment of a path: what a segment cannot hold is percent-encoded as UTF-8, half a
 * surrogate pair as U+FFFD. Whether it can be one is for `isSegment`.
 */
export function encodeSegment(text: string): string {
  return text.replace(NOT_PCHAR, (character) => {
    if (HALF_PAIR.test(character)) return '%EF%BF%BD';
    const encoded = encodeURIComponent(character);
    return encoded === character ? `%${character.charCodeAt(0).toString(16).toUpperCase()}` : encoded;
  });
}

/** Tells whether a text can be a segment of its own: not empty, no dot segment in any reading, no half surrogate pair. */
export function isSegment(text: string): boolean {
  return (
    text !== '' &&
    !/^\.{1,2}(?:;|$)/.test(text) &&
    !/[\\/\0]/.test(text) &&
    !HALF_PAIR.test(text) &&
    // `%2e%2e` would be a dot segment to a server that decodes twice.
    targetFault(`/${encodeSegment(text)}`) === null
  );
}
