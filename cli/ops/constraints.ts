import { oneLine } from './one-line.ts';

type Keywords = Readonly<Record<string, unknown>>;

/** What is said of a keyword with a value; `%` stands for the value. */
const SAID: Readonly<Record<string, string>> = {
  minimum: 'from %',
  exclusiveMinimum: 'above %',
  maximum: 'to %',
  exclusiveMaximum: 'below %',
  multipleOf: 'multiple of %',
  minLength: 'at least % characters',
  maxLength: 'at most % characters',
  pattern: 'matches %',
  minItems: 'at least % items',
  maxItems: 'at most % items',
  minProperties: 'at least % properties',
  maxProperties: 'at most % properties',
  default: 'default %',
};

const VALUES_SHOWN = 12;

/** Gives what a schema asks of a value beside its type, in a few words: `, from 1, to 100, default 10`. */
export function constraintsOf(schema: Keywords): string {
  const said = Object.entries(SAID).flatMap(([keyword, words]) => {
    const value = schema[keyword];
    return value === undefined ? [] : [words.replace('%', () => shown(value, keyword === 'pattern'))];
  });
  if (schema['uniqueItems'] === true) said.push('each once');
  if (schema['readOnly'] === true) said.push('read only');
  if (schema['writeOnly'] === true) said.push('write only');
  if (schema['deprecated'] === true) said.push('deprecated');
  return said.map((one) => `, ${one}`).join('');
}

/** Gives the type of a schema in words, without what its parts are: `string (date-time)`, `"a" | "b"`. */
export function typeOf(schema: Keywords): string {
  if (schema['const'] !== undefined) return shown(schema['const'], false);
  const values = schema['enum'];
  if (Array.isArray(values)) return enumOf(values);
  const format = schema['format'];
  const suffix = typeof format === 'string' ? ` (${oneLine(format, 40)})` : '';
  return namedType(schema) + suffix;
}

function namedType(schema: Keywords): string {
  const { type } = schema;
  if (typeof type === 'string') return oneLine(type);
  if (Array.isArray(type)) return type.map((one) => oneLine(String(one))).join(' | ');
  if (schema['properties'] !== undefined || schema['additionalProperties'] !== undefined) return 'object';
  if (schema['items'] !== undefined || schema['prefixItems'] !== undefined) return 'array';
  return 'any';
}

function enumOf(values: readonly unknown[]): string {
  const first = values.slice(0, VALUES_SHOWN).map((value) => shown(value, false));
  const more = values.length - first.length;
  return first.join(' | ') + (more > 0 ? ` | … (${more} more)` : '');
}

function shown(value: unknown, bare: boolean): string {
  return oneLine(bare && typeof value === 'string' ? value : (JSON.stringify(value) ?? ''), 80);
}
