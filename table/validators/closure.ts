import type { NormalSchema, SchemaNumber } from '../operations.ts';
import { inspectSchema } from './sub-schemas.ts';

/** A schema and everything that it refers to, itself first. */
export interface Closure {
  readonly numbers: readonly SchemaNumber[];
  /** How many schemas stand in all of them: the measure of what making a validator costs. */
  readonly size: number;
}

type SchemaOf = (number: SchemaNumber) => NormalSchema;

/** Gives the closure of a schema. */
export function closureOf(number: SchemaNumber, schemaOf: SchemaOf): Closure {
  const numbers: SchemaNumber[] = [];
  let size = 0;
  for (const one of walkClosure(number, schemaOf)) {
    numbers.push(one.number);
    size += one.size;
  }
  return { numbers, size };
}

/** Gives the schemas of a closure, each read when it is asked for, with how many stand in it. */
export function* walkClosure(
  number: SchemaNumber,
  schemaOf: SchemaOf,
): Generator<{ readonly number: SchemaNumber; readonly schema: NormalSchema; readonly size: number }> {
  // A set is gone through in the order in which it is added to, to what is added meanwhile.
  const numbers = new Set([number]);
  for (const one of numbers) {
    const schema = schemaOf(one);
    const { references, size } = inspectSchema(schema);
    for (const reference of references) numbers.add(reference);
    yield { number: one, schema, size };
  }
}
