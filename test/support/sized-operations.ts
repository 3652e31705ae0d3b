import type { MediaTypeRecord, NormalSchema, OperationRecord } from '../../table/operations.ts';
import { describe } from './described.ts';

/** Characters that the answer of a tool has at most. */
export const MAX = 40_000;

const json = (schema: number | null, examples: readonly unknown[] = []): MediaTypeRecord => ({
  media_type: 'application/json',
  schema,
  encoding: {},
  examples,
});

/** An operation, and the schemas that it refers to by number. */
export interface Sized {
  readonly schemas: readonly NormalSchema[];
  readonly record: Partial<OperationRecord>;
}

/** Content that a request has. */
export const body = (schema: number | null, examples: readonly unknown[] = []): Partial<OperationRecord> => ({
  request_body: { required: true, description: null, content: [json(schema, examples)] },
});
/** A response. */
export const answers = (schema: number, status = '200'): OperationRecord['responses'][number] => ({
  status,
  description: 'It',
  headers: [],
  content: [json(schema)],
});

export const TEXT = { type: 'string' } as const;
/** A schema of so many characters, about. */
export const wide = (characters: number, name = 'field'): NormalSchema => ({
  type: 'object',
  properties: Object.fromEntries(
    Array.from({ length: Math.ceil(characters / 35) }, (_, at) => [
      `${name}_${String(at).padStart(5, '0')}`,
      TEXT,
    ]),
  ),
});
/** A schema in a schema in a schema, with siblings that take room. */
export const deep = (levels: number): NormalSchema =>
  levels === 0
    ? TEXT
    : { type: 'object', title: `Level ${levels}`, properties: { a: deep(levels - 1), b: deep(levels - 1) } };
/** Schemas that each refer to the next two. */
const tree = (count: number, characters: number): NormalSchema[] =>
  Array.from({ length: count }, (_, at) => ({
    type: 'object',
    description: 'x'.repeat(characters),
    properties: Object.fromEntries(
      [2 * at + 1, 2 * at + 2].filter((one) => one < count).map((one) => [`to_${one}`, { $ref: `#${one}` }]),
    ),
  }));

export const LARGE_ANSWER: Sized = {
  schemas: [
    { title: 'Asked', ...(wide(5_000) as object) },
    { title: 'Answered', ...(wide(42_000) as object) },
  ],
  record: { ...body(0, [{ example: 1 }]), responses: [answers(1)] },
};
export const LARGE_EXAMPLE: Sized = {
  schemas: [{ title: 'Asked', examples: ['of the schema'] }, wide(100)],
  record: { ...body(0, [{ example: 'x'.repeat(MAX) }]), responses: [answers(1)] },
};
export const CYCLE: Sized = {
  schemas: [
    { title: 'Order', properties: { lines: { type: 'array', items: { $ref: '#1' } } } },
    { title: 'Line', properties: { order: { $ref: '#0' }, part_of: { $ref: '#1' } } },
  ],
  record: body(0),
};
export const MANY: Sized = { schemas: tree(63, 2_000), record: body(0) };
export const ALL_AT_ONCE: Sized = {
  schemas: [
    {
      properties: Object.fromEntries(
        Array.from({ length: 60 }, (_, at) => [`p${at + 10}`, { $ref: `#${at + 1}` }]),
      ),
    },
    ...tree(60, 2_000).map((one) => ({ ...(one as object), properties: {} })),
  ],
  record: body(0),
};
export const COUNTRIES: Sized = {
  schemas: [{ type: 'string', enum: Array.from({ length: 9_000 }, (_, at) => `country-${at}`) }],
  record: body(0),
};
export const THOUSANDS: Sized = {
  schemas: [TEXT],
  record: {
    ...describe([
      {
        id: 'POST /op',
        parameters: Array.from({ length: 1_200 }, (_, at) => ({
          name: `parameter_${at}`,
          in: 'query' as const,
          description: 'd'.repeat(100),
        })),
      },
    ]).operations[0],
    ...body(0),
  },
};
export const PROSE: Sized = {
  schemas: [TEXT],
  record: { summary: 'Does it', description: 'y'.repeat(50_000), ...body(0), tags: ['a'] },
};
