import type { NormalSchema, SchemaNumber } from '../operations.ts';
import { inspectSchema } from './sub-schemas.ts';

/** A schema and everything that it refers to, itself first. */
export interface Closure {
  readonly numbers: readonly SchemaNumber[];
  /** How many schemas stand in all of them: the measure of what making a validator costs. */
  readonly size: number;
}

/** Gives the closure of a schema. */
export function closureOf(number: SchemaNumber, schemaOf: (number: SchemaNumber) => NormalSchema): Closure {
  const numbers = [number];
  const seen = new Set(numbers);
  let size = 0;
  for (let at = 0; at < numbers.length; at += 1) {
    const inspected = inspectSchema(schemaOf(numbers[at] ?? number));
    size += inspected.size;
    for (const reference of inspected.references) {
      if (!seen.has(reference)) numbers.push(reference);
      seen.add(reference);
    }
  }
  return { numbers, size };
}
