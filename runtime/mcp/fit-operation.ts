import type { OperationRecord, SchemaNumber } from '../../table/operations.ts';
import type { OperationSet } from '../operations/operation-set.ts';
import { described, partsOf, rootsOf } from './operation-view.ts';
import type { Detail } from './operation-view.ts';
import { pruneSchema } from './prune-schema.ts';
import { writeSchemas } from './schema-writer.ts';
import type { WrittenSchemas } from './schema-writer.ts';
import { SCHEMA_PARTS } from './tool-definitions.ts';

/** Characters of JSON that an answer may have: about 12,000 tokens. */
const ANSWER_CHARACTERS = 40_000;

/** Of these, what schemas may have where the nearest are chosen: the rest is for what stands around them. */
const NEAR_SCHEMAS_CHARACTERS = 24_000;

/** Numbers of left out schemas that are told. */
const CUT_SHOWN = 12;

/** What every answer about an operation begins with. */
export type ViewHead = Readonly<Record<'connection' | 'spec' | 'operation_id' | 'method' | 'path', string>>;

/** What is shown of an operation. */
export interface Shown {
  readonly set: Pick<OperationSet, 'schema'>;
  /** One part alone, or null for all. */
  readonly part: (typeof SCHEMA_PARTS)[number] | null;
}

type View = Readonly<Record<string, unknown>>;

/**
 * Gives an operation as far as it fits: whole; without the schemas of its responses; without examples; without
 * schemas that are far away; with schemas that end at a depth and short descriptions; at last with names and types
 * alone. What was left out is told, with the argument that gives it.
 */
export function fitOperation(head: ViewHead, record: OperationRecord, shown: Shown): View {
  const { part } = shown;
  const parts: Detail['parts'] = new Set(part === null ? SCHEMA_PARTS : [part]);
  const full: Detail = {
    parts,
    responseSchemas: true,
    examples: true,
    descriptionMax: Infinity,
    schemasMax: ANSWER_CHARACTERS,
  };
  const begin = { ...head, ...(part === null ? proseOf(record, full) : {}) };
  // Responses go first, but where they are what was asked for.
  const responseSchemas = part === 'responses';
  const details: readonly Detail[] = [
    full,
    { ...full, responseSchemas },
    { ...full, responseSchemas, examples: false },
  ];
  for (const detail of details) {
    const written = writtenParts({ record, detail, shown });
    const view = { ...begin, ...written.view, ...cutOf(record, detail, { shown, far: written.far }) };
    if (written.far.length === 0 && fits(view)) return view;
  }
  const near: Detail = {
    ...full,
    responseSchemas,
    examples: false,
    descriptionMax: 300,
    schemasMax: NEAR_SCHEMAS_CHARACTERS,
  };
  return prunedOperation(head, { record, detail: near, shown });
}

/** An operation, how much of it is written, and which part of it was asked for. */
interface Writing {
  readonly record: OperationRecord;
  readonly detail: Detail;
  readonly shown: Shown;
}

function proseOf({ summary, description, tags, deprecated }: OperationRecord, detail: Detail): View {
  return {
    ...(summary === null ? {} : { summary }),
    ...described(description, detail),
    ...(tags.length === 0 ? {} : { tags }),
    ...(deprecated ? { deprecated } : {}),
  };
}

/** The schemas that are left out for their distance; then all that go too deep; then all of them. */
function prunedOperation(head: ViewHead, writing: Writing): View {
  const { record, detail, shown } = writing;
  const begin = { ...head, ...(shown.part === null ? proseOf(record, detail) : {}) };
  const written = writtenParts(writing);
  const cut = cutOf(record, detail, { shown, far: written.far });
  const whole = { ...begin, ...written.view, ...cut };
  if (fits(whole)) return whole;
  const short = { ...detail, descriptionMax: 80 };
  for (const depth of [5, 4, 3, 2, 1, 0]) {
    const { view, far } = writtenParts({ ...writing, detail: short }, depth);
    const pruned = {
      ...head,
      ...view,
      ...cutOf(record, short, { shown, far, also: 'schemas where it says cut, and long descriptions' }),
    };
    if (fits(pruned)) return pruned;
  }
  return {
    ...head,
    ...namesOf(record, shown),
    cut: SCHEMA_PARTS.map((one) => `all but names: part "${one}"`),
  };
}

