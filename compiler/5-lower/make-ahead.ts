import type { DescriptionRecords, NormalSchema, SchemaNumber } from '../../table/operations.ts';
import type { AheadCode } from '../../table/records/encode-records.ts';
import { closureOf } from '../../table/validators/closure.ts';
import type { ValidatorMode } from '../../table/validators/request-schema.ts';
import { hoistSchemas } from './hoist-schemas.ts';

/**
 * Schemas in a closure from which on its validator is made ahead. Over the documents that were measured, what takes
 * more than 10 ms to make has at least this many (docs/decisions/0012). A count and not a clock: the same input
 * gives the same bytes on any machine.
 */
const AHEAD_SIZE = 30;

/** Gives the validators of requests that take long to make, and of what they refer to, in the order of their schemas. */
export async function makeAhead({ operations, schemas }: DescriptionRecords): Promise<AheadCode[]> {
  const schemaOf = (number: SchemaNumber): NormalSchema => schemas[number] ?? true;
  const large = usedSchemas(operations).filter(
    ({ schema }) => closureOf(schema, schemaOf).size >= AHEAD_SIZE,
  );
  if (large.length === 0) return [];
  const { aheadCode } = await import('./ahead-code.ts');
  return (['json', 'text'] as const).flatMap((mode) => {
    const own = large.filter((one) => one.mode === mode).map(({ schema }) => schema);
    return aheadCode(own, { mode, schemaOf: hoistSchemas(schemaOf, schemas.length) }).map((made) => ({
      ...made,
      mode,
    }));
  });
}

interface Used {
  readonly schema: SchemaNumber;
  readonly mode: ValidatorMode;
}

/** The schemas that requests are checked with; those of responses are not. */
function usedSchemas(operations: DescriptionRecords['operations']): Used[] {
  const used = new Map<string, Used>();
  const use = (schema: SchemaNumber | null, mode: ValidatorMode): void => {
    if (schema !== null) used.set(`${schema} ${mode}`, { schema, mode });
  };
  for (const { parameters, request_body: body } of operations) {
    for (const { schema, media_type: type } of parameters) use(schema, type === null ? 'text' : 'json');
    for (const { schema, media_type: type } of body?.content ?? [])
      use(schema, /\bjson\b|\*/.test(type) ? 'json' : 'text');
  }
  return [...used.values()].sort(
    (one, other) => one.schema - other.schema || (one.mode < other.mode ? -1 : 1),
  );
}
