import type { NormalSchema, SchemaNumber } from '../operations.ts';
import { ELEMENT } from './element-keyword.ts';
import { linearPattern } from './linear-pattern.ts';
import { schemaKey } from './schema-key.ts';
import { holdsSchemas, isSchema, mapKeyword, referenceOf } from './sub-schemas.ts';

/** `text`: for values that come as text and are coerced. */
export type ValidatorMode = 'json' | 'text';

const TYPES = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']);
const NUMBERS = new Set(['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']);
const COUNTS = new Set([
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'minContains',
  'maxContains',
]);

/** How schemas are read for requests: their mode, and what a number stands for. */
export interface RequestReading {
  readonly mode: ValidatorMode;
  readonly schemaOf: (number: SchemaNumber) => NormalSchema;
}

/**
 * Gives a schema as requests are checked against it: keywords that check something and no others, in the
 * shapes that they must have, so that making a validator cannot fail; references by `schemaKey`; properties
 * that are read-only not required (OpenAPI 3.1, Schema Object: they are not sent in requests). As text, a value
 * fits the first alternative that its coercion allows, so `oneOf` is read as `anyOf`.
 */
export function requestSchema(schema: NormalSchema, reading: RequestReading): NormalSchema {
  if (typeof schema === 'boolean') return schema;
  const read: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    const known = readKeyword(keyword, value, { schema, reading });
    if (known === undefined) continue;
    if (keyword === 'oneOf' && reading.mode === 'text' && schema['anyOf'] === undefined)
      read['anyOf'] = known;
    else read[keyword] = known;
  }
  const reference = referenceOf(schema);
  if (reference !== null) read['$ref'] = schemaKey(reference);
  if (reading.mode === 'text' && read['type'] === undefined) addTypeOfValues(read);
  return read;
}

interface Around {
  readonly schema: { readonly [keyword: string]: unknown };
  readonly reading: RequestReading;
}

function readKeyword(keyword: string, value: unknown, { schema, reading }: Around): unknown {
  if (holdsSchemas(keyword)) {
    return mapKeyword(keyword, value, (inner, name) => {
      if (keyword === 'patternProperties' && linearPattern(name ?? '') === null) return null;
      const read = requestSchema(inner, reading);
      return goesOverElements(keyword, read) ? { [ELEMENT]: read } : read;
    });
  }
  if (NUMBERS.has(keyword)) {
    const usable = typeof value === 'number' && Number.isFinite(value);
    return usable && (keyword !== 'multipleOf' || value > 0) ? value : undefined;
  }
  if (COUNTS.has(keyword))
    return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
  switch (keyword) {
    case 'type':
      return readTypes(value);
    case 'enum':
      return Array.isArray(value) && value.length > 0 ? value : undefined;
    case 'const':
      return value;
    case 'uniqueItems':
      return typeof value === 'boolean' ? value : undefined;
    case 'format':
      return typeof value === 'string' ? value : undefined;
    case 'pattern':
      return typeof value === 'string' && linearPattern(value) !== null ? value : undefined;
    case 'required':
      return readRequired(value, schema['properties'], reading);
    case 'dependentRequired':
      return readDependentRequired(value);
    default:
      return undefined;
  }
}

/** Keywords whose schema is for any number of elements or members. */
const ELEMENTS = new Set(['items', 'unevaluatedItems']);
const MEMBERS = new Set(['additionalProperties', 'unevaluatedProperties', 'patternProperties']);

/** Tells whether a keyword makes a validator look at elements or members one by one; what allows all, or no more elements, does not. */
function goesOverElements(keyword: string, schema: NormalSchema): boolean {
  if (schema === false) return MEMBERS.has(keyword);
  if (schema === true || Object.keys(schema).length === 0) return false;
  return ELEMENTS.has(keyword) || MEMBERS.has(keyword);
}

function readTypes(value: unknown): unknown {
  const types = (Array.isArray(value) ? value : [value]).filter(
    (type) => typeof type === 'string' && TYPES.has(type),
  );
  if (types.length === 0) return undefined;
  return types.length === 1 ? types[0] : [...new Set(types)];
}

function readRequired(value: unknown, properties: unknown, reading: RequestReading): unknown {
  const names = texts(value).filter((name) => !isReadOnly(properties, name, reading));
  return names.length === 0 ? undefined : [...new Set(names)];
}

function isReadOnly(properties: unknown, name: string, reading: RequestReading): boolean {
  if (typeof properties !== 'object' || properties === null || !Object.hasOwn(properties, name)) return false;
  return saysReadOnly((properties as Record<string, NormalSchema>)[name] ?? true, reading, 0);
}

/** References and parts are followed this deep: some lead back to themselves. */
const READ_ONLY_DEPTH_MAX = 8;

/** `readOnly` is an annotation: it counts behind `$ref` and in each part of `allOf` too. */
function saysReadOnly(schema: NormalSchema, reading: RequestReading, depth: number): boolean {
  if (typeof schema === 'boolean' || depth > READ_ONLY_DEPTH_MAX) return false;
  if (schema['readOnly'] === true) return true;
  const reference = referenceOf(schema);
  if (reference !== null && saysReadOnly(reading.schemaOf(reference), reading, depth + 1)) return true;
  const parts = Array.isArray(schema['allOf']) ? (schema['allOf'] as unknown[]) : [];
  return parts.filter(isSchema).some((part) => saysReadOnly(part, reading, depth + 1));
}

function readDependentRequired(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([name, names]) => [name, texts(names)]));
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((name): name is string => typeof name === 'string') : [];
}

/** A text is coerced to a type, so values without one have theirs said. */
function addTypeOfValues(read: Record<string, unknown>): void {
  const values = Array.isArray(read['enum']) ? (read['enum'] as unknown[]) : [read['const']];
  const types = new Set(values.map((value) => (value === null ? 'null' : typeof value)));
  if (types.size === 1 && (types.has('number') || types.has('boolean'))) read['type'] = [...types][0];
}
