import { isMapping } from '../../table/rules/is-mapping.ts';
import type { NormalSchema, SchemaNumber } from '../../table/operations.ts';
import { mapSchema } from '../operations/map-schema.ts';

/** Keywords that say nothing of values: one beside a reference may take the place of that of what is referred to. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  '$ref',
  'title',
  'description',
  'deprecated',
  'default',
  'examples',
  'readOnly',
  'writeOnly',
]);

/** What schemas are written from. */
export interface SchemaSource {
  readonly schema: (number: SchemaNumber) => NormalSchema;
  /** Where the writing begins; a number may stand more than once. */
  readonly roots: readonly SchemaNumber[];
  /** Characters of JSON that all schemas may take together. */
  readonly charactersMax: number;
  readonly examples: boolean;
}

/** Schemas in a form for models: those that are referred to once stand where they are, the others by number. */
export interface WrittenSchemas {
  /** Gives the schema of a root. */
  readonly write: (number: SchemaNumber) => unknown;
  /** Those that are referred to several times, or by themselves: what `#/schemas/7` means. */
  readonly shared: Readonly<Record<string, unknown>>;
  /** Those that are referred to and left out, nearest to the roots first. */
  readonly cut: readonly SchemaNumber[];
}

/**
 * Gives the schemas that roots reach, by distance, as long as they fit. What is left out stays a reference. Every
 * keyword of a schema is kept, its constraints and whether it may be null among them.
 */
export function writeSchemas(source: SchemaSource): WrittenSchemas {
  const { read, cut } = readWithin(source);
  const uses = countUses(read, source.roots);
  const isInlined = (number: SchemaNumber): boolean => read.has(number) && uses.get(number) === 1;
  const write = (number: SchemaNumber): unknown =>
    isInlined(number) ? body(number) : { $ref: pointerOf(number) };
  const body = (number: SchemaNumber): unknown => written(read.get(number) ?? true);
  const written = (schema: NormalSchema): unknown =>
    mapSchema(schema, {
      reference: pointerOf,
      keeps: (keyword) => source.examples || keyword !== 'examples',
      inline: (referred, { $ref: _reference, ...beside }) => {
        if (!isInlined(referred)) return undefined;
        const one = body(referred);
        const keywords = Object.keys(beside);
        if (keywords.length === 0) return one;
        const merges = keywords.every((keyword) => ANNOTATIONS.has(keyword)) && isMapping(one);
        return merges ? { ...one, ...(written(beside) as object) } : { allOf: [one, written(beside)] };
      },
    });
  const shared = [...read.keys()].filter((number) => !isInlined(number));
  return { write, shared: Object.fromEntries(shared.map((number) => [number, body(number)])), cut };
}

function pointerOf(number: SchemaNumber): string {
  return `#/schemas/${number}`;
}

interface ReadSchemas {
  readonly read: ReadonlyMap<SchemaNumber, NormalSchema>;
  readonly cut: readonly SchemaNumber[];
}

/** Breadth first: what is near to a root is worth more than what is far. */
function readWithin({ schema, roots, charactersMax }: SchemaSource): ReadSchemas {
  const read = new Map<SchemaNumber, NormalSchema>();
  const cut: SchemaNumber[] = [];
  const open = [...new Set(roots)];
  const seen = new Set(open);
  let characters = 0;
  for (const number of open) {
    const one = schema(number);
    characters += JSON.stringify(one).length;
    if (characters > charactersMax && !roots.includes(number)) {
      cut.push(number);
      // One that is smaller may still fit, but what is told must not depend on luck: from here on all is left out.
      characters = Infinity;
      continue;
    }
    read.set(number, one);
    for (const next of referencesOf(one)) {
      if (!seen.has(next)) open.push(next);
      seen.add(next);
    }
  }
  return { read, cut };
}

/** Gives the numbers that a schema refers to, as often as it does. */
export function referencesOf(schema: NormalSchema): SchemaNumber[] {
  const numbers: SchemaNumber[] = [];
  mapSchema(schema, {
    reference: (number) => {
      numbers.push(number);
      return number;
    },
  });
  return numbers;
}

function countUses(
  read: ReadonlyMap<SchemaNumber, NormalSchema>,
  roots: readonly SchemaNumber[],
): ReadonlyMap<SchemaNumber, number> {
  const uses = new Map<SchemaNumber, number>();
  const used = [...roots, ...[...read.values()].flatMap(referencesOf)];
  for (const number of used) uses.set(number, (uses.get(number) ?? 0) + 1);
  return uses;
}
