import { expect, test } from 'vitest';
import { fitOperation, fitSchema } from '../../runtime/mcp/fit-operation.ts';
import type { NormalSchema, OperationRecord } from '../../table/operations.ts';
import { describe } from '../support/described.ts';
import {
  LARGE_ANSWER,
  LARGE_EXAMPLE,
  CYCLE,
  MANY,
  ALL_AT_ONCE,
  COUNTRIES,
  THOUSANDS,
  PROSE,
  TEXT,
  MAX,
  body,
  answers,
  wide,
  deep,
} from '../support/sized-operations.ts';
import type { Sized } from '../support/sized-operations.ts';

// What is shown of operations that are too large to be shown: what goes first, that it is told, and how to ask for it.

const HEAD = { connection: 'vendor', spec: 'main', operation_id: 'op', method: 'POST', path: '/op' };

interface Row extends Sized {
  readonly part?: 'parameters' | 'request_body' | 'responses';
  /** Asks for this schema alone. */
  readonly number?: number;
  /** What is said to be cut; none: nothing is. */
  readonly cut?: readonly unknown[];
  /** What the answer holds beside, as JSON. */
  readonly holds?: readonly string[];
  readonly lacks?: readonly string[];
  /** Members of the answer. */
  readonly shows?: object;
}

const RESPONSES = 'schemas of responses: ask with part "responses"';
const EXAMPLES = 'examples: ask with part "request_body" or "parameters"';
const PRUNED = 'schemas where it says cut: ask with part, one at a time';
const TOO_LARGE = 'schemas where it says cut: too large to be told';

/** Twelve of these are told by number. */
const FAR = /^#\/schemas\/11, (?:#\/schemas\/\d+, ){10}#\/schemas\/\d+: ask with schema, by number$/;

