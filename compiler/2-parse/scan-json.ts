import type { Range } from '../source/source.ts';

/** Where the scan is: in which objects and arrays, and at which member of each. */
type Level = { readonly object: boolean; step: string };

/** Takes each value's path and the range that stands for it: its key, or the value in an array. Returning true ends the scan. */
type Visit = (path: readonly Level[], range: Range) => boolean;

const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y;
const SPACE = /[\t\n\r ]*/y;
const LITERAL = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y;

/** Gives where JSON text breaks the grammar (RFC 8259), or null. JSON.parse tells no offset on every Node. */
export function jsonFaultAt(text: string): number | null {
  return scan(text, () => false);
}

/** Gives the range of the key (or array value) that a path leads to, or null. */
export function locateInJson(text: string, path: readonly string[]): Range | null {
  let found: Range | null = null;
  scan(text, (levels, range) => {
    if (levels.length !== path.length || !levels.every((level, index) => level.step === path[index]))
      return false;
    found = range;
    return true;
  });
  return found;
}

/** Reads the text once with a stack of its own, so that nesting cannot exhaust the program's. */
function scan(text: string, visit: Visit): number | null {
  const levels: Level[] = [];
  let at = skipSpace(text, 0);
  let state: 'value' | 'first' | 'after' = 'value';
  for (;;) {
    const level = levels.at(-1);
    if (state === 'after') {
      if (level === undefined) return at === text.length ? null : at;
      const character = text[at];
      if (character === (level.object ? '}' : ']')) {
        levels.pop();
        at = skipSpace(text, at + 1);
        continue;
      }
      if (character !== ',') return at;
      at = skipSpace(text, at + 1);
    } else if (state === 'first' && text[at] === (level?.object === true ? '}' : ']')) {
      levels.pop();
      at = skipSpace(text, at + 1);
      state = 'after';
      continue;
    }
    const value = level === undefined ? at : memberStart(text, at, { levels, level, visit });
    if (value === 'found') return null;
    if (typeof value === 'object') return value.fault;
    const next = readValue(text, value, levels);
    if (next === null) return value;
    at = skipSpace(text, next.end);
    state = next.opened ? 'first' : 'after';
  }
}

interface Member {
  readonly levels: Level[];
  readonly level: Level;
  readonly visit: Visit;
}

/** Reads a key and its colon, or counts an array's element; gives where the value begins. */
function memberStart(
  text: string,
  at: number,
  { levels, level, visit }: Member,
): number | 'found' | { fault: number } {
  if (!level.object) {
    level.step = String(Number(level.step) + 1);
    return visit(levels, { start: at, end: at + 1 }) ? 'found' : at;
  }
  const end = stringEnd(text, at);
  if (end === null) return { fault: at };
  level.step = unquote(text.slice(at, end));
  if (visit(levels, { start: at, end })) return 'found';
  const colon = skipSpace(text, end);
  return text[colon] === ':' ? skipSpace(text, colon + 1) : { fault: colon };
}

function readValue(text: string, at: number, levels: Level[]): { end: number; opened: boolean } | null {
  const character = text[at];
  if (character === '{' || character === '[') {
    levels.push({ object: character === '{', step: '-1' });
    return { end: at + 1, opened: true };
  }
  if (character === '"') {
    const end = stringEnd(text, at);
    return end === null ? null : { end, opened: false };
  }
  LITERAL.lastIndex = at;
  const literal = LITERAL.exec(text);
  return literal === null ? null : { end: at + literal[0].length, opened: false };
}

function stringEnd(text: string, at: number): number | null {
  if (text[at] !== '"') return null;
  for (let index = at + 1; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x22) return index + 1;
    if (code < 0x20) return null;
    if (code === 0x5c) {
      ESCAPE.lastIndex = index;
      const escape = ESCAPE.exec(text)?.[0];
      if (escape === undefined) return null;
      index += escape.length - 1;
    }
  }
  return null;
}

function unquote(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}

function skipSpace(text: string, at: number): number {
  SPACE.lastIndex = at;
  return at + (SPACE.exec(text)?.[0].length ?? 0);
}
