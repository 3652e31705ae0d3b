import { isMapping } from '../../../table/rules/is-mapping.ts';
import { isSmall } from './bounded-value.ts';
import { isModern, TYPES } from './dialect.ts';
import { runsInLinearTime } from './linear-pattern.ts';
import { below } from './schema-place.ts';
import type { Keyword, SchemaPlace, Written } from './schema-place.ts';
import { memberOf, own } from './trail.ts';

const EXAMPLE_MAX = 2048;
const EXAMPLES_MAX = 3;

type Write = (keyword: Keyword, at: SchemaPlace, written: Written) => boolean;

/** Writes a keyword whose meaning or form differs from version to version. Tells whether its value means something. */
export function specialKeyword(keyword: Keyword, at: SchemaPlace, written: Written): boolean {
  return SPECIAL[keyword.key]?.(keyword, at, written) ?? false;
}

const SPECIAL: Readonly<Record<string, Write>> = {
  type: writeType,
  enum: ({ key, member }, _, written) => writeEnum(key, member.value, written),
  required: writeRequired,
  pattern: writePattern,
  patternProperties: writePatternProperties,
  items: writeItems,
  example: ({ member }, _, written) => writeExamples([member.value], written),
  examples: ({ member }, _, written) => writeExamples(member.value, written),
  exclusiveMinimum: (keyword, _, written) => writeExclusive(keyword, 'minimum', written),
  exclusiveMaximum: (keyword, _, written) => writeExclusive(keyword, 'maximum', written),
  dependentRequired: writeDependentRequired,
};

function writeEnum(key: string, value: unknown, written: Written): boolean {
  const means = Array.isArray(value) && value.length > 0;
  if (means) written[key] = value;
  return means;
}

/** `file` of 2.0 is a file's content, as `format: binary` is later. */
function writeType({ member: { value } }: Keyword, at: SchemaPlace, written: Written): boolean {
  if (value === 'file' && at.reader.dialect === '2.0') {
    Object.assign(written, { format: 'binary', type: 'string' });
    return true;
  }
  const types: unknown[] = Array.isArray(value) ? [...new Set<unknown>(value)] : [value];
  if (types.length === 0 || !types.every((type) => TYPES.has(type))) return false;
  written['type'] = types.length === 1 ? types[0] : types;
  return true;
}

/** In a request what is read-only is not required. */
function writeRequired({ member: { value } }: Keyword, at: SchemaPlace, written: Written): boolean {
  if (!Array.isArray(value)) return false;
  const names = [...new Set(value.filter((name): name is string => typeof name === 'string'))];
  const needed = names.filter((name) => !at.readOnly.has(name)).sort();
  if (needed.length > 0) written['required'] = needed;
  return true;
}

function writePattern({ member }: Keyword, at: SchemaPlace, written: Written): boolean {
  if (typeof member.value !== 'string') return false;
  if (runsInLinearTime(member.value)) written['pattern'] = member.value;
  else at.reader.dropped.add('pattern', member.at, 'this pattern');
  return true;
}

/** What a pattern that is left out would have allowed must not be refused by the keywords for the other properties. */
function writePatternProperties({ key, member }: Keyword, at: SchemaPlace, written: Written): boolean {
  if (!isMapping(member.value)) return false;
  const kept = Object.create(null) as Written;
  for (const pattern of Object.keys(member.value).sort()) {
    const one = memberOf(member, pattern);
    if (runsInLinearTime(pattern)) kept[pattern] = at.normalise(one, below(at, key));
    else at.reader.dropped.add('pattern', one.at, 'this pattern');
  }
  const count = Object.keys(kept).length;
  if (count > 0) written[key] = kept;
  if (count < Object.keys(member.value).length) {
    Object.assign(written, { additionalProperties: true, unevaluatedProperties: true });
  }
  return true;
}

/** A list of schemas is what `prefixItems` is in 2020-12. */
function writeItems({ key, member }: Keyword, at: SchemaPlace, written: Written): boolean {
  if (!Array.isArray(member.value)) {
    written[key] = at.normalise(member, below(at, key));
    return true;
  }
  if (isModern(at.reader.dialect) || member.value.length === 0) return false;
  written['prefixItems'] = member.value.map((_, index) =>
    at.normalise(memberOf(member, String(index)), below(at, key)),
  );
  return true;
}

/** 2.0 and 3.0 have a flag beside the bound; 2020-12 has the bound itself. */
function writeExclusive({ key, member, of }: Keyword, bound: string, written: Written): boolean {
  const { value } = member;
  const limit = value === true ? own(of.value, bound) : value;
  if (typeof limit === 'number' && Number.isFinite(limit)) written[key] = limit;
  return typeof value === 'boolean' || typeof value === 'number';
}

function writeExamples(values: unknown, written: Written): boolean {
  if (!Array.isArray(values)) return false;
  const small = values.filter((value) => value !== undefined && isSmall(value, EXAMPLE_MAX));
  if (small.length > 0 && written['examples'] === undefined)
    written['examples'] = small.slice(0, EXAMPLES_MAX);
  return true;
}

function writeDependentRequired({ key, member }: Keyword, _: SchemaPlace, written: Written): boolean {
  if (!isMapping(member.value)) return false;
  const lists = Object.values(member.value);
  const means = lists.every(
    (names) => Array.isArray(names) && names.every((name) => typeof name === 'string'),
  );
  if (means) written[key] = member.value;
  return means;
}
