import { canonicalJson } from '../../table/canonical-json.ts';
import type { NormalSchema, SchemaNumber } from '../../table/operations.ts';
import { inspectSchema, mapKeyword } from '../../table/validators/sub-schemas.ts';

/** Schemas in a schema from which on it is one of its own: their texts are a few kilobytes then, for most. */
const HOISTED_SIZE = 8;

/** Keywords whose schemas are for values inside: a reference says the same there. */
const INSIDE: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  'additionalProperties',
  'items',
  'prefixItems',
]);

/**
 * Gives a look-up of schemas where what is large inside others has a number of its own, from `free` on; equal ones have
 * one. The code of a validator is read as a whole when it is first called, and Ajv writes what stands inside into it.
 */
export function hoistSchemas(
  schemaOf: (number: SchemaNumber) => NormalSchema,
  free: SchemaNumber,
): (number: SchemaNumber) => NormalSchema {
  const hoisted: NormalSchema[] = [];
  const numbers = new Map<string, SchemaNumber>();
  const known = new Map<SchemaNumber, NormalSchema>();
  const hoist = (schema: NormalSchema): NormalSchema => {
    const inner = withoutLarge(schema);
    if (inspectSchema(inner).size < HOISTED_SIZE) return inner;
    const text = canonicalJson(inner);
    const number = numbers.get(text) ?? free + hoisted.push(inner) - 1;
    numbers.set(text, number);
    return { $ref: `#${number}` };
  };
  const withoutLarge = (schema: NormalSchema): NormalSchema => {
    if (typeof schema === 'boolean') return schema;
    return Object.fromEntries(
      Object.entries(schema).flatMap(([keyword, value]) => {
        const mapped = mapKeyword(keyword, value, INSIDE.has(keyword) ? hoist : withoutLarge);
        return mapped === undefined ? [] : [[keyword, mapped]];
      }),
    );
  };
  return (number) => {
    if (number >= free) return hoisted[number - free] ?? true;
    const schema = known.get(number) ?? withoutLarge(schemaOf(number));
    known.set(number, schema);
    return schema;
  };
}
