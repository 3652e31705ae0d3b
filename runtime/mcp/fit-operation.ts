import type { OperationRecord, SchemaNumber } from '../../table/operations.ts';
import type { OperationSet } from '../operations/operation-set.ts';
import { namesOf } from './operation-names.ts';
import { described, partsOf, rootsOf } from './operation-view.ts';
import type { Detail } from './operation-view.ts';
import { pruneSchema } from './prune-schema.ts';
import { writeSchemas } from './schema-writer.ts';
import type { WrittenSchemas } from './schema-writer.ts';
import { cutOf, farTold } from './tell-cut.ts';
import { SCHEMA_PARTS } from './tool-definitions.ts';

/** Characters of JSON that an answer may have: about 12,000 tokens. */
const ANSWER_CHARACTERS = 40_000;

/** Of these, what schemas may have where the nearest are chosen: the rest is for what stands around them. */
const NEAR_SCHEMAS_CHARACTERS = 24_000;

/** Depths that schemas end at, where they have to. */
const DEPTHS = [5, 4, 3, 2, 1, 0] as const;

/** Characters of an operation's own description, where descriptions are cut: no part of it has it. */
const PROSE_CHARACTERS = 2_000;

/** How many parameters, media types and responses are named where nothing else fits. */
const NAMED_SHOWN = [400, 100, 20, 0] as const;

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
 * schemas that are far away; with schemas that end at a depth and short descriptions; at last with names alone. What
 * was left out is told, with the argument that gives it.
 */
export function fitOperation(head: ViewHead, record: OperationRecord, shown: Shown): View {
  const { part } = shown;
  let hasExamples: boolean | null = null;
  for (const stage of stagesOf(shown)) {
    const { detail, depth } = stage;
    const written = writtenParts({ record, detail, shown }, depth);
    // What is far away goes only where nothing else helps.
    if (!stage.leavesFar && written.far.length > 0) continue;
    if (!detail.examples) hasExamples ??= examplesOf({ record, detail, shown });
    const proseMax = detail.descriptionMax === Infinity ? Infinity : PROSE_CHARACTERS;
    const begin = { ...head, ...(part === null ? proseOf(record, proseMax) : {}) };
    const { far } = written;
    const examples = hasExamples ?? false;
    const cut = cutOf(record, detail, { part, far, examples, proseMax, isPruned: depth !== Infinity });
    const view = { ...begin, ...written.view, ...cut };
    if (fits(view)) return view;
  }
  for (const count of NAMED_SHOWN) {
    const view = { ...head, ...namesOf(record, { part, count }) };
    if (fits(view)) return view;
  }
  return { ...head, cut: ['all of it: it is too large to be told'] };
}

/** How much of an operation is shown, if it fits. */
interface Stage {
  readonly detail: Detail;
  /** Depth that schemas end at. */
  readonly depth: number;
  readonly leavesFar: boolean;
}

/** Gives how much is shown of an operation, the most first. */
function stagesOf({ part }: Shown): readonly Stage[] {
  const full: Detail = {
    parts: new Set(part === null ? SCHEMA_PARTS : [part]),
    responseSchemas: true,
    examples: true,
    descriptionMax: Infinity,
    schemasMax: ANSWER_CHARACTERS,
  };
  // Responses go first, but where they are what was asked for.
  const asked: Detail = { ...full, responseSchemas: part === 'responses' };
  const bare: Detail = { ...asked, examples: false };
  const near: Detail = { ...bare, descriptionMax: 300, schemasMax: NEAR_SCHEMAS_CHARACTERS };
  return [
    ...[full, asked, bare].map((detail) => ({ detail, depth: Infinity, leavesFar: false })),
    { detail: near, depth: Infinity, leavesFar: true },
    ...DEPTHS.map((depth) => ({ detail: { ...near, descriptionMax: 80 }, depth, leavesFar: true })),
  ];
}

/** An operation, how much of it is written, and which part of it was asked for. */
interface Writing {
  readonly record: OperationRecord;
  readonly detail: Detail;
  readonly shown: Shown;
}

/** Tells whether there are examples in what is shown without them. */
function examplesOf({ record, detail, shown }: Writing): boolean {
  const [without, withThem] = [false, true].map((examples) =>
    JSON.stringify(writtenParts({ record, detail: { ...detail, examples }, shown }).view),
  );
  return without !== withThem;
}

function proseOf({ summary, description, tags, deprecated }: OperationRecord, descriptionMax: number): View {
  return {
    ...(summary === null ? {} : { summary }),
    ...described(description, { descriptionMax }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(deprecated ? { deprecated } : {}),
  };
}

interface WrittenParts {
  readonly view: View;
  /** Schemas that are left out for their distance. */
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

/** Gives one schema that an operation leads to, as far as it fits. */
export function fitSchema(
  head: ViewHead,
  number: SchemaNumber,
  { schema }: Pick<OperationSet, 'schema'>,
): View {
  // Twice a root: it stands under its number.
  const source = { schema, roots: [number, number], charactersMax: NEAR_SCHEMAS_CHARACTERS, examples: true };
  for (const depth of [Infinity, 6, ...DEPTHS]) {
    const isPruned = depth !== Infinity;
    const written = writeSchemas({ ...source, examples: !isPruned });
    const told = [
      ...(isPruned ? ['examples, and parts of schemas where it says cut: too large to be told'] : []),
      ...farTold(written.cut),
    ];
    const view = { ...head, ...sharedOf(written, depth), ...(told.length === 0 ? {} : { cut: told }) };
    if (fits(view)) return view;
  }
  return { ...head, schemas: {}, cut: [`#/schemas/${number}: it is too large to be told`] };
}

function fits(view: View): boolean {
  return JSON.stringify(view).length <= ANSWER_CHARACTERS;
}
