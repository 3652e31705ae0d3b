import { expect, test } from 'vitest';
import { startAsking } from '../support/mcp-gateway.ts';
import type { CallerName } from '../support/mcp-gateway.ts';

// What models see of the tools that send nothing, through the SDK's own client, which checks answers by their schemas.

type Given = Record<string, unknown>;

test.each([
  ['tester', ['api_list_endpoints', 'api_get_endpoint_schema', 'api_invoke_endpoint']],
  ['reader', ['api_list_endpoints', 'api_get_endpoint_schema']],
  ['toolless', []],
] as const)('%s has the tools that its personas allow', async (caller, allowed) => {
  const { client } = await startAsking(caller);
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(allowed);
});

const ids = (value: unknown): unknown =>
  (value as { operations: { operation_id: string; spec?: string }[] }).operations.map(
    ({ operation_id, spec }) => (spec === undefined ? operation_id : `${spec}:${operation_id}`),
  );
const names = (value: unknown): unknown =>
  ((value as { connections?: { name: string; operations: number }[] }).connections ?? []).map(
    ({ name, operations }) => `${name} ${operations}`,
  );

interface Listed {
  readonly caller?: CallerName;
  readonly given: Given;
  readonly names?: readonly string[];
  readonly ids?: readonly string[];
  /** Members of the answer beside those. */
  readonly rest: Given;
}

const CONNECTIONS_NOTE = 'name a connection to list or search its operations';
const ALL = ['getAccount', 'listOrders', 'addOrder', 'deleteOrder', 'getOrder'];

const LISTED: readonly Listed[] = [
  { given: {}, names: ['bare 0', 'pay 6', 'shop 5'], rest: { total: 3, note: CONNECTIONS_NOTE } },
  {
    caller: 'reader',
    given: {},
    names: ['shop 2'],
    rest: { total: 1, note: CONNECTIONS_NOTE },
  },
  {
    given: { query: 'sells SHOP' },
    names: ['shop 5'],
    rest: { total: 1, note: `connections that are named or described so; ${CONNECTIONS_NOTE}` },
  },
  {
    given: { query: 'weather' },
    names: ['bare 0', 'pay 6', 'shop 5'],
    rest: {
      total: 3,
      note: `no connection is named or described so; these are all of them: ${CONNECTIONS_NOTE}`,
    },
  },
  { given: { connection: 'shop' }, ids: ALL, rest: { total: 5 } },
  { given: { connection: 'shop', query: ' ', spec: null }, ids: ALL, rest: { total: 5 } },
  { caller: 'reader', given: { connection: 'shop' }, ids: ['listOrders', 'getOrder'], rest: { total: 2 } },
  {
    given: { connection: 'shop', query: 'get order' },
    ids: ['getOrder'],
    rest: { total: 1 },
  },
  {
    // What is denied takes no place in a page.
    caller: 'reader',
    given: { connection: 'shop', query: 'order', limit: 1 },
    ids: ['getOrder'],
    rest: { total: 2, next_cursor: expect.any(String) },
  },
  {
    given: { connection: 'shop', query: 'etOrd' },
    ids: ['getOrder'],
    rest: { total: 1, note: 'no operation holds all of these words; these hold each within another' },
  },
  {
    given: { connection: 'shop', query: 'delete acount' },
    ids: ['deleteOrder'],
    rest: {
      total: 1,
      note: 'none of 5 operations holds "acount" (did you mean "account"?); these hold some of the words',
    },
  },
  {
    // Not even a word of what is denied is told.
    caller: 'reader',
    given: { connection: 'shop', query: 'acount' },
    ids: [],
    rest: { total: 0, note: 'none of 2 operations holds "acount"' },
  },
  {
    given: { connection: 'pay' },
    ids: [],
    rest: {
      total: 0,
      specs: [
        { name: 'banks', title: 'Banks', operations: 3 },
        { name: 'cards', title: 'Cards', operations: 3 },
      ],
      note: 'pay has several API descriptions; choose one with spec, or search with query',
    },
  },
  {
    given: { connection: 'pay', spec: 'cards' },
    ids: ['cards:addCards', 'cards:getOne', 'cards:listCharges'],
    rest: { total: 3 },
  },
  {
    given: { connection: 'bare' },
    ids: [],
    rest: {
      total: 0,
      note: 'bare has no API description: its operations are not known; call api_invoke_endpoint with method and path',
    },
  },
];

