import { isDeepStrictEqual } from 'node:util';
import type { ParameterRecord } from '../../../table/operations.ts';
import { isMapping } from '../../../table/rules/is-mapping.ts';
import { segmentParameters } from '../../../table/rules/template.ts';
import { quote } from '../../diagnostic/quote.ts';
import { useSchema } from './read-content.ts';
import { readExamples } from './read-examples.ts';
import { readCollectionFormat, readStyle } from './read-style.ts';
import { followed } from './reader.ts';
import type { Reader } from './reader.ts';
import { memberOf, own, textOr } from './trail.ts';
import type { Placed } from './trail.ts';

/** A parameter with its place, before it is known what it becomes: 2.0 writes bodies as parameters too. */
export interface WrittenParameter {
  readonly name: string;
  readonly in: string;
  readonly placed: Placed;
}

/** Places of parameters by version; in 2.0 `body` and `formData` make the body. */
const PLACES_2 = ['path', 'query', 'header', 'body', 'formData'];
const PLACES_3 = ['path', 'query', 'header', 'cookie'];

/** Header parameters that a description cannot declare (3.0.4 4.8.12.1); the gateway writes or negotiates them. */
const NOT_DECLARED = new Set(['accept', 'content-type', 'authorization']);

/** Gives a list of parameters; those that cannot be understood are reported and left out. */
export function readParameterList(reader: Reader, list: Placed): WrittenParameter[] {
  if (list.value === undefined || list.value === null) return [];
  if (!Array.isArray(list.value)) {
    reader.faults.add({ code: 'GW6012', at: list.at, message: '`parameters` is not a list' });
    return [];
  }
  const parameters = list.value.flatMap((_, index) => {
    const placed = followed(reader, memberOf(list, String(index)));
    return placed === null ? [] : (readParameter(reader, placed) ?? []);
  });
  reportTwice(reader, parameters);
  return parameters;
}

/** One that is given twice in a list (3.2, 4.10.2: not allowed) may mean two things; the same one twice does not. */
function reportTwice(reader: Reader, parameters: readonly WrittenParameter[]): void {
  const first = new Map<string, WrittenParameter>();
  for (const one of parameters) {
    const before = first.get(keyOf(one));
    first.set(keyOf(one), one);
    if (before === undefined || isDeepStrictEqual(before.placed.value, one.placed.value)) continue;
    reader.faults.add({
      code: 'GW6012',
      at: one.placed.at,
      message: `the parameter ${quote(one.name)} is given twice: this one counts`,
      severity: 'warning',
      notes: [{ message: 'it was given first here', at: before.placed.at }],
    });
  }
}

/** Gives those that a request can have: a parameter of the path that the template has no place for is reported. */
export function withoutPlaceless(
  reader: Reader,
  path: string,
  parameters: readonly WrittenParameter[],
): WrittenParameter[] {
  const names = new Set(segmentParameters(path));
  return parameters.filter((one) => {
    if (one.in !== 'path' || names.has(one.name)) return true;
    reader.faults.add({
      code: 'GW6012',
      at: one.placed.at,
      message: `the parameter ${quote(one.name)} has no place in ${quote(path)}: it is left out`,
      severity: 'warning',
    });
    return false;
  });
}

function readParameter(reader: Reader, placed: Placed): WrittenParameter | null {
  const name = own(placed.value, 'name');
  const place = own(placed.value, 'in');
  const allowed =
    reader.dialect === '2.0' ? PLACES_2 : reader.dialect === '3.2' ? [...PLACES_3, 'querystring'] : PLACES_3;
  if (typeof name === 'string' && typeof place === 'string' && allowed.includes(place)) {
    return { name, in: place, placed };
  }
  const message =
    typeof name !== 'string'
      ? 'a parameter has no `name`'
      : `the parameter ${quote(name)} is in ${typeof place === 'string' ? quote(place) : 'no place'}`;
  reader.faults.add({
    code: 'GW6012',
    at: placed.at,
    message,
    help: `\`in\` is one of ${allowed.join(', ')}`,
  });
  return null;
}

/** Gives the parameters of a path item and of its operation as one list: those of the operation win, by name and place. */
export function mergeParameters(
  shared: readonly WrittenParameter[],
  own_: readonly WrittenParameter[],
): WrittenParameter[] {
  const merged = new Map<string, WrittenParameter>();
  for (const one of [...shared, ...own_]) merged.set(keyOf(one), one);
  return [...merged.values()];
}

function keyOf(one: WrittenParameter): string {
  return `${one.in} ${one.name}`;
}

/** Gives the records of parameters that are no body. */
export function parameterRecords(reader: Reader, parameters: readonly WrittenParameter[]): ParameterRecord[] {
  return parameters.flatMap((one) => {
    if (one.in === 'body' || one.in === 'formData') return [];
    if (one.in === 'header' && NOT_DECLARED.has(one.name.toLowerCase())) return [];
    return [parameterRecord(reader, one)];
  });
}

function parameterRecord(reader: Reader, { name, in: written, placed }: WrittenParameter): ParameterRecord {
  const place = written as ParameterRecord['in'];
  const { value } = placed;
  const content = memberOf(placed, 'content');
  const [mediaType = null] = isMapping(content.value) ? Object.keys(content.value) : [];
  const old = reader.dialect === '2.0';
  const style = old ? readCollectionFormat(value, place) : readStyle(value, place);
  const record = {
    allow_empty: own(value, 'allowEmptyValue') === true,
    allow_reserved: style.allow_reserved,
    deprecated: own(value, 'deprecated') === true,
    description: textOr(own(value, 'description')),
    examples: old ? [] : readExamples(reader, placed),
    explode: style.explode,
    in: place,
    media_type: old ? null : (mediaType?.toLowerCase() ?? null),
    name,
    required: place === 'path' || own(value, 'required') === true,
    schema: null,
    style: style.style,
  };
  useSchema(reader, record, schemaOfParameter(reader, placed, mediaType), 'request');
  return record;
}

/** In 2.0 a parameter is its own schema; its `required` and `description` are not of the schema. */
function schemaOfParameter(reader: Reader, placed: Placed, mediaType: string | null): Placed {
  if (reader.dialect === '2.0') return simpleSchema(placed);
  if (mediaType === null) return memberOf(placed, 'schema');
  const media = followed(reader, memberOf(memberOf(placed, 'content'), mediaType));
  return media === null ? { value: undefined, at: placed.at } : memberOf(media, 'schema');
}

/** Gives the part of a parameter of 2.0 that is a schema. */
export function simpleSchema(placed: Placed): Placed {
  const schema: Record<string, unknown> = { ...(placed.value as object) };
  for (const key of ['name', 'in', 'required', 'description', 'allowEmptyValue', 'collectionFormat']) {
    delete schema[key];
  }
  return { value: schema, at: placed.at };
}
