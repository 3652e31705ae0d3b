import type { EncodingRecord, ParameterRecord } from '../../table/operations.ts';
import type { ValueShape } from './value-shape.ts';

/** How a value is written as text (OpenAPI 3.2, 4.12.3 Style Values). */
export type Style = Pick<EncodingRecord, 'style' | 'explode'>;

/** How values are written where nothing is said of them, lists by repeating the name (OpenAPI 3.2, 4.12.2.2.1 and 4.15.1). */
export const BY_DEFAULT: Style = { style: 'form', explode: true };
/** `a[b]=1`, `a[]=1&a[]=2`, `a[0][b]=1`: how values within values are written. */
export const BRACKETED: Style = { style: 'deepObject', explode: true };

/** What a text was taken apart to: texts, lists and null-prototype objects of them. */
export type ReadValue = string | ReadValue[] | { [name: string]: ReadValue };

/** A pair of a query or a form: its name decoded, its value as it came. */
export interface Pair {
  readonly name: string;
  readonly raw: string;
}

/** Gives the pairs of a query or of form content, in their order. */
export function readPairs(text: string): Pair[] {
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      const name = equals < 0 ? pair : pair.slice(0, equals);
      return { name: decodeForm(name), raw: equals < 0 ? '' : pair.slice(equals + 1) };
    });
}

/** Gives a text of a query decoded; where its escapes are no UTF-8, as it came. */
export function decodeForm(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** What stands between values that are not exploded. An encoded comma is part of a value. */
const DELIMITERS: Partial<Record<ParameterRecord['style'], RegExp>> = {
  spaceDelimited: /%20|\+/,
  pipeDelimited: /\||%7C/i,
  tabDelimited: /%09/,
};

/** Gives the value of a name among pairs by its style, or undefined where it is not there. */
export function readFromPairs(
  name: string,
  { style, explode }: Style,
  shape: ValueShape,
  pairs: readonly Pair[],
): ReadValue | undefined {
  if (style === 'deepObject') return readDeep(name, shape, pairs);
  if (explode && shape.object && !shape.array && !shape.scalar) return readMembers(shape, pairs);
  const own = pairs.filter((pair) => pair.name === name);
  const [first] = own;
  if (first === undefined) return undefined;
  if (explode || own.length > 1) {
    if (own.length === 1 && !(shape.array && !shape.scalar)) return decodeForm(first.raw);
    return own.map(({ raw }) => decodeForm(raw));
  }
  const parts = (): string[] => split(first.raw, DELIMITERS[style] ?? /,/).map(decodeForm);
  if (shape.array && !shape.scalar) return parts();
  if (shape.object && !shape.scalar) return members(parts());
  return decodeForm(first.raw);
}

/** Gives the value of one text (a path segment, a header, a cookie) by its style. */
export function readFromText(
  name: string,
  text: string,
  { style, explode }: Style,
  shape: ValueShape,
): ReadValue {
  let inner = text;
  let between = /,/;
  if (style === 'label') {
    inner = text.replace(/^\./, '');
    if (explode) between = /\./;
  } else if (style === 'matrix') {
    inner = text.replace(/^;/, '');
    if (explode) between = /;/;
    else if (inner.startsWith(`${name}=`)) inner = inner.slice(name.length + 1);
  }
  const parts = split(inner, between).map((part) => part.trim());
  const named = style === 'matrix' && explode;
  if (shape.array && !shape.scalar)
    return named ? parts.map((part) => part.slice(part.indexOf('=') + 1)) : parts;
  if (shape.object && !shape.scalar) return explode ? assigned(parts) : members(parts);
  return named ? inner.slice(inner.indexOf('=') + 1) : inner;
}

function split(text: string, between: RegExp): string[] {
  return text === '' ? [] : text.split(between);
}

/** `R,100,G,200` */
function members(parts: readonly string[]): ReadValue {
  const read = emptyObject();
  for (let at = 0; at < parts.length; at += 2) read[parts[at] ?? ''] = parts[at + 1] ?? '';
  return read;
}

/** `R=100,G=200` */
function assigned(parts: readonly string[]): ReadValue {
  const read = emptyObject();
  for (const part of parts) {
    const equals = part.indexOf('=');
    read[equals < 0 ? part : part.slice(0, equals)] = equals < 0 ? '' : part.slice(equals + 1);
  }
  return read;
}

/** An exploded object has its members for names: those that its schema says are its own. */
function readMembers(shape: ValueShape, pairs: readonly Pair[]): ReadValue | undefined {
  const read = emptyObject();
  let count = 0;
  for (const { name, raw } of pairs) {
    if (!shape.members.has(name)) continue;
    add(read, name, decodeForm(raw));
    count += 1;
  }
  return count === 0 ? undefined : read;
}

/** A name given again makes a list. */
function add(read: { [name: string]: ReadValue }, name: string, value: ReadValue): void {
  const before = read[name];
  if (before === undefined) read[name] = value;
  else if (Array.isArray(before)) before.push(value);
  else read[name] = [before, value];
}

/** Brackets in one name: deeper ones are nobody's parameter. */
const BRACKETS_MAX = 20;

/** `filter[a][b]=1`: members in brackets, `[]` and numbers in a row make lists, as vendors that use this do. */
function readDeep(name: string, shape: ValueShape, pairs: readonly Pair[]): ReadValue | undefined {
  let read: ReadValue | undefined;
  for (const pair of pairs) {
    if (pair.name === name) read ??= shape.object ? emptyObject() : decodeForm(pair.raw);
    if (!pair.name.startsWith(`${name}[`) || !pair.name.endsWith(']')) continue;
    const path = pair.name.slice(name.length + 1, -1).split('][');
    if (path.length > BRACKETS_MAX) continue;
    if (read === undefined || typeof read === 'string') read = emptyObject();
    place(read as { [name: string]: ReadValue }, path, decodeForm(pair.raw));
  }
  return read === undefined ? undefined : withLists(read);
}

function place(into: { [name: string]: ReadValue }, path: readonly string[], value: string): void {
  let here = into;
  for (const step of path.slice(0, -1)) {
    const next = here[step];
    const inner = typeof next === 'object' && !Array.isArray(next) ? next : emptyObject();
    here[step] = inner;
    here = inner;
  }
  const last = path.at(-1) ?? '';
  add(here, last, value);
}

function withLists(value: ReadValue): ReadValue {
  if (typeof value === 'string' || Array.isArray(value)) return value;
  const names = Object.keys(value);
  for (const name of names) value[name] = withLists(value[name] ?? '');
  if (names.length === 1 && names[0] === '') {
    const only = value[''] ?? '';
    return Array.isArray(only) ? only : [only];
  }
  const isList = names.length > 0 && names.every((name, at) => name === String(at));
  return isList ? names.map((name) => value[name] ?? '') : value;
}

/** Gives an object without inherited names. */
export function emptyObject(): { [name: string]: ReadValue } {
  return Object.create(null) as { [name: string]: ReadValue };
}
