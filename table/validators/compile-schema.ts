import type { NormalSchema, SchemaNumber } from '../operations.ts';
import { closureOf } from './closure.ts';
import type { Ajv2020, MadeValidator } from './open-ajv.ts';
import { requestSchema } from './request-schema.ts';
import { schemaKey } from './schema-key.ts';
import type { RequestReading } from './request-schema.ts';

/** Gives the validator of a schema: what is not yet there of its closure is added to the Ajv first. */
export function compileSchema(ajv: Ajv2020, number: SchemaNumber, reading: RequestReading): MadeValidator {
  for (const one of closureOf(number, reading.schemaOf).numbers) {
    const key = schemaKey(one);
    if (ajv.schemas[key] !== undefined || ajv.refs[key] !== undefined) continue;
    const schema: NormalSchema = requestSchema(reading.schemaOf(one), reading);
    ajv.addSchema(typeof schema === 'boolean' ? { allOf: [schema] } : schema, key);
  }
  const validate = ajv.getSchema(schemaKey(number));
  if (validate === undefined) throw new Error('a schema that was added is not there');
  return validate as MadeValidator;
}
