import { byCodeUnit } from '../../table/rules/by-code-unit.ts';
import { encodeSegment } from '../../table/rules/encode-segment.ts';
import { fillUrl } from '../../table/rules/fill-url.ts';
import { fillVariables, readVariableText } from '../../table/rules/variable-text.ts';
import type { Composed, Lookup, Value, Variable, VariableSource } from '../../table/types.ts';
import type { VariableFields } from '../fields/catalog-variable-fields.ts';
import type { Field } from '../fields/field.ts';
import type { ConnectionModel } from '../3-resolve/model.ts';
import { connectionVariables, namesIn, usedTexts } from '../3-resolve/variables.ts';
import type { VariableModel } from '../3-resolve/variables.ts';
import { placeOf } from '../source/span.ts';
import { lowerValue, must } from './values.ts';

/** Gives what the texts of a connection's catalog come to on it. */
export interface TextFiller {
  /** A value; null where a variable in it is optional and has none. */
  readonly value: (field: Field<string>) => Value | null;
  /** A URL of OAuth: what is known is filled in, the rest stays `{variable}`. */
  readonly url: (text: string) => string;
  /** A path: the same, each value as one segment. */
  readonly path: (text: string) => string;
}

/** Gives the filler of a connection's texts. */
export function textFiller(connection: ConnectionModel): TextFiller {
  const variables = connectionVariables(connection);
  const valueOf: ValueOf = (name) => {
    if (name === 'username') return usernameOf(connection);
    const variable = present(variables.get(name));
    return knownValue(variable) ?? (variable.brought ? 'brought' : null);
  };
  const known = (name: string): string | null => variables.get(name)?.known ?? null;
  return {
    value: (field) => compose(field, valueOf),
    url: (text) => fillUrl(text, known),
    path: (text) =>
      fillVariables(text, (name) => {
        const value = known(name);
        return value === null ? null : encodeSegment(value);
      }),
  };
}

/** Gives the variables that the plans of a connection use, sorted by name. */
export function lowerVariables(connection: ConnectionModel): Variable[] {
  const used = new Set(usedTexts(connection).flatMap(({ field }) => namesIn(must(field))));
  return [...connectionVariables(connection).values()]
    .filter(({ name }) => used.has(name))
    .map(lowerVariable)
    .sort((a, b) => byCodeUnit(a.name, b.name));
}

type ValueOf = (name: string) => Value | 'brought' | null;

/** The user name of Basic authentication; a way without one leaves the placeholder without a value. */
function usernameOf({ authMode, fields }: ConnectionModel): Value | 'brought' | null {
  if (authMode !== 'basic') return null;
  return fields.username === undefined ? 'brought' : lowerValue(fields.username);
}

function compose(field: Field<string>, valueOf: ValueOf): Value | null {
  const parts: Composed['parts'][number][] = [];
  const pieces = present(readVariableText(must(field)));
  for (const piece of pieces) {
    const value = typeof piece === 'string' ? piece : valueOf(piece.variable);
    if (value === null) return null;
    if (typeof value === 'object' && !('text' in value) && pieces.length === 1) return value;
    const text = typeof piece === 'string' ? piece : textOf(value);
    const before = parts.at(-1);
    if (text !== null && typeof before === 'string') parts[parts.length - 1] = before + text;
    else parts.push(text ?? piece);
  }
  const at = placeOf(field.key);
  const [first = '', ...more] = parts;
  return typeof first === 'string' && more.length === 0 ? { text: first, at } : { parts, at };
}

function textOf(value: Value | string): string | null {
  return typeof value === 'object' && 'text' in value ? value.text : null;
}

function knownValue({ given, brought, declared }: VariableModel): Value | null {
  if (given !== null) return lowerValue(given);
  const written = must(declared).default;
  return brought || written === undefined ? null : { text: must(written), at: placeOf(written.key) };
}

function lowerVariable(variable: VariableModel): Variable {
  const declared = must(variable.declared);
  return {
    name: variable.name,
    doc: declared.doc?.value ?? null,
    value: knownValue(variable),
    source: lowerSource(declared),
    default: declared.default?.value ?? null,
    optional: declared.optional?.value ?? false,
    pattern: declared.pattern?.value ?? null,
    values: declared.values?.value ?? [],
  };
}

function lowerSource(declared: VariableFields): VariableSource {
  const match = declared.match?.value ?? null;
  switch (declared.from?.value ?? 'connection') {
    case 'connection':
    case 'secret':
      return { kind: 'connection' };
    case 'token_response':
      return { kind: 'token_response', pointer: must(declared.pointer), match };
    case 'callback':
      return { kind: 'callback', parameter: must(declared.parameter), match };
    case 'lookup':
      return { kind: 'lookup', lookup: lowerLookup(declared), match };
  }
}

function lowerLookup({ lookup }: VariableFields): Lookup {
  const { url, pointer, list, title } = must(lookup);
  return {
    url: must(url),
    pointer: must(pointer),
    list: list?.value ?? null,
    title: title?.value ?? null,
  };
}

function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('what the checks require is absent');
  return value;
}
