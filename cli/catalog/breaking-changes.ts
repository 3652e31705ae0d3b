import { numberOf } from '../../runtime/operations/map-schema.ts';
import type {
  DescriptionRecords,
  MediaTypeRecord,
  NormalSchema,
  OperationRecord,
  ParameterRecord,
  SchemaNumber,
} from '../../table/operations.ts';

/** An operation with the schemas that its numbers mean. */
export interface Described {
  readonly operation: OperationRecord;
  readonly schemas: DescriptionRecords['schemas'];
}

/**
 * Gives what of a change breaks callers who wrote their requests for the operation as it was: what they send and is
 * gone, what is required and they do not send, what they wait for and does not come. A schema that became narrower
 * elsewhere than in its required fields is not told.
 */
export function breakingChanges(before: Described, after: Described): string[] {
  const [was, is] = [before.operation, after.operation];
  return [
    ...(was.id === is.id ? [] : [`its id was ${was.id}`]),
    ...parameterChanges(was.parameters, is.parameters),
    ...bodyChanges(before, after),
    ...responseChanges(was, is),
  ];
}

function parameterChanges(before: readonly ParameterRecord[], after: readonly ParameterRecord[]): string[] {
  const nameOf = (one: ParameterRecord): string => `${one.in} parameter ${one.name}`;
  const old = new Map(before.map((one) => [nameOf(one), one]));
  const now = new Set(after.map(nameOf));
  // A path has its parameters in order: under another name it takes the same requests.
  const gone = before.filter((one) => one.in !== 'path' && !now.has(nameOf(one)));
  const required = after.filter(
    (one) => one.in !== 'path' && one.required && old.get(nameOf(one))?.required !== true,
  );
  return [
    ...gone.map((one) => `${nameOf(one)} is gone`),
    ...required.map((one) => `${nameOf(one)} is required`),
  ];
}

function bodyChanges(before: Described, after: Described): string[] {
  const [was, is] = [before.operation.request_body, after.operation.request_body];
  if (is === null) return was === null ? [] : ['the body is gone'];
  const changes = is.required && was?.required !== true ? ['a body is required'] : [];
  if (was === null) return changes;
  for (const content of was.content) {
    const same = is.content.find((one) => one.media_type === content.media_type);
    if (same === undefined) {
      changes.push(`bodies of ${content.media_type} are gone`);
      continue;
    }
    const old = requiredFields(content.schema, before.schemas);
    for (const name of requiredFields(same.schema, after.schemas)) {
      if (!old.has(name)) changes.push(`field ${name} of ${content.media_type} is required`);
    }
  }
  return changes;
}

/** Gives the fields that values of a schema must have, also by what it refers to in its place. */
function requiredFields(number: SchemaNumber | null, schemas: readonly NormalSchema[]): Set<string> {
  const names = new Set<string>();
  const seen = new Set<unknown>();
  const open: unknown[] = number === null ? [] : [schemas[number]];
  for (let schema = open.pop(); schema !== undefined; schema = open.pop()) {
    if (typeof schema !== 'object' || schema === null || seen.has(schema)) continue;
    seen.add(schema);
    const { required, allOf, $ref } = schema as Readonly<Record<string, unknown>>;
    if (Array.isArray(required)) for (const name of required) names.add(String(name));
    if (Array.isArray(allOf)) open.push(...(allOf as unknown[]));
    const to = numberOf($ref);
    if (to !== null) open.push(schemas[to]);
  }
  return names;
}

/** Of the answers that callers wait for: a failure that is not told of any more breaks nobody. */
function responseChanges(before: OperationRecord, after: OperationRecord): string[] {
  return before.responses.flatMap(({ status, content }) => {
    if (!status.startsWith('2')) return [];
    const same = after.responses.find((one) => one.status === status);
    if (same === undefined) return [`response ${status} is gone`];
    const types = new Set(same.content.map((one: MediaTypeRecord) => one.media_type));
    return content
      .filter((one) => !types.has(one.media_type))
      .map((one) => `response ${status} as ${one.media_type} is gone`);
  });
}
