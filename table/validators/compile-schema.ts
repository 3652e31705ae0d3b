import type { SchemaNumber } from '../operations.ts';
import { walkClosure } from './closure.ts';
import type { Ajv2020, MadeValidator } from './open-ajv.ts';
import { requestSchema } from './request-schema.ts';
import { schemaKey } from './schema-key.ts';
import type { RequestReading } from './request-schema.ts';

/** Validators by the numbers of their schemas. */
export type MadeValidators = ReadonlyMap<SchemaNumber, MadeValidator>;

/** Gives the validators of schemas and of all that they refer to; what is not yet there is added to the Ajv first. */
export function compileSchemas(
  ajv: Ajv2020,
  numbers: readonly SchemaNumber[],
  reading: RequestReading,
): MadeValidators {
  const steps = compileInSteps(ajv, numbers, reading);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

/**
 * Gives the same validators in steps: one schema is added in each, then one is made in each. Nothing else may add to
 * the Ajv in between.
 */
export function* compileInSteps(
  ajv: Ajv2020,
  numbers: readonly SchemaNumber[],
  reading: RequestReading,
): Generator<void, MadeValidators> {
  const closure: SchemaNumber[] = [];
  for (const { number } of walkClosure(numbers, reading.schemaOf)) {
    addSchema(ajv, number, reading);
    closure.push(number);
    yield;
  }
  const made = new Map<SchemaNumber, MadeValidator>();
  // Ajv makes what a schema refers to with it, unless it is there: those that are referred to stand behind.
  for (const number of closure.toReversed()) {
    const validate = ajv.getSchema(schemaKey(number));
    if (validate === undefined) throw new Error('a schema that was added is not there');
    made.set(number, validate as MadeValidator);
    yield;
  }
  return made;
}

function addSchema(ajv: Ajv2020, number: SchemaNumber, reading: RequestReading): void {
  const key = schemaKey(number);
  if (ajv.schemas[key] !== undefined || ajv.refs[key] !== undefined) return;
  const schema = requestSchema(reading.schemaOf(number), reading);
  ajv.addSchema(typeof schema === 'boolean' ? { allOf: [schema] } : schema, key);
}
