import type { NormalSchema, SchemaNumber } from '../../../table/operations.ts';
import type { Placed, Trail } from './trail.ts';

/** What a schema describes: a request may leave out what is read-only, a response has it. */
export type SchemaUse = 'request' | 'response';

/** A schema while its description is read: `$ref`s are holders whose number is filled in at the end. */
export interface PooledSchema {
  readonly placed: Placed;
  readonly use: SchemaUse;
  body: NormalSchema;
  readonly references: Reference[];
}

/** One `$ref` in a normalised schema. */
export interface Reference {
  /** Its `$ref` is filled in. */
  readonly holder: Record<string, unknown>;
  readonly to: PooledSchema;
  /** True where it judges the same value as the schema that it stands in. */
  readonly inPlace: boolean;
  /** True where taking it out makes the schema allow more: it stands in nothing but `allOf`. */
  readonly weakens: boolean;
  readonly at: Trail;
}

/** Something that names a schema by its number. */
export interface SchemaHolder {
  schema: SchemaNumber | null;
}

/** The schemas that operations reach. Equal ones become one; nothing else of a document is looked at. */
export class SchemaPool {
  /** In the order in which they were reached. */
  readonly schemas: PooledSchema[] = [];
  readonly #byValue: Record<SchemaUse, Map<unknown, PooledSchema>> = {
    request: new Map(),
    response: new Map(),
  };
  readonly #holders: (readonly [SchemaHolder, PooledSchema])[] = [];
  /** False where nothing is read-only. */
  readonly separateUses: boolean;

  /** `separateUses`: whether requests and responses may differ, which is so only where something is read-only. */
  constructor(separateUses: boolean) {
    this.separateUses = separateUses;
  }

  /** Gives the schema of a value; one that is new is to be normalised. */
  schemaOf(placed: Placed, use: SchemaUse): PooledSchema {
    const known = this.#byValue[this.separateUses ? use : 'request'];
    const before = typeof placed.value === 'object' ? known.get(placed.value) : undefined;
    if (before !== undefined) return before;
    const added: PooledSchema = { placed, use, body: true, references: [] };
    if (typeof placed.value === 'object') known.set(placed.value, added);
    this.schemas.push(added);
    return added;
  }

  /** Has the number of a schema written into a holder at the end. */
  use(holder: SchemaHolder, schema: PooledSchema): void {
    this.#holders.push([holder, schema]);
  }

  /** Gives the distinct schemas, and fills in their numbers wherever they are named. */
  finish(): NormalSchema[] {
    const classes = equalSchemas(this.schemas);
    const numbers = new Map<number, SchemaNumber>();
    const distinct: NormalSchema[] = [];
    const numberOf = new Map<PooledSchema, SchemaNumber>();
    for (const [index, schema] of this.schemas.entries()) {
      const found = numbers.get(classes[index] ?? 0);
      if (found === undefined) {
        numbers.set(classes[index] ?? 0, distinct.length);
        numberOf.set(schema, distinct.length);
        distinct.push(schema.body);
      } else numberOf.set(schema, found);
    }
    for (const schema of this.schemas) {
      for (const { holder, to } of schema.references) {
        if (holder['$ref'] !== undefined) holder['$ref'] = `#${numberOf.get(to) ?? 0}`;
      }
    }
    for (const [holder, schema] of this.#holders) holder.schema = numberOf.get(schema) ?? null;
    return distinct;
  }
}

/**
 * Gives a class for each schema; schemas of one class are equal, their cycles too. All are taken as equal that
 * read the same but for what they refer to, then classes are split until what they refer to is of equal classes.
 */
function equalSchemas(schemas: readonly PooledSchema[]): number[] {
  const indexes = new Map(schemas.map((schema, index) => [schema, index]));
  const { classes, members } = classesOf(schemas);
  // A schema that refers to nothing, or is like no other, is never split off.
  let open = members.filter(
    (of) => of.length > 1 && of.some((index) => schemas[index]?.references.length !== 0),
  );
  const targets = new Map(
    open
      .flat()
      .map((index) => [index, (schemas[index]?.references ?? []).map(({ to }) => indexes.get(to) ?? 0)]),
  );
  let count = members.length;
  for (let changed = true; changed;) {
    changed = false;
    open = open.flatMap((of) => {
      const parts = new Map<string, number[]>();
      for (const index of of) {
        const key = (targets.get(index) ?? []).map((to) => classes[to]).join();
        const part = parts.get(key);
        if (part === undefined) parts.set(key, [index]);
        else part.push(index);
      }
      if (parts.size === 1) return [of];
      changed = true;
      const [, ...others] = parts.values();
      for (const part of others) {
        for (const index of part) classes[index] = count;
        count += 1;
      }
      return [...parts.values()].filter((part) => part.length > 1);
    });
  }
  return classes;
}

/** Gives the classes of schemas that read the same, by schema and as lists of their members. */
function classesOf(schemas: readonly PooledSchema[]): { classes: number[]; members: number[][] } {
  const known = new Map<string, number>();
  const members: number[][] = [];
  const classes = schemas.map(({ body }, index) => {
    const text = JSON.stringify(body);
    const found = known.get(text);
    if (found !== undefined) {
      members[found]?.push(index);
      return found;
    }
    known.set(text, members.length);
    members.push([index]);
    return members.length - 1;
  });
  return { classes, members };
}
