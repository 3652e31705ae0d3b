/** The versions of OpenAPI that differ in what a document means. */
export type Dialect = '2.0' | '3.0' | '3.1' | '3.2';

/** How a keyword of a schema is read. */
export type KeywordKind =
  | 'text'
  | 'flag'
  | 'number'
  | 'count'
  | 'factor'
  | 'any'
  | 'schema'
  | 'schemas'
  | 'schema_map'
  | 'special';

const SHARED: Record<string, KeywordKind> = {
  title: 'text',
  description: 'text',
  format: 'text',
  default: 'any',
  example: 'special',
  enum: 'special',
  type: 'special',
  required: 'special',
  pattern: 'special',
  maximum: 'number',
  minimum: 'number',
  exclusiveMaximum: 'special',
  exclusiveMinimum: 'special',
  multipleOf: 'factor',
  maxLength: 'count',
  minLength: 'count',
  maxItems: 'count',
  minItems: 'count',
  uniqueItems: 'flag',
  maxProperties: 'count',
  minProperties: 'count',
  readOnly: 'flag',
  items: 'special',
  additionalProperties: 'schema',
  properties: 'schema_map',
  allOf: 'schemas',
};

const V3_0: Record<string, KeywordKind> = {
  ...SHARED,
  writeOnly: 'flag',
  deprecated: 'flag',
  not: 'schema',
  anyOf: 'schemas',
  oneOf: 'schemas',
};

const V3_1: Record<string, KeywordKind> = {
  ...V3_0,
  const: 'any',
  examples: 'special',
  contains: 'schema',
  minContains: 'count',
  maxContains: 'count',
  contentEncoding: 'text',
  contentMediaType: 'text',
  contentSchema: 'schema',
  dependentRequired: 'special',
  dependentSchemas: 'schema_map',
  if: 'schema',
  else: 'schema',
  patternProperties: 'special',
  prefixItems: 'schemas',
  propertyNames: 'schema',
  unevaluatedItems: 'schema',
  unevaluatedProperties: 'schema',
};

// In a list, because an object with `then` is taken for a promise.
const MODERN: ReadonlyMap<string, KeywordKind> = new Map([...Object.entries(V3_1), ['then', 'schema']]);

/** The keywords that mean something in each version: in 2.0 and 3.0 those of JSON Schema that they name, no others. */
export const KEYWORDS: Readonly<Record<Dialect, ReadonlyMap<string, KeywordKind>>> = {
  '2.0': new Map(Object.entries(SHARED)),
  '3.0': new Map(Object.entries(V3_0)),
  '3.1': MODERN,
  '3.2': MODERN,
};

/** Keywords whose schemas judge the same value as the schema that they stand in. */
export const IN_PLACE: ReadonlySet<string> = new Set([
  'allOf',
  'anyOf',
  'oneOf',
  'not',
  'if',
  'then',
  'else',
  'dependentSchemas',
]);

/** The types of JSON Schema. */
export const TYPES: ReadonlySet<unknown> = new Set([
  'array',
  'boolean',
  'integer',
  'null',
  'number',
  'object',
  'string',
]);

/** Tells whether a version has the schemas of JSON Schema 2020-12. */
export function isModern(dialect: Dialect): boolean {
  return dialect === '3.1' || dialect === '3.2';
}
