import type { SchemaNumber } from '../operations.ts';
import { walkClosure } from './closure.ts';
import type { Ajv2020, MadeValidator } from './open-ajv.ts';
import { requestSchema } from './request-schema.ts';
import { schemaKey } from './schema-key.ts';
import type { RequestReading } from './request-schema.ts';

/** Gives the validator of a schema: what is not yet there of its closure is added to the Ajv first. */
export function compileSchema(ajv: Ajv2020, number: SchemaNumber, reading: RequestReading): MadeValidator {
  for (const one of walkClosure(number, reading.schemaOf)) addSchema(ajv, one.number, reading);
  return made(ajv, number);
}

/**
 * Gives the same validator in steps: one schema of the closure is added in each, then one is made in each. Nothing
 * else may add to the Ajv in between.
 */
export function* compileInSteps(
  ajv: Ajv2020,
  number: SchemaNumber,
  reading: RequestReading,
): Generator<void, MadeValidator> {
  const numbers: SchemaNumber[] = [];
  for (const one of walkClosure(number, reading.schemaOf)) {
    numbers.push(one.number);
    addSchema(ajv, one.number, reading);
    yield;
  }
  // Ajv makes what a schema refers to with it, unless it is there: those that are referred to stand behind.
  for (const one of numbers.slice(1).toReversed()) {
    made(ajv, one);
    yield;
  }
  return made(ajv, number);
}

function addSchema(ajv: Ajv2020, number: SchemaNumber, reading: RequestReading): void {
  const key = schemaKey(number);
  if (ajv.schemas[key] !== undefined || ajv.refs[key] !== undefined) return;
  const schema = requestSchema(reading.schemaOf(number), reading);
  ajv.addSchema(typeof schema === 'boolean' ? { allOf: [schema] } : schema, key);
}

function made(ajv: Ajv2020, number: SchemaNumber): MadeValidator {
  const validate = ajv.getSchema(schemaKey(number));
  if (validate === undefined) throw new Error('a schema that was added is not there');
  return validate as MadeValidator;
}