const ROWS: Record<string, Row> = {
  'all that fits': {
    ...LARGE_EXAMPLE,
    record: { ...body(0, [{ example: 1 }]), responses: [answers(1)] },
    holds: ['"examples":[{"example":1}]', '"examples":["of the schema"]', 'field_00000'],
  },
  'responses go first': {
    ...LARGE_ANSWER,
    cut: [RESPONSES],
    holds: ['"Asked"', '"examples":[{"example":1}]', '"content_types":["application/json"]'],
    lacks: ['"Answered"'],
  },
  'they are told where they are asked for': {
    ...LARGE_ANSWER,
    part: 'responses',
    holds: ['"Answered"'],
    lacks: ['"Asked"'],
  },
  'then examples, those of schemas too': {
    ...LARGE_EXAMPLE,
    cut: [RESPONSES, EXAMPLES],
    holds: ['"Asked"'],
    lacks: ['xxxx', 'of the schema'],
  },
  'examples that are too large by themselves': {
    ...LARGE_EXAMPLE,
    part: 'request_body',
    cut: ['examples: too large to be told'],
    holds: ['"Asked"'],
  },
  'of examples that are not there nothing is said': { ...MANY, cut: [expect.stringMatching(FAR)] },
  'much that is far': {
    ...ALL_AT_ONCE,
    cut: [
      '#/schemas/12, #/schemas/13, #/schemas/14, #/schemas/15, #/schemas/16, #/schemas/17, #/schemas/18, #/schemas/19, #/schemas/20, #/schemas/21, #/schemas/22, #/schemas/23 and 37 more: ask with schema, by number',
    ],
  },
  'then what is far': {
    ...MANY,
    record: { ...MANY.record, responses: [answers(62)] },
    cut: [RESPONSES, expect.stringMatching(FAR)],
    holds: ['to_1', 'to_2', 'to_9', '{"$ref":"#/schemas/11"}'],
  },
  'what is far, by its number': {
    ...MANY,
    number: 11,
    holds: ['"schemas":{"11":', 'to_23', 'to_24', 'to_47'],
  },
  'a schema that leads to more than fits': {
    ...MANY,
    number: 0,
    cut: [expect.stringMatching(FAR)],
    holds: ['to_1', 'to_9'],
  },
  'a cycle': {
    ...CYCLE,
    shows: {
      request_body: { content: [{ schema: { $ref: '#/schemas/0' } }] },
      schemas: {
        '0': { title: 'Order', properties: { lines: { type: 'array', items: { $ref: '#/schemas/1' } } } },
        '1': {
          title: 'Line',
          properties: { order: { $ref: '#/schemas/0' }, part_of: { $ref: '#/schemas/1' } },
        },
      },
    },
  },
  'a schema of a cycle, by its number': { ...CYCLE, number: 1, holds: ['"schemas":{"1":{', '"Order"'] },
  'a reference with keywords beside it that lead on': {
    schemas: [{ $ref: '#1', properties: { more: { $ref: '#2' } } }, { title: 'One' }, { title: 'Two' }],
    record: body(0),
    shows: {
      request_body: {
        content: [{ schema: { allOf: [{ title: 'One' }, { properties: { more: { title: 'Two' } } }] } }],
      },
    },
  },
  'a reference with words beside it': {
    schemas: [
      { $ref: '#1', description: 'mine' },
      { title: 'One', description: 'its own' },
    ],
    record: body(0),
    shows: { request_body: { content: [{ schema: { title: 'One', description: 'mine' } }] } },
  },
  'what is deep': {
    schemas: [deep(12)],
    record: body(0),
    cut: [PRUNED],
    holds: ['Level 12', 'Level 7', '"cut":true'],
    lacks: ['Level 5'],
  },
  'what is deep, and all that was asked for': {
    schemas: [deep(12)],
    record: body(0),
    part: 'request_body',
    cut: [TOO_LARGE],
    holds: ['Level 12', 'Level 7'],
  },
  'what is deep, by its number': {
    schemas: [deep(12)],
    record: body(0),
    number: 0,
    cut: ['examples, and parts of schemas where it says cut: too large to be told'],
    holds: ['"schemas":{"0":', 'Level 12', 'Level 6'],
  },
  'what is wide': {
    schemas: [wide(100_000)],
    record: body(0),
    cut: [PRUNED],
    holds: ['field_00000', 'field_00099', '"cut":"properties: the first 100 of 2858"'],
    lacks: ['field_00100'],
  },
  'a huge enum': {
    ...COUNTRIES,
    cut: [PRUNED],
    holds: ['"country-0"', '"country-49"', '"cut":"enum: the first 50 of 9000"'],
    lacks: ['"country-50"'],
  },
  'a huge enum, by its number': {
    ...COUNTRIES,
    number: 0,
    cut: ['examples, and parts of schemas where it says cut: too large to be told'],
    holds: ['"country-49"', '"cut":"enum: the first 50 of 9000"'],
  },
  'a schema with a long description': {
    schemas: [{ ...TEXT, description: 'z'.repeat(50_000) }],
    record: body(0),
    cut: [PRUNED],
    holds: ['"cut":"description: the first 200 of 50000"'],
  },
  'a schema with a long word of its own': {
    schemas: [{ ...TEXT, pattern: 'p'.repeat(50_000) }],
    record: body(0),
    cut: ['all but names: ask with part "request_body"'],
    shows: { request_body: { required: true, content: [{ media_type: 'application/json' }] } },
  },
  'the same, where the part was asked for': {
    schemas: [{ ...TEXT, pattern: 'p'.repeat(50_000) }],
    record: body(0),
    part: 'request_body',
    cut: ['all but names: ask for a schema with schema, by number'],
    holds: ['{"media_type":"application/json","schema":{"$ref":"#/schemas/0"}}'],
  },
  'the same, by its number': {
    schemas: [{ ...TEXT, pattern: 'p'.repeat(50_000) }],
    record: body(0),
    number: 0,
    cut: ['#/schemas/0: it is too large to be told'],
  },
  'a long description of the operation': {
    ...PROSE,
    cut: ['description: the first 2000 of 50000 characters'],
    holds: ['"summary":"Does it"', '"tags":["a"]', '"schema":{"type":"string"}'],
  },
  'thousands of parameters': {
    ...THOUSANDS,
    cut: [
      'parameters: the first 400 of 1200 are named',
      'all but names: ask with part "parameters"',
      'all but names: ask with part "request_body"',
    ],
    holds: ['{"name":"parameter_399","in":"query","required":false}'],
    lacks: ['parameter_400'],
  },
};

/** Gives the numbers of the schemas that a part of an answer refers to. */
function referred(value: unknown): string[] {
  return [...JSON.stringify(value).matchAll(/"\$ref":"#\/schemas\/(\d+)"/g)].map(
    ([, number]) => number ?? '',
  );
}

test.each(Object.entries(ROWS))('%s', (_what, row) => {
  const { schemas, record, part, number, cut, holds, lacks, shows } = row;
  const [bare] = describe([{ id: 'POST /op' }]).operations;
  const whole = { ...bare, ...record } as OperationRecord;
  const set = { schema: (at: number): NormalSchema => schemas[at] ?? false };
  const view: Record<string, unknown> =
    number === undefined
      ? fitOperation(HEAD, whole, { set, part: part ?? null })
      : fitSchema(HEAD, number, set);
  const text = JSON.stringify(view);
  expect(view).toMatchObject({ ...HEAD, ...shows });
  expect(view['cut']).toEqual(cut);
  expect(text.length).toBeLessThanOrEqual(MAX);
  for (const one of holds ?? []) expect(text).toContain(one);
  for (const one of lacks ?? []) expect(text).not.toContain(one);
  // Whoever refers to what is not there says how to ask for it.
  const there = Object.keys(view['schemas'] ?? {});
  const missing = referred(view).filter((one) => !there.includes(one));
  expect(missing.length === 0 || /by number/.test(JSON.stringify(view['cut'] ?? ''))).toBe(true);
});
