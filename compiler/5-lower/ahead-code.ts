import standalone from 'ajv/dist/standalone/index.js';
import type { SchemaNumber } from '../../table/operations.ts';
import { compileSchema } from '../../table/validators/compile-schema.ts';
import { openAjv } from '../../table/validators/open-ajv.ts';
import type { RequestReading } from '../../table/validators/request-schema.ts';
import { schemaKey } from '../../table/validators/schema-key.ts';

/**
 * Gives the text of a CommonJS module that exports the validators of schemas by their keys. Each text is made by
 * an Ajv of its own: the names in it count from the beginning, and do not depend on what else was made.
 */
export function aheadCode(schemas: readonly SchemaNumber[], reading: RequestReading): string {
  const ajv = openAjv({ mode: reading.mode, ahead: true });
  for (const schema of schemas) compileSchema(ajv, schema, reading);
  return standalone.default(
    ajv,
    Object.fromEntries(schemas.map((schema) => [schemaKey(schema), schemaKey(schema)])),
  );
}
