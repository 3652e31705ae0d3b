import type {
  MediaTypeRecord,
  NormalSchema,
  OperationRecord,
  ParameterRecord,
} from '../../table/operations.ts';
import type { Described } from './table.ts';

/** A parameter of a test; its style is that of OpenAPI by default. */
export type ParameterSpec = Partial<Omit<ParameterRecord, 'schema'>> &
  Pick<ParameterRecord, 'name' | 'in'> & { readonly schema?: NormalSchema };

/** An operation of a test. */
export interface OperationSpec {
  /** `METHOD /path` */
  readonly id: string;
  readonly parameters?: readonly ParameterSpec[];
  readonly body?: {
    readonly required?: boolean;
    readonly content: Readonly<
      Record<string, { schema?: NormalSchema; encoding?: MediaTypeRecord['encoding'] }>
    >;
  };
}

/** Gives a description of operations. `components` have the numbers from 0 on: `{ $ref: '#0' }` is the first. */
export function describe(
  operations: readonly OperationSpec[],
  components: readonly NormalSchema[] = [],
): Described {
  const schemas = [...components];
  const numbered = (schema: NormalSchema | undefined): number | null =>
    schema === undefined ? null : schemas.push(schema) - 1;
  const described = operations.map(({ id, parameters, body }): OperationRecord => {
    const [method = '', path = ''] = id.split(' ');
    return {
      id,
      method,
      path,
      summary: null,
      description: null,
      tags: [],
      deprecated: false,
      responses: [],
      parameters: (parameters ?? []).map((given) => parameterOf(given, numbered(given.schema))),
      request_body:
        body === undefined
          ? null
          : {
              required: body.required ?? false,
              description: null,
              content: Object.entries(body.content).map(([media_type, one]) => ({
                media_type,
                schema: numbered(one.schema),
                encoding: one.encoding ?? {},
                examples: [],
              })),
            },
    };
  });
  return { title: null, summary: null, operations: described, schemas };
}

function parameterOf(given: ParameterSpec, schema: number | null): ParameterRecord {
  const byPair = given.in === 'query' || given.in === 'cookie';
  return {
    required: given.in === 'path',
    description: null,
    deprecated: false,
    style: byPair ? 'form' : 'simple',
    explode: byPair,
    allow_reserved: false,
    allow_empty: false,
    media_type: null,
    examples: [],
    ...given,
    schema,
  };
}
