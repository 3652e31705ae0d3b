import type { NormalSchema } from '../../../table/operations.ts';
import { IN_PLACE } from './dialect.ts';
import type { Reader } from './reader.ts';
import type { PooledSchema } from './schema-pool.ts';
import type { Placed } from './trail.ts';

/** A schema that is being written, and what it stands in. */
export interface SchemaPlace {
  readonly reader: Reader;
  readonly of: PooledSchema;
  /** True while it judges the same value as the schema that it stands in. */
  readonly inPlace: boolean;
  /** True where allowing more here makes the schema allow more: not below `oneOf`, `not` or `if`. */
  readonly weakens: boolean;
  readonly depth: number;
  /** Properties that a request need not have though `required` names them. */
  readonly readOnly: ReadonlySet<string>;
  /** Writes a schema that stands in this one. */
  readonly normalise: (placed: Placed, at: SchemaPlace) => NormalSchema;
}

/** What is written of a schema. */
export type Written = Record<string, unknown>;

/** A keyword with its value, and the schema that has it. */
export interface Keyword {
  readonly key: string;
  readonly member: Placed;
  readonly of: Placed;
}

const NOTHING: ReadonlySet<string> = new Set();

/** Gives the place of what stands under a keyword. */
export function below(at: SchemaPlace, key: string): SchemaPlace {
  return {
    reader: at.reader,
    of: at.of,
    inPlace: at.inPlace && IN_PLACE.has(key),
    weakens: at.weakens && key !== 'oneOf' && key !== 'not' && key !== 'if',
    depth: at.depth + 1,
    readOnly: key === 'allOf' ? at.readOnly : NOTHING,
    normalise: at.normalise,
  };
}

/** Gives the place of a schema that stands by itself. */
export function topPlace(reader: Reader, of: PooledSchema, normalise: SchemaPlace['normalise']): SchemaPlace {
  return { reader, of, inPlace: true, weakens: true, depth: 0, readOnly: NOTHING, normalise };
}

/** Gives a `$ref` to a place. Its number is filled in at the end: the object must not be copied. */
export function refer(target: Placed, from: Placed, at: SchemaPlace): Written {
  const holder: Written = { $ref: '' };
  const to = at.reader.schemas.schemaOf(target, at.of.use);
  at.of.references.push({ holder, to, inPlace: at.inPlace, weakens: at.weakens, at: from.at });
  return holder;
}
