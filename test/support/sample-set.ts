import { columnsOf } from '../../runtime/operations/operation-set.ts';
import type { OperationSet } from '../../runtime/operations/operation-set.ts';
import type {
  MediaTypeRecord,
  NormalSchema,
  OperationRecord,
  ParameterRecord,
} from '../../table/operations.ts';

/** Gives a parameter as OpenAPI's defaults have it. */
export function parameter(given: Partial<ParameterRecord> & Pick<ParameterRecord, 'name'>): ParameterRecord {
  return {
    in: 'query',
    required: false,
    description: null,
    deprecated: false,
    style: 'form',
    explode: true,
    allow_reserved: false,
    allow_empty: false,
    schema: null,
    media_type: null,
    examples: [],
    ...given,
  };
}

/** Gives the content of one media type. */
export function content(media_type: string, schema: number | null): MediaTypeRecord {
  return { media_type, schema, encoding: {}, examples: [] };
}

/** Gives an operation with nothing but what is given. */
export function operation(given: Partial<OperationRecord> & Pick<OperationRecord, 'id'>): OperationRecord {
  return {
    method: 'GET',
    path: '/',
    summary: null,
    description: null,
    tags: [],
    deprecated: false,
    parameters: [],
    request_body: null,
    responses: [],
    ...given,
  };
}

/** Gives the operations of a description that is not in any table. */
export function setOf(
  operations: readonly OperationRecord[],
  schemas: readonly NormalSchema[] = [],
  given: Partial<OperationSet> = {},
): OperationSet {
  return {
    connection: 'shop',
    catalog: 'shop@2',
    description: 'main',
    title: null,
    summary: null,
    prefix: '/v2',
    count: operations.length,
    partial: null,
    list: columnsOf(operations),
    record: (index) => operations[index] ?? operation({ id: '' }),
    schema: (number) => schemas[number] ?? true,
    search: () => Promise.resolve({ hits: [], unknown: () => new Map() }),
    ...given,
  };
}
