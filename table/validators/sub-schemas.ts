import type { NormalSchema, SchemaNumber } from '../operations.ts';

/** Keywords (JSON Schema 2020-12) whose value is a schema, a list of schemas, or schemas by name. */
const SINGLE = new Set([
  'items',
  'additionalProperties',
  'contains',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
  'unevaluatedItems',
  'unevaluatedProperties',
]);
const LISTS = new Set(['prefixItems', 'allOf', 'anyOf', 'oneOf']);
const BY_NAME = new Set(['properties', 'patternProperties', 'dependentSchemas']);

/** Tells whether a keyword's value is a schema, or has schemas in it. */
export function holdsSchemas(keyword: string): boolean {
  return SINGLE.has(keyword) || LISTS.has(keyword) || BY_NAME.has(keyword);
}

/** A schema where it stands in another. */
export type Visit = (schema: NormalSchema, name: string | null) => NormalSchema | null;

/**
 * Gives a keyword's value with every schema in it replaced by what `visit` gives; null leaves it out. A value
 * that is not of the keyword's shape gives undefined; that of a keyword without schemas is given as it is.
 */
export function mapKeyword(keyword: string, value: unknown, visit: Visit): unknown {
  if (SINGLE.has(keyword)) return isSchema(value) ? (visit(value, null) ?? undefined) : undefined;
  if (LISTS.has(keyword)) {
    if (!Array.isArray(value)) return undefined;
    const schemas = value.filter(isSchema).flatMap((schema) => visit(schema, null) ?? []);
    return schemas.length === 0 ? undefined : schemas;
  }
  if (!BY_NAME.has(keyword)) return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, schema]) => {
      const mapped = isSchema(schema) ? visit(schema, name) : null;
      return mapped === null ? [] : [[name, mapped]];
    }),
  );
}

/** Tells whether a value can stand where a schema is wanted. */
export function isSchema(value: unknown): value is NormalSchema {
  return typeof value === 'boolean' || (typeof value === 'object' && value !== null && !Array.isArray(value));
}

/** Gives the number that a `$ref` names, or null. */
export function referenceOf(schema: NormalSchema): SchemaNumber | null {
  if (typeof schema === 'boolean') return null;
  const reference = schema['$ref'];
  const digits = typeof reference === 'string' ? /^#(\d+)$/.exec(reference)?.[1] : undefined;
  return digits === undefined ? null : Number(digits);
}

/** Gives the numbers that a schema refers to, itself aside, and how many schemas stand in it. */
export function inspectSchema(schema: NormalSchema): { references: SchemaNumber[]; size: number } {
  const references: SchemaNumber[] = [];
  let size = 0;
  const visit = (one: NormalSchema): NormalSchema => {
    size += 1;
    const number = referenceOf(one);
    if (number !== null) references.push(number);
    if (typeof one === 'boolean') return one;
    for (const [keyword, value] of Object.entries(one)) {
      mapKeyword(keyword, value, visit);
      if (keyword === 'required' && Array.isArray(value)) size += value.length;
    }
    return one;
  };
  visit(schema);
  return { references, size };
}
