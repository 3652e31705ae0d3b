import { expect, test } from 'vitest';
import { stand } from './stand.ts';
import type { KEYS } from './stand.ts';

// The tools of an MCP server as a model finds them: listed, searched, described and called like operations of an API.

type Given = Record<string, unknown>;

const LIST = 'api_list_endpoints';
const SCHEMA = 'api_get_endpoint_schema';
const INVOKE = 'api_invoke_endpoint';

interface Row {
  readonly caller?: keyof typeof KEYS;
  readonly tool?: string;
  readonly given: Given;
  readonly answer: Given;
  /** Names of tools, in their order. */
  readonly ids?: readonly string[];
}

const notes = (more: Given = {}): Given => ({ connection: 'notes', ...more });
const ALL = ['add', 'fail', 'hang', 'large'];

const LISTED: readonly Row[] = [
  { given: notes(), ids: ALL, answer: { total: 4 } },
  { given: notes({ spec: 'tools' }), ids: ALL, answer: { total: 4 } },
  { given: notes({ query: 'two numbers' }), ids: ['add'], answer: { total: 1 } },
  {
    given: notes({ query: 'lare' }),
    ids: [],
    answer: { total: 0, note: 'none of 4 operations holds "lare" (did you mean "large"?)' },
  },
  { caller: 'adder', given: notes(), ids: ['add', 'fail'], answer: { total: 2 } },
  {
    // Not even a word of what is denied is told.
    caller: 'adder',
    given: notes({ query: 'lare' }),
    ids: [],
    answer: { total: 0, note: 'none of 2 operations holds "lare"' },
  },
  {
    caller: 'reader',
    given: notes(),
    ids: [],
    answer: { total: 0, note: 'there is no operation that you may use' },
  },
];

const idsOf = (structured: unknown): readonly unknown[] =>
  (structured as { operations: Given[] }).operations.map(({ operation_id }) => operation_id);

test.each(LISTED)('list $given of $caller', async ({ caller, given, ids, answer }) => {
  const { ask } = await stand();
  const { isError, text, structured } = await ask(LIST, given, caller);
  expect(text).toEqual(structured);
  const { operations: _, ...others } = structured as Given;
  expect([isError, idsOf(structured), others]).toEqual([false, ids, answer]);
});

test('a row tells how a tool is called, and that a connection is a server of tools', async () => {
  const { ask, server } = await stand();
  const connections = await ask(LIST, {});
  expect(connections.structured).toMatchObject({
    connections: [
      { name: 'notes', description: 'Notes', operations: null, mcp_server: true },
      { name: 'plain', operations: 0 },
    ],
  });
  // It was not asked for that.
  expect(server.seen).toEqual([]);
  const { structured } = await ask(LIST, notes({ query: 'add' }));
  expect((structured as { operations: unknown }).operations).toEqual([
    { operation_id: 'add', method: 'POST', path: '/add', summary: 'Adds two numbers.' },
  ]);
});

test('pages of the list follow each other, and a cursor is of its list alone', async () => {
  const { ask } = await stand();
  const first = (await ask(LIST, notes({ limit: 3 }))).structured as Given;
  expect([idsOf(first), first['total']]).toEqual([ALL.slice(0, 3), 4]);
  const cursor = first['next_cursor'];
  const rest = (await ask(LIST, notes({ limit: 3, cursor }))).structured as Given;
  expect([idsOf(rest), rest['next_cursor']]).toEqual([['large'], undefined]);
  for (const [given, caller] of [
    [notes({ cursor, query: 'add' }), 'tester'],
    [notes({ cursor }), 'adder'],
  ] as const) {
    expect((await ask(LIST, given, caller)).text).toMatchObject({ error: { code: 'request_invalid' } });
  }
});

test('for who may call nothing, nothing is sent', async () => {
  const { ask, server } = await stand();
  await ask(LIST, notes(), 'reader');
  await ask(SCHEMA, notes({ operation_id: 'add' }), 'reader');
  expect(server.seen).toEqual([]);
});

const NUMBER = { type: 'number' };

test('the schema of a tool is that of its arguments and of its result', async () => {
  const { ask } = await stand();
  const { isError, structured } = await ask(SCHEMA, notes({ operation_id: 'add' }));
  expect([isError, structured]).toEqual([
    false,
    {
      connection: 'notes',
      spec: 'tools',
      operation_id: 'add',
      method: 'POST',
      path: '/add',
      summary: 'Adds two numbers.',
      parameters: [],
      request_body: {
        required: false,
        content: [
          {
            media_type: 'application/json',
            schema: { type: 'object', properties: { a: NUMBER, b: NUMBER }, required: ['a', 'b'] },
          },
        ],
      },
      responses: [
        {
          status: '200',
          content: [
            {
              media_type: 'application/json',
              schema: {
                type: 'object',
                properties: {
                  content: { type: 'array', items: { type: 'object' } },
                  isError: { type: 'boolean' },
                  structuredContent: { type: 'object', properties: { sum: NUMBER } },
                },
              },
            },
          ],
        },
      ],
    },
  ]);
});

const fault = (place: string, name: string | null, expected: string): Given => ({
  in: place,
  name,
  pointer: '',
  expected,
});

