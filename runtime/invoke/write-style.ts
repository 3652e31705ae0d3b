import type { ParameterRecord } from '../../table/operations.ts';
import { BY_DEFAULT } from '../validate/read-style.ts';
import type { Style } from '../validate/read-style.ts';
import { encodeText } from './encode-text.ts';
import { isScalar, plainText } from './plain-text.ts';
import type { JsonObject } from './types.ts';

/** A pair of a query or a form, encoded. */
export interface WrittenPair {
  readonly name: string;
  readonly value: string;
}

/** What was written; or what was expected in place of the value, as the rest of a sentence. */
export type Written<Value> = Value | { readonly expected: string };

/** Brackets in one name: no API has deeper ones. */
const BRACKETS_MAX = 20;
const SCALAR = 'text, a number, true or false';
const HALF = 'text without half a surrogate pair';

/** What stands between values that are not exploded. */
const DELIMITERS: Partial<Record<ParameterRecord['style'], string>> = {
  spaceDelimited: '%20',
  pipeDelimited: '%7C',
  tabDelimited: '%09',
};

/**
 * Gives a value as pairs by its style (OpenAPI 3.2, 4.12.3): no pairs for null, and for null within lists. What
 * `readFromPairs` reads of them is the value again. `objects`: whether a value with members is written at all.
 */
export function writePairs(
  name: string,
  value: unknown,
  style: Style,
  objects: boolean,
): Written<readonly WrittenPair[]> {
  const encoded = encodeText(name);
  if (encoded === null) return { expected: `a name that is ${HALF}` };
  if (value === null || value === undefined) return [];
  if (isScalar(value)) return onePair(encoded, [value], '');
  if (style.style === 'deepObject') return bracketed(encoded, value);
  if (Array.isArray(value)) return listed(encoded, value, style);
  if (typeof value === 'object' && objects) return membered(encoded, value as JsonObject, style);
  return { expected: `${SCALAR}, or a list of them` };
}

function onePair(name: string, values: readonly unknown[], between: string): Written<WrittenPair[]> {
  const texts: string[] = [];
  for (const value of values) {
    if (!isScalar(value)) return { expected: `${SCALAR} at each place` };
    const text = encodeText(plainText(value));
    if (text === null) return { expected: HALF };
    texts.push(text);
  }
  return [{ name, value: texts.join(between) }];
}

function listed(name: string, values: readonly unknown[], { style, explode }: Style): Written<WrittenPair[]> {
  const kept = values.filter((value) => value !== null);
  if (kept.length === 0) return [];
  if (!explode) return onePair(name, kept, DELIMITERS[style] ?? ',');
  const pairs: WrittenPair[] = [];
  for (const value of kept) {
    const written = onePair(name, [value], '');
    if ('expected' in written) return written;
    pairs.push(...written);
  }
  return pairs;
}

/** An object by the style `form`: its members as pairs of their own, or all of it as one list. */
function membered(name: string, value: JsonObject, style: Style): Written<WrittenPair[]> {
  const members = Object.entries(value).filter(([, member]) => member !== null);
  if (!style.explode) return members.length === 0 ? [] : onePair(name, members.flat(), ',');
  const pairs: WrittenPair[] = [];
  for (const [key, member] of members) {
    const written = writePairs(key, member, BY_DEFAULT, false);
    if ('expected' in written) return written;
    pairs.push(...written);
  }
  return pairs;
}

function bracketed(name: string, value: unknown): Written<WrittenPair[]> {
  const pairs: WrittenPair[] = [];
  const expected = addBracketed(pairs, { name, value, depth: 0 });
  return expected === null ? pairs : { expected };
}

interface Inner {
  /** Encoded, with its brackets. */
  readonly name: string;
  readonly value: unknown;
  readonly depth: number;
}

function addBracketed(pairs: WrittenPair[], { name, value, depth }: Inner): string | null {
  if (value === null || value === undefined) return null;
  if (depth > BRACKETS_MAX) return `values that are nested at most ${BRACKETS_MAX} levels`;
  if (typeof value !== 'object') {
    const written = onePair(name, [value], '');
    if ('expected' in written) return written.expected;
    pairs.push(...written);
    return null;
  }
  for (const [key, member] of membersOf(value)) {
    const encoded = encodeText(key);
    if (encoded === null) return `names that are ${HALF}`;
    const fault = addBracketed(pairs, { name: `${name}%5B${encoded}%5D`, value: member, depth: depth + 1 });
    if (fault !== null) return fault;
  }
  return null;
}

/** Elements have no number where they are plain: vendors that want one for those take it without too, not all the reverse. */
function membersOf(value: object): (readonly [string, unknown])[] {
  if (!Array.isArray(value)) return Object.entries(value);
  const elements: readonly unknown[] = value;
  const plain = elements.every((element) => element === null || isScalar(element));
  return elements.map((element, at) => [plain ? '' : String(at), element] as const);
}

/** Gives a value as it stands in a path (OpenAPI 3.2, 4.12.3: simple, label, matrix), encoded. */
export function writeInPath(
  name: string,
  value: unknown,
  { style, explode }: Style,
): Written<{ text: string }> {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) return { expected: 'a value that is not empty' };
  const texts: string[] = [];
  for (const one of list) {
    if (!isScalar(one)) return { expected: `${SCALAR}, or a list of them` };
    const text = encodeText(plainText(one));
    if (text === null) return { expected: HALF };
    if (text === '') return { expected: 'a value that is not empty' };
    texts.push(text);
  }
  if (style === 'label') return { text: `.${texts.join(explode ? '.' : ',')}` };
  if (style !== 'matrix') return { text: texts.join(',') };
  const encoded = encodeText(name) ?? '';
  const assigned = explode
    ? texts.map((text) => `${encoded}=${text}`).join(';')
    : `${encoded}=${texts.join(',')}`;
  return { text: `;${assigned}` };
}