test.each(LISTED)('list $given of $caller', async ({ caller = 'tester', given, rest, ...found }) => {
  const { isError, text, structured } = await (await startAsking(caller)).ask('api_list_endpoints', given);
  expect(text).toEqual(structured);
  const { operations: _, connections: __, ...others } = structured as Given;
  expect([isError, others]).toEqual([false, rest]);
  expect([names(structured), ids(structured)]).toEqual([found.names ?? [], found.ids ?? []]);
});

test('pages of a list follow each other, and a cursor is of its list alone', async () => {
  const { ask, gateway } = await startAsking('tester');
  const reader = await startAsking('reader', gateway);
  const seen: unknown[] = [];
  let cursor: unknown = undefined;
  do {
    const { structured } = await ask('api_list_endpoints', {
      connection: 'shop',
      limit: 2,
      cursor,
    });
    seen.push(ids(structured));
    cursor = (structured as Given)['next_cursor'];
  } while (cursor !== undefined);
  expect(seen).toEqual([ALL.slice(0, 2), ALL.slice(2, 4), ALL.slice(4)]);
  const { structured } = await ask('api_list_endpoints', { connection: 'shop', limit: 2 });
  const next = (structured as Given)['next_cursor'];
  for (const [asking, given] of [
    [reader.ask, { connection: 'shop', cursor: next }],
    [ask, { connection: 'shop', query: 'order', cursor: next }],
    [ask, { connection: 'shop', cursor: '2' }],
  ] as const) {
    const outcome = await asking('api_list_endpoints', given);
    expect(outcome).toMatchObject({ isError: true, text: { error: { code: 'request_invalid' } } });
  }
});

const SCHEMA = 'api_get_endpoint_schema';

test('the schema of an operation', async () => {
  const { ask } = await startAsking('tester');
  const { isError, structured } = await ask(SCHEMA, {
    connection: 'shop',
    operation_id: 'getOrder',
  });
  const order = expect.stringMatching(/^#\/schemas\/\d+$/) as string;
  expect([isError, structured]).toEqual([
    false,
    {
      connection: 'shop',
      spec: 'main',
      operation_id: 'getOrder',
      method: 'GET',
      path: '/v2/orders/{order}',
      summary: 'Get an order',
      tags: ['orders'],
      // Shop-Version is the connection's to send.
      parameters: [
        {
          name: 'order',
          in: 'path',
          required: true,
          schema: { type: 'string', pattern: '^o_', maxLength: 20 },
        },
        { name: 'X-Trace', in: 'header', required: false, schema: { type: 'string' } },
        {
          name: 'expand',
          in: 'query',
          required: false,
          style: 'pipeDelimited',
          schema: { type: 'array', items: { type: 'string' } },
        },
      ],
      responses: [
        {
          status: '200',
          description: 'The order',
          content: [{ media_type: 'application/json', schema: { $ref: order } }],
        },
      ],
      schemas: expect.any(Object) as object,
    },
  ]);
  const { schemas } = structured as { schemas: Record<string, Given> };
  const [number = '', schema] = Object.entries(schemas)[0] ?? [];
  expect(schema).toEqual({
    type: 'object',
    required: ['id'],
    properties: {
      id: { type: 'string' },
      total: { type: ['integer', 'null'], minimum: 0, maximum: 1_000_000 },
      placed: { type: 'string', format: 'date-time' },
      parent: { $ref: `#/schemas/${number}` },
    },
    additionalProperties: false,
  });
  const alone = await ask(SCHEMA, {
    connection: 'shop',
    operation_id: 'getOrder',
    schema: Number(number),
  });
  expect(alone.structured).toMatchObject({ operation_id: 'getOrder', schemas });
});
