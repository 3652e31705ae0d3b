import { expect, test } from 'vitest';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { callTool, mcpClient } from '../support/mcp-client.ts';
import type { ToolOutcome } from '../support/mcp-client.ts';
import { GATEWAY_KEY, READER_KEY, startMcpGateway, TOOLLESS_KEY } from '../support/mcp-gateway.ts';
import type { YamlGateway } from '../support/yaml-gateway.ts';

// What models see of the tools that send nothing, through the SDK's own client, which checks answers by their schemas.

const KEYS = { tester: GATEWAY_KEY, reader: READER_KEY, toolless: TOOLLESS_KEY };

type CallerName = keyof typeof KEYS;
type Given = Record<string, unknown>;

interface Asker {
  readonly gateway: YamlGateway;
  readonly client: Client;
  readonly ask: (tool: string, given: Given) => Promise<ToolOutcome>;
}

async function asker(caller: CallerName, started?: YamlGateway): Promise<Asker> {
  const gateway = started ?? (await startMcpGateway());
  const client = await mcpClient(gateway.base, KEYS[caller]);
  // From here on the client checks structured answers against the output schemas.
  await client.listTools();
  return { gateway, client, ask: (tool, given) => callTool(client, tool, given) };
}

test.each([
  ['tester', ['api_list_endpoints', 'api_get_endpoint_schema', 'api_invoke_endpoint']],
  ['reader', ['api_list_endpoints', 'api_get_endpoint_schema']],
  ['toolless', []],
] as const)('%s has the tools that its personas allow', async (caller, allowed) => {
  const { client } = await asker(caller);
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(allowed);
});

const ids = (value: unknown): unknown =>
  (value as { operations: { operation_id: string; spec?: string }[] }).operations.map(
    ({ operation_id, spec }) => (spec === undefined ? operation_id : `${spec}:${operation_id}`),
  );
const names = (value: unknown): unknown =>
  (value as { connections: { name: string; operations: number }[] }).connections.map(
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
  { given: {}, names: ['bare 0', 'pay 4', 'shop 5'], rest: { total: 3, note: CONNECTIONS_NOTE } },
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
    names: ['bare 0', 'pay 4', 'shop 5'],
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
        { name: 'banks', title: 'Banks', operations: 2 },
        { name: 'cards', title: 'Cards', operations: 2 },
      ],
      note: 'pay has several API descriptions; choose one with spec, or search with query',
    },
  },
  {
    given: { connection: 'pay', spec: 'cards' },
    ids: ['cards:addCards', 'cards:listCharges'],
    rest: { total: 2 },
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
  const { isError, text, structured } = await (await asker(caller)).ask('api_list_endpoints', given);
  expect(text).toEqual(structured);
  const { operations: _, connections: __, ...others } = structured as Given;
  expect([isError, others]).toEqual([false, rest]);
  if (found.ids !== undefined) expect(ids(structured)).toEqual(found.ids);
  else expect([names(structured), ids(structured)]).toEqual([found.names, []]);
});

test('pages of a list follow each other, and a cursor is of its list alone', async () => {
  const { ask, gateway } = await asker('tester');
  const reader = await asker('reader', gateway);
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

interface Refused {
  readonly caller?: CallerName;
  readonly tool?: string;
  readonly given: Given;
  readonly error: Given;
}

const SCHEMA = 'api_get_endpoint_schema';
const unknownOf = (id: string, nearest: string[]): Given => ({
  code: 'operation_unknown',
  message: `no operation that you may use has the id "${id}"; there are: ${nearest.join(', ')}`,
  nearest,
});

const REFUSED: readonly Refused[] = [
  {
    given: { connection: 'shpo' },
    error: {
      code: 'route_unknown',
      message: 'no connection that you may use is named "shpo"; there are: shop, bare, pay',
      valid: ['shop', 'bare', 'pay'],
    },
  },
  {
    // One that is there and denied is told like one that is not.
    caller: 'reader',
    given: { connection: 'pay' },
    error: {
      code: 'route_unknown',
      message: 'no connection that you may use is named "pay"; there is: shop',
      valid: ['shop'],
    },
  },
  {
    given: { connection: 'pay', spec: 'card' },
    error: {
      code: 'operation_unknown',
      message: 'no description (spec) is named "card"; there are: cards, banks',
      valid: ['cards', 'banks'],
    },
  },
  {
    given: { conection: 'pay' },
    error: {
      code: 'request_invalid',
      message:
        'api_list_endpoints was not called: there is no argument "conection"; did you mean "connection"?',
    },
  },
  {
    given: { spec: 'cards' },
    error: { code: 'request_invalid', message: 'spec is of a connection: name the connection too' },
  },
  {
    caller: 'toolless',
    given: {},
    error: { code: 'forbidden', message: 'your personas do not give this tool' },
  },
  {
    caller: 'reader',
    tool: 'api_invoke_endpoint',
    given: { connection: 'shop', operation_id: 'getOrder' },
    error: { code: 'forbidden', message: 'your personas do not give this tool' },
  },
  {
    tool: SCHEMA,
    given: { connection: 'shop', operation_id: 'getOrdr' },
    error: unknownOf('getOrdr', ['getOrder', 'addOrder', 'deleteOrder', 'listOrders', 'getAccount']),
  },
  {
    caller: 'reader',
    tool: SCHEMA,
    given: { connection: 'shop', operation_id: 'getAccount' },
    error: unknownOf('getAccount', ['getOrder', 'listOrders']),
  },
  {
    tool: SCHEMA,
    given: { connection: 'pay', operation_id: 'listCharges' },
    error: {
      code: 'request_invalid',
      message: '"listCharges" is the id of several operations: name one with spec, or as "METHOD path"',
      candidates: [
        { spec: 'banks', method: 'GET', path: '/charges' },
        { spec: 'cards', method: 'GET', path: '/charges' },
      ],
    },
  },
  {
    tool: SCHEMA,
    given: { connection: 'shop', operation_id: 'listOrders', schema: 0 },
    error: { code: 'request_invalid', message: '"listOrders" has no schema 0' },
  },
];

test.each(REFUSED)(
  '$tool $given of $caller is refused',
  async ({ caller = 'tester', tool, given, error }) => {
    const { ask, gateway } = await asker(caller);
    const outcome = await ask(tool ?? 'api_list_endpoints', given);
    const { request_id, ...told } = (outcome.text as { error: Given }).error;
    expect({ ...outcome, text: told }).toEqual({ isError: true, structured: undefined, text: error });
    // initialize, initialized, GET, tools/list, and the call.
    const lines = await gateway.exchanges(5);
    const line = lines.find((one) => one['request_id'] === request_id);
    expect(line).toMatchObject({ door: 'mcp', problem: error['code'], tool: tool ?? 'api_list_endpoints' });
  },
);

test('a tool that is not there is an error of the protocol', async () => {
  const { ask } = await asker('tester');
  await expect(ask('api_export', {})).rejects.toThrow('Unknown tool: api_export');
});

test('the schema of an operation', async () => {
  const { ask } = await asker('tester');
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