const REFUSED: readonly (Row & { readonly tool: string })[] = [
  {
    caller: 'adder',
    tool: SCHEMA,
    given: notes({ operation_id: 'large' }),
    answer: {
      code: 'operation_unknown',
      message: 'no operation that you may use has the id "large"; there are: add, fail',
      nearest: ['add', 'fail'],
    },
  },
  {
    // Numbers of schemas are of the whole listing: those of what is denied are not readable.
    caller: 'adder',
    tool: SCHEMA,
    given: notes({ operation_id: 'add', schema: 4 }),
    answer: { code: 'request_invalid', message: '"add" has no schema 4' },
  },
  {
    tool: LIST,
    given: notes({ spec: 'tool' }),
    answer: {
      code: 'operation_unknown',
      message: 'no description (spec) is named "tool"; there is: tools',
      valid: ['tools'],
    },
  },
  {
    tool: LIST,
    given: notes({ grant: 'x' }),
    answer: {
      code: 'connection_missing',
      message: 'the grant that the request names cannot be used on notes, which has its credential declared',
    },
  },
  {
    caller: 'adder',
    tool: INVOKE,
    given: notes({ operation_id: 'large' }),
    answer: { code: 'forbidden', message: 'no rule of your personas allows this method and path' },
  },
  {
    caller: 'reader',
    tool: INVOKE,
    given: notes({ operation_id: 'add' }),
    answer: { code: 'forbidden', message: 'your personas give this connection for reading only' },
  },
  {
    tool: INVOKE,
    given: notes({ operation_id: 'add', path_params: { a: 1 }, headers: { Host: 'a' } }),
    answer: {
      code: 'request_invalid',
      message:
        'nothing was sent; path_params: to be left out: a tool of an MCP server takes its arguments as body; headers "Host": to be left out: the gateway frames and addresses the request',
      faults: [
        fault('path', null, 'to be left out: a tool of an MCP server takes its arguments as body'),
        fault('header', 'Host', 'to be left out: the gateway frames and addresses the request'),
      ],
    },
  },
  {
    tool: INVOKE,
    given: notes({ operation_id: 'add', query_params: { a: 1 } }),
    answer: { code: 'request_invalid', message: 'a tool takes its arguments in the body, not in a query' },
  },
  {
    tool: INVOKE,
    given: notes({ operation_id: 'add', spec: 'main' }),
    answer: { code: 'request_invalid', message: 'nothing was sent; the only spec of an MCP server is tools' },
  },
  {
    tool: INVOKE,
    given: notes({ operation_id: '..' }),
    answer: { code: 'target_invalid', message: expect.any(String) as string },
  },
];

test.each(REFUSED)('$tool $given of $caller is refused', async ({ caller, tool, given, answer }) => {
  const { ask, server } = await stand();
  const outcome = await ask(tool, given, caller);
  const { request_id: _, ...told } = (outcome.text as { error: Given }).error;
  expect([outcome.isError, told]).toEqual([true, answer]);
  expect(server.seen.filter(({ method }) => method === 'tools/call')).toEqual([]);
});

const SUM = { content: [{ type: 'text', text: '5' }], isError: false, structuredContent: { sum: 5 } };

test.each([
  ['its name', notes({ operation_id: 'add', spec: 'tools', body: { a: 2, b: 3 } }), 'tester'],
  ['its name, by who may call two tools', notes({ operation_id: 'add', body: { a: 2, b: 3 } }), 'adder'],
  ['method and path', notes({ method: 'POST', path: '/add', body: { a: 2, b: 3 } }), 'tester'],
] as const)('a tool is called by %s', async (_what, given, caller) => {
  const { ask, server, gateway } = await stand();
  const { isError, structured } = await ask(INVOKE, given, caller);
  expect([isError, structured]).toMatchObject([false, { status: 200, body: SUM }]);
  // Nobody is told of the session, so it is ended.
  await server.waitUntil(({ ended }) => ended.length === 1);
  expect(server.ended).toEqual(server.sessions);
  // initialize, initialized, GET, tools/list, and the call.
  const lines = await gateway.exchanges(5);
  expect(lines.find((line) => line['tool'] === INVOKE)).toMatchObject({
    door: 'mcp',
    connection: 'notes',
    operation: 'add',
    template: '/add',
    source: 'upstream',
    problem: null,
  });
});

test('a server that tells its token has it redacted', async () => {
  const inputSchema = { properties: { token: { const: 'vendor-token' } } };
  const { ask } = await stand({
    list: () => ({ tools: [{ name: 'add', title: 'vendor-token', inputSchema }] }),
  });
  const listed = await ask(LIST, notes());
  const schema = await ask(SCHEMA, notes({ operation_id: 'add' }));
  expect(listed.structured).toMatchObject({ operations: [{ summary: '[redacted]' }] });
  expect(JSON.stringify(schema)).toContain('[redacted]');
  expect(JSON.stringify([listed, schema])).not.toContain('vendor-token');
});

test('a listing is asked for once for the callers of an account, each of which sees its own', async () => {
  const { ask, server } = await stand();
  expect(idsOf((await ask(LIST, notes())).structured)).toEqual(ALL);
  expect(idsOf((await ask(LIST, notes(), 'adder')).structured)).toEqual(['add', 'fail']);
  await ask(SCHEMA, notes({ operation_id: 'add' }));
  const handshake = ['initialize', 'notifications/initialized'];
  const listed = ['tools/list', 'tools/list'];
  await server.waitUntil(({ ended }) => ended.length === 1);
  expect(server.seen.map(({ method, verb }) => method ?? verb)).toEqual([...handshake, ...listed, 'DELETE']);
  expect(new Set(server.seen.slice(1).map(({ session }) => session))).toEqual(new Set(server.sessions));
  expect(server.ended).toEqual(server.sessions);
});

test.each([
  ['keeps sessions to itself', { keeps: true }],
  ['has none', { stateless: true }],
  ['answers in JSON', { json: true }],
])('a server that %s is listed', async (_what, options) => {
  const { ask } = await stand(options);
  expect(idsOf((await ask(LIST, notes())).structured)).toEqual(ALL);
});
