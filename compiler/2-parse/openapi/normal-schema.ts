import { isMapping } from '../../../table/rules/is-mapping.ts';
import type { NormalSchema } from '../../../table/operations.ts';
import { isSmall } from './bounded-value.ts';
import { isModern, KEYWORDS, TYPES } from './dialect.ts';
import type { KeywordKind } from './dialect.ts';
import { readOnlyNames } from './read-only-names.ts';
import { followed, referenced } from './reader.ts';
import type { Reader } from './reader.ts';
import { below, refer, topPlace } from './schema-place.ts';
import type { Keyword, SchemaPlace, Written } from './schema-place.ts';
import { specialKeyword } from './special-keywords.ts';
import { memberOf, own, step } from './trail.ts';
import type { Placed } from './trail.ts';

/** Deepest nesting of a schema that is written out: what is deeper stands behind `$ref`s in every real document. */
const DEPTH_MAX = 100;
const DEFAULT_MAX = 2048;

/** Normalises every schema that is reached from those that are in the pool. */
export function normaliseAll(reader: Reader): void {
  // Normalising adds what it refers to at the end of the list.
  for (const of of reader.schemas.schemas) {
    of.body = normalSchema(of.placed, topPlace(reader, of, normalSchema));
  }
}

/** Gives a schema in JSON Schema 2020-12, read by the meaning that its version of OpenAPI gives it. */
function normalSchema(placed: Placed, at: SchemaPlace): NormalSchema {
  const { value } = placed;
  if (typeof value === 'boolean') return value;
  if (!isMapping(value)) {
    at.reader.dropped.add('schema', placed.at, 'this is no schema');
    return true;
  }
  if (at.depth > DEPTH_MAX) {
    const message = `a schema is nested deeper than ${DEPTH_MAX} levels`;
    at.reader.faults.add({ code: 'GW1012', at: placed.at, message });
    return true;
  }
  const modern = isModern(at.reader.dialect);
  const from = referenceOf(placed, at);
  // In 2.0 and 3.0 what stands beside `$ref` has no meaning (3.0.4 4.8.23).
  if (from !== null && !modern) return reference(from, at);
  const written = writeKeywords(placed, at);
  if (from === null) return ordered(written);
  const target = reference(from, at);
  return typeof target === 'boolean' ? ordered(written) : Object.assign(target, ordered(written));
}

/** Gives a schema that refers to another; `$dynamicRef` is read as `$ref`. */
function referenceOf(placed: Placed, at: SchemaPlace): Placed | null {
  const value = placed.value as Readonly<Record<string, unknown>>;
  if (typeof own(value, '$ref') === 'string') return placed;
  const dynamic = own(value, '$dynamicRef');
  if (typeof dynamic !== 'string' || !isModern(at.reader.dialect)) return null;
  at.reader.dropped.add('dynamic_reference', step(placed.at, '$dynamicRef'), 'here');
  return { value: { ...value, $ref: dynamic }, at: placed.at };
}

/** Keywords are written in the order of their names, so that equal schemas read the same. */
function writeKeywords(placed: Placed, outer: SchemaPlace): Written {
  const value = placed.value as Readonly<Record<string, unknown>>;
  const { reader } = outer;
  const keywords = KEYWORDS[reader.dialect];
  const filters =
    reader.schemas.separateUses && outer.of.use === 'request' && Array.isArray(own(value, 'required'));
  const at = filters
    ? { ...outer, readOnly: new Set([...outer.readOnly, ...readOnlyNames(reader, placed)]) }
    : outer;
  const written: Written = {};
  for (const key of Object.keys(value).sort()) {
    const kind = keywords.get(key);
    if (kind === undefined) {
      if (key === 'discriminator') reader.dropped.add('discriminator', step(placed.at, key), 'here');
      continue;
    }
    if (isPlain(kind, value[key]) || (key === 'type' && TYPES.has(value[key]))) {
      written[key] = value[key];
      continue;
    }
    const keyword = { key, member: memberOf(placed, key), of: placed };
    const wrote =
      kind === 'special' ? specialKeyword(keyword, at, written) : plainKeyword(kind, keyword, at, written);
    if (!wrote) reader.dropped.add('value', keyword.member.at, `the value of \`${key}\` means nothing`);
  }
  const isNullable =
    (reader.dialect === '3.0' && own(value, 'nullable') === true) ||
    (reader.dialect === '2.0' && own(value, 'x-nullable') === true);
  return isNullable ? orNull(written) : written;
}

/** Tells whether the value means something. */
function plainKeyword(
  kind: KeywordKind,
  { key, member }: Keyword,
  at: SchemaPlace,
  written: Written,
): boolean {
  const { value } = member;
  // Written by `patternProperties` before, where a pattern of it was left out.
  if (own(written, key) !== undefined) return true;
  if (kind === 'any') {
    if (key === 'const' || isSmall(value, DEFAULT_MAX)) written[key] = value;
  } else if (kind === 'schema') {
    written[key] = normalSchema(member, below(at, key));
  } else if (kind === 'schemas' && Array.isArray(value) && value.length > 0) {
    written[key] = value.map((_, index) => normalSchema(memberOf(member, String(index)), below(at, key)));
  } else if (kind === 'schema_map' && isMapping(value)) {
    // Some divide a description by references to mappings of schemas; no property is meant by such a `$ref`.
    const map = followed(at.reader, member);
    written[key] = map === null || !isMapping(map.value) ? {} : schemaMap(map, below(at, key));
  } else return false;
  return true;
}

function schemaMap(placed: Placed, at: SchemaPlace): Written {
  const map = Object.create(null) as Written;
  for (const name of Object.keys(placed.value as object).sort()) {
    map[name] = normalSchema(memberOf(placed, name), at);
  }
  return map;
}

function isPlain(kind: KeywordKind, value: unknown): boolean {
  if (kind === 'text') return typeof value === 'string';
  if (kind === 'flag') return typeof value === 'boolean';
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  if (kind === 'factor') return value > 0;
  return kind === 'number' || (kind === 'count' && Number.isInteger(value) && value >= 0);
}

/** Gives a `$ref`. One that leads to nothing but another `$ref` is followed, so that no chain of them remains. */
function reference(placed: Placed, at: SchemaPlace): boolean | Written {
  const isBare = !isModern(at.reader.dialect) || Object.keys(placed.value as object).length === 1;
  const target = isBare ? followed(at.reader, placed) : referenced(at.reader, placed);
  if (target === null) return true;
  return typeof target.value === 'boolean' ? target.value : refer(target, placed, at);
}

/**
 * Gives a schema that allows null besides. `nullable` widens `type` (3.0.4 4.8.24.1); beside compositions it
 * is written for the whole, and taken so, because refusing what the vendor takes is worse than the reverse.
 */
function orNull(written: Written): Written {
  const { type, enum: values } = written;
  const composed = ['allOf', 'anyOf', 'oneOf'].some((key) => written[key] !== undefined);
  if (typeof type !== 'string' || composed) {
    return Object.keys(written).length === 0 ? written : { anyOf: [ordered(written), { type: 'null' }] };
  }
  const withNull = Array.isArray(values) && !values.includes(null) ? { enum: [...values, null] } : {};
  return { ...written, ...withNull, type: type === 'null' ? type : [type, 'null'] };
}

function ordered(written: Written): Written {
  const keys = Object.keys(written);
  if (keys.every((key, index) => index === 0 || (keys[index - 1] ?? '') < key)) return written;
  const result: Written = {};
  for (const key of keys.sort()) result[key] = written[key];
  return result;
}
