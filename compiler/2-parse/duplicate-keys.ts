import type { Range } from '../source/source.ts';
import { keyIn, skipSpace, skipString, skipValue } from './json-text.ts';

/**
 * Gives the keys that stand in their object a second time, in objects down to a depth (the root is 1). The text is
 * JSON. JSON.parse keeps the last of them and says nothing, and RFC 8259 (4) leaves open what is meant.
 */
export function duplicateKeys(text: string, depth: number): Range[] {
  const found: Range[] = [];
  look(text, skipSpace(text, 0), depth, found);
  return found;
}

// oxlint-disable-next-line max-params -- runs for every operation and schema: nothing is allocated
function look(text: string, start: number, depth: number, found: Range[]): number {
  if (depth === 0 || text[start] !== '{') return skipValue(text, start);
  const keys = new Set<string>();
  let at = skipSpace(text, start + 1);
  while (at < text.length && text[at] !== '}') {
    const end = skipString(text, at);
    const before = keys.size;
    if (keys.add(keyIn(text, at, end)).size === before) found.push({ start: at, end });
    at = skipSpace(text, look(text, skipSpace(text, skipSpace(text, end) + 1), depth - 1, found));
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return at + 1;
}
