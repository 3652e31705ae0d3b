import { byCodeUnit } from '../../table/rules/by-code-unit.ts';
import type {
  DescriptionRecords,
  MediaTypeRecord,
  OperationRecord,
  SchemaNumber,
} from '../../table/operations.ts';
import { mapSchema } from '../../runtime/operations/map-schema.ts';
import { breakingChanges } from './breaking-changes.ts';

/** How one operation differs between two documents. */
export interface Change {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly method: string;
  readonly path: string;
  readonly id: string;
  /** What differs, of an operation that is in both. */
  readonly parts: readonly string[];
  /** What of it breaks callers, in words; of an operation that is gone, that. */
  readonly breaks: readonly string[];
}

type Half = 'before' | 'after';

/**
 * Gives the operations that were added, removed and changed, told apart by method and path. A change counts
 * however deep in a schema it is; one of mere texts (summaries, descriptions, examples) does not. Those that break
 * callers come first, else the order is that of the paths.
 */
export function compareOperations(before: DescriptionRecords, after: DescriptionRecords): Change[] {
  const classes = { before: new Map<SchemaNumber, number>(), after: new Map<SchemaNumber, number>() };
  classify({ before, after }, classes);
  const old = byAddress(before.operations);
  const changes = after.operations.flatMap((operation): Change[] => {
    const { method, path, id } = operation;
    const was = old.get(addressOf(operation));
    if (was === undefined) return [{ kind: 'added', method, path, id, parts: [], breaks: [] }];
    const [ours, theirs] = [partsOf(was, classes.before), partsOf(operation, classes.after)];
    const parts = Object.keys(ours).filter((part) => ours[part] !== theirs[part]);
    if (parts.length === 0) return [];
    const breaks = breakingChanges(
      { operation: was, schemas: before.schemas },
      { operation, schemas: after.schemas },
    );
    return [{ kind: 'changed', method, path, id, parts, breaks }];
  });
  const now = byAddress(after.operations);
  const removed = before.operations.filter((operation) => !now.has(addressOf(operation)));
  const gone = removed.map(({ method, path, id }): Change => ({
    kind: 'removed',
    method,
    path,
    id,
    parts: [],
    breaks: ['gone'],
  }));
  return [...changes, ...gone].sort(byRank);
}

function addressOf({ method, path }: OperationRecord): string {
  return `${method} ${path}`;
}

function byAddress(operations: readonly OperationRecord[]): Map<string, OperationRecord> {
  return new Map(operations.map((operation) => [addressOf(operation), operation]));
}

function byRank(one: Change, other: Change): number {
  const rank = Number(other.breaks.length > 0) - Number(one.breaks.length > 0);
  if (rank !== 0) return rank;
  return byCodeUnit(`${one.path} ${one.method}`, `${other.path} ${other.method}`);
}

interface Sketch {
  readonly half: Half;
  readonly number: SchemaNumber;
  /** The schema with its references taken out. */
  readonly outline: string;
  readonly references: readonly SchemaNumber[];
}

const TEXTS: ReadonlySet<string> = new Set(['description', 'title', 'examples', '$comment', 'externalDocs']);

/**
 * Puts schemas of both documents that mean the same into one class. References may go in circles, so equality
 * is found from the other side: all schemas of one outline begin as one class, which is split wherever two of
 * it refer to different classes, until nothing splits any more (partition refinement).
 */
function classify(
  documents: Readonly<Record<Half, DescriptionRecords>>,
  classes: Readonly<Record<Half, Map<SchemaNumber, number>>>,
): void {
  const sketches = (['before', 'after'] as const).flatMap((half) => sketchesOf(half, documents[half]));
  let count = 0;
  for (;;) {
    const known = new Map<string, number>();
    const next = sketches.map(({ half, outline, references }) => {
      const reached = references.map((number) => classes[half].get(number) ?? -1);
      const signature = `${reached.join(',')} ${outline}`;
      const found = known.get(signature) ?? known.size;
      known.set(signature, found);
      return found;
    });
    for (const [at, { half, number }] of sketches.entries()) classes[half].set(number, next[at] ?? -1);
    if (known.size === count) return;
    count = known.size;
  }
}

function sketchesOf(half: Half, { schemas }: DescriptionRecords): Sketch[] {
  return schemas.map((schema, number) => {
    const references: SchemaNumber[] = [];
    const reference = (to: SchemaNumber): string => {
      references.push(to);
      return '#';
    };
    const outline = JSON.stringify(mapSchema(schema, { reference, keeps: (keyword) => !TEXTS.has(keyword) }));
    return { half, number, outline, references };
  });
}

/** Gives what is compared, by its name for people. */
function partsOf(
  operation: OperationRecord,
  classes: ReadonlyMap<SchemaNumber, number>,
): Record<string, string> {
  const schema = (number: SchemaNumber | null): number | null =>
    number === null ? null : (classes.get(number) ?? -1);
  const contents = (content: readonly MediaTypeRecord[]): unknown =>
    sorted(content.map((one) => [one.media_type, schema(one.schema), one.encoding]));
  const { parameters, request_body: body, responses } = operation;
  return {
    id: operation.id,
    parameters: JSON.stringify(
      sorted(
        parameters.map((one) => [
          `${one.in} ${one.name}`,
          { ...one, description: null, examples: [], schema: schema(one.schema) },
        ]),
      ),
    ),
    'request body': JSON.stringify(body === null ? null : [body.required, contents(body.content)]),
    responses: JSON.stringify(
      sorted(
        responses.map((one) => [
          one.status,
          contents(one.content),
          sorted(one.headers.map((header) => [header.name.toLowerCase(), schema(header.schema)])),
        ]),
      ),
    ),
    deprecation: String(operation.deprecated),
  };
}

/** Order does not matter: by the name that each begins with. */
function sorted<T extends readonly [string, ...unknown[]]>(values: readonly T[]): readonly T[] {
  return [...values].sort(([one], [other]) => byCodeUnit(one, other));
}
