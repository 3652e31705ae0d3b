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
  for (const one of walkClosure([number], schemaOf)) {
    numbers.push(one.number);
    size += one.size;
  }
  return { numbers, size };
}

/** Gives the schemas of several closures, each read when it is asked for, with how many stand in it. */
export function* walkClosure(
  numbers: readonly SchemaNumber[],
  schemaOf: SchemaOf,
): Generator<{ readonly number: SchemaNumber; readonly size: number }> {
  // A set is gone through in the order in which it is added to, and to what is added meanwhile.
  const known = new Set(numbers);
  for (const number of known) {
    const { references, size } = inspectSchema(schemaOf(number));
    for (const reference of references) known.add(reference);
    yield { number, size };
  }
}