/** Gives the names of an operation's parameters and media types: what is left of one with thousands. */
function namesOf({ parameters, request_body, responses }: OperationRecord, { part }: Shown): View {
  const has = (one: Shown['part']): boolean => part === null || part === one;
  return {
    ...(has('parameters')
      ? {
          parameters: parameters
            .slice(0, 400)
            .map(({ name, in: place, required }) => ({ name, in: place, required })),
        }
      : {}),
    ...(has('request_body') && request_body !== null
      ? {
          request_body: {
            required: request_body.required,
            content: request_body.content.map(({ media_type }) => ({ media_type })),
          },
        }
      : {}),
    ...(has('responses') ? { responses: responses.slice(0, 50).map(({ status }) => ({ status })) } : {}),
  };
}

interface WrittenParts {
  readonly view: View;
  readonly far: readonly SchemaNumber[];
}

function writtenParts({ record, detail, shown }: Writing, depthMax = Infinity): WrittenParts {
  const schemas = writeSchemas({
    schema: shown.set.schema,
    roots: rootsOf(record, detail),
    charactersMax: detail.schemasMax,
    examples: detail.examples,
  });
  const write = (number: SchemaNumber): unknown => pruneSchema(schemas.write(number), depthMax);
  return {
    view: { ...partsOf(record, detail, write), ...sharedOf(schemas, depthMax) },
    far: schemas.cut,
  };
}

function sharedOf({ shared }: WrittenSchemas, depthMax: number): View {
  const entries = Object.entries(shared).map(([number, schema]) => [number, pruneSchema(schema, depthMax)]);
  return entries.length === 0 ? {} : { schemas: Object.fromEntries(entries) };
}

interface Cut {
  readonly shown: Shown;
  readonly far: readonly SchemaNumber[];
  readonly also?: string;
}

/** Tells what was left out and how to ask for it. */
function cutOf(
  record: OperationRecord,
  { responseSchemas, examples, parts }: Detail,
  { shown, far, also }: Cut,
): View {
  const told: string[] = [];
  const hasResponses = record.responses.some(({ content, headers }) => content.length + headers.length > 0);
  if (!responseSchemas && parts.has('responses') && hasResponses)
    told.push('schemas of responses: ask with part "responses"');
  if (!examples && shown.part === null) told.push('examples: ask with part "request_body" or "parameters"');
  else if (!examples) told.push('examples: too large');
  if (far.length > 0) {
    const names = far.slice(0, CUT_SHOWN).map((number) => `#/schemas/${number}`);
    const more = far.length - names.length;
    told.push(`${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}: ask with schema, by number`);
  }
  if (also !== undefined) told.push(also);
  return told.length === 0 ? {} : { cut: told };
}

/** Gives one schema that an operation leads to, as far as it fits. */
export function fitSchema(
  head: ViewHead,
  number: SchemaNumber,
  { schema }: Pick<OperationSet, 'schema'>,
): View {
  // Twice a root: it stands under its number.
  const source = { schema, roots: [number, number], charactersMax: NEAR_SCHEMAS_CHARACTERS, examples: true };
  for (const depth of [Infinity, 6, 5, 4, 3, 2, 1, 0]) {
    const written = writeSchemas({ ...source, examples: depth === Infinity });
    const told = [
      ...(depth === Infinity ? [] : ['parts of schemas where it says cut']),
      ...(written.cut.length === 0
        ? []
        : [
            `${written.cut
              .slice(0, CUT_SHOWN)
              .map((one) => `#/schemas/${one}`)
              .join(', ')}: ask with schema, by number`,
          ]),
    ];
    const view = { ...head, ...sharedOf(written, depth), ...(told.length === 0 ? {} : { cut: told }) };
    if (fits(view)) return view;
  }
  return { ...head, schemas: {}, cut: [`#/schemas/${number} is too large to be told`] };
}

function fits(view: View): boolean {
  return JSON.stringify(view).length <= ANSWER_CHARACTERS;
}
