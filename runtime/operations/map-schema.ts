import type { NormalSchema, SchemaNumber } from '../../table/operations.ts';

/** Keywords whose values are no schemas: a `$ref` in one is a value like any other. */
const VALUES: ReadonlySet<string> = new Set(['const', 'default', 'enum', 'examples']);
/** Keywords whose keys are names that the document chose. */
const NAMES: ReadonlySet<string> = new Set(['properties', 'patternProperties', 'dependentSchemas', '$defs']);

/** What becomes of a schema's parts. */
export interface SchemaMap {
  /** Gives what stands in place of a reference. */
  readonly reference: (number: SchemaNumber) => unknown;
  /** Gives what stands in place of a reference that is no number; without it they stay. */
  readonly other?: (reference: string) => string;
  /** Tells whether a keyword stays; without it all do. */
  readonly keeps?: (keyword: string) => boolean;
  /** Gives what stands in place of a whole schema that has a reference; undefined: the reference alone is replaced. */
  readonly inline?: (number: SchemaNumber, schema: Readonly<Record<string, unknown>>) => unknown;
}

/** Gives a copy of a schema, its keywords in code unit order, with references replaced wherever they are some. */
export function mapSchema(schema: NormalSchema, map: SchemaMap): unknown {
  return mapped(schema, map);
}

function mapped(schema: unknown, map: SchemaMap): unknown {
  if (Array.isArray(schema)) return schema.map((one) => mapped(one, map));
  if (!isMapping(schema)) return schema;
  const referred = numberOf(schema['$ref']);
  const inlined = referred === null ? undefined : map.inline?.(referred, schema);
  if (inlined !== undefined) return inlined;
  const copy = Object.keys(schema)
    .sort()
    .filter((keyword) => map.keeps?.(keyword) ?? true)
    .map((keyword): [string, unknown] => [keyword, mappedKeyword(keyword, schema[keyword], map)]);
  return Object.fromEntries(copy);
}

function mappedKeyword(keyword: string, value: unknown, map: SchemaMap): unknown {
  if (keyword === '$ref') {
    const number = numberOf(value);
    if (number !== null) return map.reference(number);
    return typeof value === 'string' && map.other !== undefined ? map.other(value) : value;
  }
  if (VALUES.has(keyword)) return value;
  if (!NAMES.has(keyword) || !isMapping(value)) return mapped(value, map);
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, mapped(value[name], map)]));
}

/** Gives the number of a reference: `#12`. */
export function numberOf(reference: unknown): SchemaNumber | null {
  const digits = typeof reference === 'string' ? /^#(0|[1-9][0-9]*)$/.exec(reference)?.[1] : undefined;
  return digits === undefined ? null : Number(digits);
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
