import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import { expect, test } from 'vitest';
import type { McpServerOptions, Refusal } from './mcp-server.ts';
import { stand } from './stand.ts';
import type { Stand } from './stand.ts';

// A server that cannot be asked has not said that it has no tools: why is told, in the words of a call.

const LISTS: readonly [tool: string, given: Record<string, unknown>][] = [
  ['api_list_endpoints', { connection: 'notes' }],
  ['api_get_endpoint_schema', { connection: 'notes', operation_id: 'add' }],
];
const CALL = { connection: 'notes', operation_id: 'add', body: { a: 2, b: 3 } };

const errorOf = ({ text }: { readonly text: unknown }): unknown => {
  const { request_id: _, ...told } = (text as { error: Record<string, unknown> }).error;
  return told;
};

const refusing = (status: number): McpServerOptions => ({
  authorize: () => ({ status, challenge: 'Bearer' }),
});
const deep = (levels: number): object => (levels === 0 ? {} : { items: deep(levels - 1) });

interface Row {
  readonly what: string;
  readonly options: McpServerOptions;
  readonly more?: string;
  readonly says: readonly [code: string, message: string];
}

const UNKNOWN = 'the tools of notes are not known: its MCP server answered';

const ROWS: readonly Row[] = [
  {
    what: 'refuses the credential',
    options: refusing(401),
    says: ['upstream_protocol', `${UNKNOWN} 401; it does not accept the credential that is declared`],
  },
  {
    what: 'forbids it',
    options: refusing(403),
    says: ['upstream_protocol', `${UNKNOWN} 403; it does not accept the credential that is declared`],
  },
  { what: 'has a fault', options: refusing(500), says: ['upstream_protocol', `${UNKNOWN} 500`] },
  {
    what: 'has no tools/list',
    options: {
      list: () => {
        throw new McpError(ErrorCode.MethodNotFound, 'no');
      },
    },
    says: ['upstream_protocol', `${UNKNOWN} tools/list with the error -32601`],
  },
  {
    what: 'answers something else',
    options: { list: () => ({ tools: 'none' }) as never },
    says: ['upstream_protocol', `${UNKNOWN} tools/list without any list`],
  },
  {
    what: 'fails behind the first page',
    options: {
      list: (cursor) => {
        if (cursor === undefined) return { tools: [{ name: 'add', inputSchema: {} }], nextCursor: 'more' };
        throw new McpError(ErrorCode.InternalError, 'no');
      },
    },
    says: ['upstream_protocol', `${UNKNOWN} tools/list with the error -32603`],
  },
  {
    what: 'answers more than max_response_bytes',
    options: { list: () => ({ tools: [{ name: 'add', description: 'x'.repeat(70_000) }] }) },
    more: ', max_response_bytes: 64KiB',
    says: ['upstream_protocol', 'the answer of the MCP server is over 65536 bytes (max_response_bytes)'],
  },
  {
    what: 'nests its schemas deeper than anything follows them',
    options: { list: () => ({ tools: [{ name: 'add', inputSchema: deep(200) }] }), json: true },
    says: ['upstream_protocol', 'the answer of the MCP server is no reply to what was asked'],
  },
];

test.each(ROWS)('a server that $what', async ({ options, more, says: [code, message] }) => {
  const { ask, server } = await stand(options, more);
  for (const [tool, given] of LISTS) {
    const outcome = await ask(tool, given);
    expect([outcome.isError, outcome.structured, errorOf(outcome)]).toEqual([
      true,
      undefined,
      { code, message },
    ]);
  }
  // What failed is asked again.
  expect(server.seen.filter(({ method }) => method === 'initialize')).toHaveLength(2);
});

const DOWN: readonly (readonly [what: string, started: () => Promise<Stand>, code: string])[] = [
  [
    'is down',
    async () => {
      const started = await stand();
      await started.server.stop();
      return started;
    },
    'upstream_unreachable',
  ],
  [
    'never answers',
    () => stand({ authorize: () => new Promise<Refusal>(() => {}) }, ', call_timeout: 200ms'),
    'upstream_timeout',
  ],
];

test.each(DOWN)('a server that %s: a listing says what a call says', async (_what, started, code) => {
  const { ask, gateway } = await started();
  const called = errorOf(await ask('api_invoke_endpoint', CALL));
  expect(called).toMatchObject({ code });
  for (const [tool, given] of LISTS) {
    const outcome = await ask(tool, given);
    expect([outcome.isError, errorOf(outcome)]).toEqual([true, called]);
  }
  // initialize, initialized, GET, tools/list, and the three.
  const lines = await gateway.exchanges(7);
  const asked = lines.filter(({ connection }) => connection === 'notes');
  expect(asked).toMatchObject(Array.from({ length: 3 }, () => ({ problem: code, source: 'gateway' })));
});

test('a server that works again is listed', async () => {
  let refusal: Refusal | null = { status: 503, challenge: '' };
  const { ask } = await stand({ authorize: () => refusal });
  const [list] = LISTS;
  expect((await ask(...(list ?? ['', {}]))).isError).toBe(true);
  refusal = null;
  expect(await ask(...(list ?? ['', {}]))).toMatchObject({ isError: false, structured: { total: 4 } });
});
