import { HALF_PAIR } from '../../table/rules/parameter-name.ts';

/**
 * Gives a text percent-encoded as UTF-8 but for the unreserved characters of RFC 3986 2.3: nothing of it can end a
 * segment, a pair or a target. null where it has half a surrogate pair, which has no bytes.
 */
export function encodeText(text: string): string | null {
  if (HALF_PAIR.test(text)) return null;
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
