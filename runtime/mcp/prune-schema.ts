import { isMapping } from '../../table/rules/is-mapping.ts';

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
  'unevaluatedItems',
  'unevaluatedProperties',
  'contentSchema',
]);

/** What is kept of a schema where something has to go: of a list of values, of names, and of a description. */
const VALUES_SHOWN = 50;
const NAMES_SHOWN = 100;
const DESCRIPTION_SHOWN = 200;

/**
 * Gives a schema that ends at a depth, and that is nowhere wide: what is deeper keeps its type and title; of an `enum`,
 * of properties and of a description the beginning is kept. Where a part of it is missing, `cut` says so.
 */
export function pruneSchema(schema: unknown, depthMax: number): unknown {
  if (!isMapping(schema) || depthMax === Infinity) return schema;
  const { type, title } = schema;
  const isDeep = Object.keys(schema).some((keyword) => NAMED.has(keyword) || NESTED.has(keyword));
  if (depthMax < 0 && isDeep)
    return { ...(type === undefined ? {} : { type }), ...(title === undefined ? {} : { title }), cut: true };
  const cut: string[] = [];
  const kept = Object.entries(schema).map(([keyword, value]) => [
    keyword,
    pruneKeyword({ keyword, value }, depthMax - 1, cut),
  ]);
  return { ...(Object.fromEntries(kept) as object), ...(cut.length === 0 ? {} : { cut: cut.join(', ') }) };
}

interface Keyword {
  readonly keyword: string;
  readonly value: unknown;
}

/** Gives the value of a keyword as far as it is shown; what is not is added to `cut`. */
function pruneKeyword({ keyword, value }: Keyword, depthMax: number, cut: string[]): unknown {
  if (keyword === 'description' && typeof value === 'string')
    return shownOf(value, DESCRIPTION_SHOWN, { keyword, cut });
  if (keyword === 'enum' && Array.isArray(value)) return shownOf(value, VALUES_SHOWN, { keyword, cut });
  if (NAMED.has(keyword) && isMapping(value)) {
    const shown = shownOf(Object.entries(value), NAMES_SHOWN, { keyword, cut });
    return Object.fromEntries(shown.map(([name, one]) => [name, pruneSchema(one, depthMax)]));
  }
  if (!NESTED.has(keyword)) return value;
  if (!Array.isArray(value)) return pruneSchema(value, depthMax);
  return shownOf(value, VALUES_SHOWN, { keyword, cut }).map((one) => pruneSchema(one, depthMax));
}

/** What has a length and a beginning. */
interface Sliced<Whole> {
  readonly length: number;
  slice(start: number, end: number): Whole;
}

/** Gives the beginning of a list or text; that there is more of it is added to `cut`. */
function shownOf<Whole extends Sliced<Whole>>(
  list: Whole,
  max: number,
  { keyword, cut }: { readonly keyword: string; readonly cut: string[] },
): Whole {
  if (list.length <= max) return list;
  cut.push(`${keyword}: the first ${max} of ${list.length}`);
  return list.slice(0, max);
}
