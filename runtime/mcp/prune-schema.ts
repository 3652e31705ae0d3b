/** Keywords that hold schemas by name. */
const NAMED: ReadonlySet<string> = new Set(['properties', 'patternProperties', 'dependentSchemas', '$defs']);
/** Keywords that hold one schema, or a list of them. */
const NESTED: ReadonlySet<string> = new Set([
  'items',
  'prefixItems',
  'additionalProperties',
  'propertyNames',
  'contains',
  'allOf',
  'anyOf',
  'oneOf',
  'not',
  'if',
  'then',
  'else',
]);

/** Gives a schema whose parts end at a depth: what is deeper keeps its type and title, and is marked `cut`. */
export function pruneSchema(schema: unknown, depthMax: number): unknown {
  if (!isMapping(schema)) return schema;
  const { type, title } = schema;
  if (depthMax < 0) {
    const isSmall = !Object.keys(schema).some((keyword) => NAMED.has(keyword) || NESTED.has(keyword));
    if (isSmall) return schema;
    return { ...(type === undefined ? {} : { type }), ...(title === undefined ? {} : { title }), cut: true };
  }
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => [keyword, pruneKeyword(keyword, value, depthMax - 1)]),
  );
}

function pruneKeyword(keyword: string, value: unknown, depthMax: number): unknown {
  if (NAMED.has(keyword) && isMapping(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, pruneSchema(one, depthMax)]));
  }
  if (!NESTED.has(keyword)) return value;
  return Array.isArray(value) ? value.map((one) => pruneSchema(one, depthMax)) : pruneSchema(value, depthMax);
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
