const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y;
const SPACE = /[\t\n\r ]*/y;
const LITERAL = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y;

/** Gives where JSON text breaks the grammar (RFC 8259), or null. JSON.parse tells no offset on every Node. */
export function jsonFaultAt(text: string): number | null {
  // The scan has a stack of its own, so that nesting cannot exhaust the program's: true is an object.
  const levels: boolean[] = [];
  let at = skipSpace(text, 0);
  let state: 'value' | 'first' | 'after' = 'value';
  for (;;) {
    const level = levels.at(-1);
    if (state === 'after') {
      if (level === undefined) return at === text.length ? null : at;
      const character = text[at];
      if (character === (level ? '}' : ']')) {
        levels.pop();
        at = skipSpace(text, at + 1);
        continue;
      }
      if (character !== ',') return at;
      at = skipSpace(text, at + 1);
    } else if (state === 'first' && text[at] === (level === true ? '}' : ']')) {
      levels.pop();
      at = skipSpace(text, at + 1);
      state = 'after';
      continue;
    }
    const value = level === true ? memberStart(text, at) : at;
    if (typeof value === 'object') return value.fault;
    const next = readValue(text, value, levels);
    if (next === null) return value;
    at = skipSpace(text, next.end);
    state = next.opened ? 'first' : 'after';
  }
}

/** Reads a key and its colon; gives where the value begins. */
function memberStart(text: string, at: number): number | { fault: number } {
  const end = stringEnd(text, at);
  if (end === null) return { fault: at };
  const colon = skipSpace(text, end);
  return text[colon] === ':' ? skipSpace(text, colon + 1) : { fault: colon };
}

function readValue(text: string, at: number, levels: boolean[]): { end: number; opened: boolean } | null {
  const character = text[at];
  if (character === '{' || character === '[') {
    levels.push(character === '{');
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

function skipSpace(text: string, at: number): number {
  SPACE.lastIndex = at;
  return at + (SPACE.exec(text)?.[0].length ?? 0);
}
