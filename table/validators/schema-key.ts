import type { SchemaNumber } from '../operations.ts';

/** Gives the name of a schema among validators. */
export function schemaKey(number: SchemaNumber): string {
  return `gw:${number}`;
}
