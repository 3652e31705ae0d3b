import { keyIn, skipSpace, skipString, skipValue } from './json-text.ts';
import type { Wanted } from './wanted-paths.ts';

/** Fills in the ranges of wanted paths. The text is JSON: what nothing is wanted of is skipped without being read. */
export function locateInJson(text: string, wanted: Wanted): void {
  readValue(text, skipSpace(text, 0), wanted);
}

/** Gives where a value ends; reads it only as far as something of it is wanted. */
function readValue(text: string, at: number, wanted: Wanted | undefined): number {
  if (wanted === undefined || wanted.children.size === 0) return skipValue(text, at);
  if (text[at] === '{') return readObject(text, at, wanted);
  if (text[at] === '[') return readArray(text, at, wanted);
  return skipValue(text, at);
}

function readObject(text: string, start: number, wanted: Wanted): number {
  let at = skipSpace(text, start + 1);
  while (at < text.length && text[at] !== '}') {
    const keyEnd = skipString(text, at);
    const child = wanted.children.get(keyIn(text, at, keyEnd));
    // The last one of two equal keys counts, as for JSON.parse.
    if (child !== undefined) child.range = { start: at, end: keyEnd };
    const value = skipSpace(text, skipSpace(text, keyEnd) + 1);
    at = skipSpace(text, readValue(text, value, child));
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return at + 1;
}

function readArray(text: string, start: number, wanted: Wanted): number {
  let at = skipSpace(text, start + 1);
  for (let index = 0; at < text.length && text[at] !== ']'; index += 1) {
    const child = wanted.children.get(String(index));
    if (child !== undefined) child.range = { start: at, end: at + 1 };
    at = skipSpace(text, readValue(text, at, child));
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return at + 1;
}
