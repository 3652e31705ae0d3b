import type { Wanted } from './wanted-paths.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

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
    const child = wanted.children.get(unquote(text.slice(at, keyEnd)));
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

function skipValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = skipString(text, at) - 1;
      if (depth === 0) return at + 1;
    } else if (code === 0x7b || code === 0x5b) depth += 1;
    else if (code === 0x7d || code === 0x5d) {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (code === 0x2c || code <= 0x20)) return at;
  }
  return text.length;
}

function skipString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end + 1;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}

function unquote(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  return String(JSON.parse(quoted));
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at += 1;
  return at;
}
