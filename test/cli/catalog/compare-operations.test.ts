import { expect, test } from 'vitest';
import { compareOperations } from '../../../cli/catalog/compare-operations.ts';
import type { DescriptionRecords, NormalSchema, OperationRecord } from '../../../table/operations.ts';
import { content, operation, parameter } from '../../support/sample-set.ts';

function records(
  operations: readonly OperationRecord[],
  schemas: readonly NormalSchema[] = [],
): DescriptionRecords {
  return { title: null, summary: null, operations, schemas };
}

/** An operation that answers with schema 0. */
const ANSWERS = operation({
  id: 'a',
  path: '/a',
  responses: [{ status: '200', description: null, headers: [], content: [content('application/json', 0)] }],
});

interface Case {
  readonly what: string;
  readonly before: DescriptionRecords;
  readonly after: DescriptionRecords;
  readonly changes: readonly string[];
}

const node = (next: number, more: object = {}): NormalSchema => ({
  type: 'object',
  properties: { next: { $ref: `#${next}` }, ...more },
});

const CASES: readonly Case[] = [
  { what: 'nothing', before: records([]), after: records([]), changes: [] },
  {
    what: 'operations come and go',
    before: records([operation({ id: 'a', path: '/a' }), operation({ id: 'b', path: '/b' })]),
    after: records([operation({ id: 'b', path: '/b' }), operation({ id: 'c', path: '/a', method: 'PUT' })]),
    changes: ['removed GET /a a: ', 'added PUT /a c: '],
  },
  {
    what: 'texts, order and numbers of schemas are no change',
    before: records(
      [
        operation({
          ...ANSWERS,
          summary: 'one',
          parameters: [parameter({ name: 'x' }), parameter({ name: 'y' })],
        }),
      ],
      [
        { type: 'object', description: 'one', required: ['a'], properties: { a: { $ref: '#1' } } },
        { type: 'string' },
      ],
    ),
    after: records(
      [
        operation({
          ...ANSWERS,
          responses: [
            { status: '200', description: 'two', headers: [], content: [content('application/json', 1)] },
          ],
          parameters: [parameter({ name: 'y' }), parameter({ name: 'x', description: 'two' })],
        }),
      ],
      [
        { type: 'string', title: 'two' },
        { required: ['a'], properties: { a: { $ref: '#0' } }, type: 'object' },
      ],
    ),
    changes: [],
  },
  {
    what: 'a property may be called description',
    before: records([ANSWERS], [{ properties: { description: { type: 'string' } } }]),
    after: records([ANSWERS], [{ properties: {} }]),
    changes: ['changed GET /a a: responses'],
  },
  {
    what: 'a change deep in a circle',
    before: records([ANSWERS], [node(1), node(2), node(0, { leaf: { type: 'string' } })]),
    after: records([ANSWERS], [node(1), node(2), node(0, { leaf: { type: 'integer' } })]),
    changes: ['changed GET /a a: responses'],
  },
  {
    what: 'a circle that is written longer is the same',
    before: records([ANSWERS], [node(0)]),
    after: records([ANSWERS], [node(1), node(0)]),
    changes: [],
  },
  {
    what: 'each part by its name',
    before: records([operation({ id: 'a', path: '/a' })]),
    after: records([
      operation({
        ...ANSWERS,
        id: 'b',
        deprecated: true,
        parameters: [parameter({ name: 'x' })],
        request_body: { required: true, description: null, content: [] },
      }),
    ]),
    changes: ['changed GET /a b: id, parameters, request body, responses, deprecation'],
  },
];

test.each(CASES)('$what', ({ before, after, changes }) => {
  const found = compareOperations(before, after);
  expect(
    found.map((one) => `${one.kind} ${one.method} ${one.path} ${one.id}: ${one.parts.join(', ')}`),
  ).toEqual(changes);
});
