import { expect, test } from 'vitest';
import { renderList, renderListJson } from '../../../cli/ops/render-list.ts';
import { renderOperation, renderOperationJson } from '../../../cli/ops/render-operation.ts';
import { content, operation, parameter, setOf } from '../../support/sample-set.ts';

const ADD = operation({
  id: 'addOrder',
  method: 'POST',
  path: '/shops/{shop}/orders',
  summary: 'Add an order',
  description: 'Adds one.\n\nTwice  is two.',
  tags: ['orders', 'writing'],
  deprecated: true,
  parameters: [
    parameter({ name: 'shop', in: 'path', required: true, style: 'simple', explode: false, schema: 0 }),
    parameter({ name: 'fields', style: 'deepObject', schema: 1, description: 'What to\ngive back' }),
    parameter({ name: 'ids', explode: false, allow_reserved: true, deprecated: true }),
  ],
  request_body: { required: true, description: null, content: [content('application/json', 1)] },
  responses: [
    {
      status: '201',
      description: 'The order',
      headers: [{ name: 'Location', description: null, schema: 0 }],
      content: [content('application/json', 1), content('text/csv', null)],
    },
    { status: 'default', description: null, headers: [], content: [] },
  ],
});

const SHOP = setOf(
  [ADD, operation({ id: 'GET /shops', path: '/shops', summary: 'List\nshops' })],
  [
    { type: 'string', default: { $ref: '#3' } },
    { title: 'Order', type: 'object', properties: { of: { $ref: '#1' }, enum: { $ref: '#2' } } },
    { type: 'integer' },
    { type: 'boolean' },
  ],
);

test('an operation as text', () => {
  expect(renderOperation({ set: SHOP, index: 0 }, 4)).toBe(
    `POST /shop/v2/shops/{shop}/orders
addOrder (shop@2, description main)
Add an order
Adds one. Twice is two.
Deprecated.
Tags: orders, writing

Parameters (* required)
  path shop*: string, default {"$ref":"#3"}
  query fields: object #1 Order; style deepObject
      What to give back
      of: #1 Order, as above
      enum: integer
  query ids: any; not exploded; reserved characters as they are; deprecated

Request body (required)
  application/json: #1 Order, as above

Response 201: The order
  header Location: string, default {"$ref":"#3"}
  application/json: #1 Order, as above
  text/csv: any

Response default
`,
  );
});

test('an operation without parameters and responses', () => {
  expect(renderOperation({ set: SHOP, index: 1 }, 4)).toBe(
    'GET /shop/v2/shops\nGET /shops (shop@2, description main)\nList shops\n\nNo parameters\n',
  );
});

test('an operation as JSON holds the schemas that it reaches, and no others', () => {
  const shown = JSON.parse(renderOperationJson({ set: SHOP, index: 0 })) as Record<string, unknown>;
  expect(shown['operation']).toEqual(ADD);
  expect(shown['caller_path']).toBe('/shop/v2/shops/{shop}/orders');
  expect(Object.keys(shown['schemas'] as object)).toEqual(['0', '1', '2']);
});

test('a list as text and as JSON', () => {
  const places = [0, 1].map((index) => ({ set: SHOP, index }));
  expect(renderList(places)).toBe(
    [
      'POST  /shop/v2/shops/{shop}/orders  addOrder    deprecated: Add an order',
      'GET   /shop/v2/shops                GET /shops  List shops',
      '',
    ].join('\n'),
  );
  const { operations } = JSON.parse(renderListJson(places)) as { operations: Record<string, unknown>[] };
  expect(operations).toHaveLength(2);
  expect(operations[0]).toEqual({
    connection: 'shop',
    catalog: 'shop@2',
    description: 'main',
    id: 'addOrder',
    method: 'POST',
    path: '/shop/v2/shops/{shop}/orders',
    summary: 'Add an order',
    tags: ['orders', 'writing'],
    deprecated: true,
  });
  expect(renderList([])).toBe('');
});
