import { describe, expect, test } from 'vitest';
import { GATEWAY_KEY, startFromYaml } from '../support/yaml-gateway.ts';
import type { YamlGateway } from '../support/yaml-gateway.ts';
import { mcpServer } from './mcp-server.ts';
import type { McpServerOptions, TestMcpServer } from './mcp-server.ts';

interface Stand {
  readonly server: TestMcpServer;
  readonly gateway: YamlGateway;
  readonly call: (tool: string, args?: unknown, headers?: Record<string, string>) => Promise<Told>;
}

interface Told {
  readonly status: number;
  readonly session: string | null;
  readonly code: string | null;
  readonly body: unknown;
}

const OTHER_KEY = 'other-key-0123456789-0123456789-0123456789';

async function stand(options: McpServerOptions = {}, more = ''): Promise<Stand> {
  const server = await mcpServer(options);
  const connection = (name: string, fields: string): string =>
    `  ${name}: { base_url: "${server.url}", auth_mode: mcp, credential: "\${env:TOKEN}"${fields} }\n`;
  const gateway = await startFromYaml(
    `connections:\n${connection('notes', more)}${connection('others', '')}`,
    { TOKEN: 'vendor-token', OTHER: OTHER_KEY },
    {
      files: {
        'gateway.d/30-access.yaml': `callers:
  other: { key: "\${env:OTHER}", personas: [adder] }
personas:
  adder:
    connections: { allow: [notes] }
    routes: [{ connection: notes, methods: [POST], paths: [/add, /fail], action: allow }]
`,
      },
    },
  );
  const call: Stand['call'] = async (tool, args, headers = {}) => {
    const response = await fetch(`${gateway.base}/${tool}`, {
      method: 'POST',
      headers: { 'X-API-Key': GATEWAY_KEY, ...headers },
      ...(args === undefined ? {} : { body: typeof args === 'string' ? args : JSON.stringify(args) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      session: response.headers.get('mcp-session-id'),
      code: response.headers.get('gateway-error'),
      body: text === '' ? null : (JSON.parse(text) as unknown),
    };
  };
  return { server, gateway, call };
}

const SUM = { content: [{ type: 'text', text: '5' }], isError: false, structuredContent: { sum: 5 } };
const HANDSHAKE = ['initialize', 'notifications/initialized'];

describe.each([
  ['event streams and sessions', {}],
  ['JSON and sessions', { json: true }],
  ['event streams without sessions', { stateless: true }],
  ['JSON without sessions', { json: true, stateless: true }],
])('a server of %s', (_what, options) => {
  test('a tool is called with its arguments, and again in the same session', async () => {
    const { server, call } = await stand(options);
    const first = await call('notes/add', { a: 2, b: 3 });
    expect([first.status, first.body]).toEqual([200, SUM]);
    const again = await call('notes/add', { a: 2, b: 3 }, { 'Mcp-Session-Id': first.session ?? '' });
    expect([again.status, again.body]).toEqual([200, SUM]);
    expect(server.seen.map(({ method }) => method)).toEqual([...HANDSHAKE, 'tools/call', 'tools/call']);
    const [, ready, ...calls] = server.seen;
    const [session] = server.sessions;
    for (const message of [ready, ...calls]) expect(message).toMatchObject({ version: '2025-11-25' });
    expect(calls.map((message) => message.session)).toEqual([session, session]);
    for (const { authorization, headers } of server.seen) {
      expect(authorization).toBe('Bearer vendor-token');
      expect(headers).not.toHaveProperty('x-api-key');
    }
    expect(JSON.stringify([first, again])).not.toContain(session ?? 'none');
  });
});

describe('sessions', () => {
  test('a session that the server lost is opened anew, once, and the new id is told', async () => {
    const { server, call } = await stand();
    const first = await call('notes/add', { a: 2, b: 3 });
    server.restart();
    const again = await call('notes/add', { a: 2, b: 3 }, { 'Mcp-Session-Id': first.session ?? '' });
    expect([again.status, again.body]).toEqual([200, SUM]);
    expect(again.session).not.toBe(first.session);
    expect(server.seen.map(({ method }) => method)).toEqual([
      ...HANDSHAKE,
      'tools/call',
      'tools/call',
      ...HANDSHAKE,
      'tools/call',
    ]);
    const third = await call('notes/add', { a: 2, b: 3 }, { 'Mcp-Session-Id': again.session ?? '' });
    expect(third.status).toBe(200);
    expect(server.sessions).toHaveLength(2);
  });

  test('an id of another account or connection, and one that is none, is 404 and nothing is sent', async () => {
    const { server, call } = await stand();
    const { session } = await call('notes/add', { a: 2, b: 3 });
    const sent = server.seen.length;
    const id = session ?? '';
    const rows: [tool: string, headers: Record<string, string>][] = [
      ['others/add', { 'Mcp-Session-Id': id }],
      ['notes/add', { 'Mcp-Session-Id': id, 'X-API-Key': OTHER_KEY }],
      ['notes/add', { 'Mcp-Session-Id': server.sessions[0] ?? '' }],
      ['notes/add', { 'Mcp-Session-Id': `${id.slice(0, -2)}AA` }],
      ['notes/add', { 'Mcp-Session-Id': `${id}.x` }],
      ['notes/add', { 'Mcp-Session-Id': '' }],
    ];
    for (const [tool, headers] of rows) {
      const told = await call(tool, { a: 2, b: 3 }, headers);
      expect([tool, headers, told.status, told.code]).toEqual([tool, headers, 404, 'session_unknown']);
    }
    expect(server.seen).toHaveLength(sent);
  });
});

describe('what is answered', () => {
  const TOO_LARGE = ', max_response_bytes: 64KiB';
  const REFUSING: McpServerOptions = { authorize: () => ({ status: 401, challenge: 'Bearer' }) };
  const rows: {
    what: string;
    tool: string;
    args?: unknown;
    headers?: Record<string, string>;
    options?: McpServerOptions;
    more?: string;
    expected: { status: number; code?: string; body?: unknown };
  }[] = [
    {
      what: 'a tool that fails',
      tool: 'notes/fail',
      expected: {
        status: 200,
        body: { content: [{ type: 'text', text: 'it did not work' }], isError: true },
      },
    },
    {
      what: 'a tool that is not there',
      tool: 'notes/nothing',
      expected: { status: 200, body: { isError: true } },
    },
    {
      what: 'arguments that do not fit',
      tool: 'notes/add',
      args: { a: 'x' },
      expected: { status: 200, body: { isError: true } },
    },
    {
      what: 'arguments that are a list',
      tool: 'notes/add',
      args: [1],
      expected: { status: 400, code: 'request_invalid' },
    },
    {
      what: 'arguments that are no JSON',
      tool: 'notes/add',
      args: '{',
      expected: { status: 400, code: 'request_invalid' },
    },
    { what: 'a query', tool: 'notes/add?a=1', args: {}, expected: { status: 400, code: 'request_invalid' } },
    { what: 'no tool', tool: 'notes', args: {}, expected: { status: 404, code: 'operation_unknown' } },
    {
      what: 'two segments',
      tool: 'notes/a/b',
      args: {},
      expected: { status: 404, code: 'operation_unknown' },
    },
    {
      what: 'a tool that the personas allow',
      tool: 'notes/add',
      args: { a: 2, b: 3 },
      headers: { 'X-API-Key': OTHER_KEY },
      expected: { status: 200, body: SUM },
    },
    {
      what: 'one that they do not',
      tool: 'notes/large',
      headers: { 'X-API-Key': OTHER_KEY },
      expected: { status: 403, code: 'forbidden' },
    },
    {
      what: 'a connection that they do not give',
      tool: 'others/add',
      headers: { 'X-API-Key': OTHER_KEY },
      expected: { status: 403, code: 'forbidden' },
    },
    {
      what: 'more than max_response_bytes',
      tool: 'notes/large',
      more: TOO_LARGE,
      expected: { status: 502, code: 'upstream_protocol' },
    },
    {
      what: 'the same as JSON',
      tool: 'notes/large',
      options: { json: true },
      more: TOO_LARGE,
      expected: { status: 502, code: 'upstream_protocol' },
    },
    {
      what: 'a tool that never ends',
      tool: 'notes/hang',
      more: ', call_timeout: 300ms',
      expected: { status: 504, code: 'upstream_timeout' },
    },
    {
      what: 'a server that refuses the token',
      tool: 'notes/add',
      options: REFUSING,
      expected: { status: 401 },
    },
  ];

  test.each(rows)('$what: $expected.status', async ({ tool, args, headers, options, more, expected }) => {
    const { call } = await stand(options, more);
    const { status, code, body } = await call(tool, args, headers);
    expect({ status, code, body }).toMatchObject({ code: null, ...expected });
  });

  test('another method than POST, and coded arguments', async () => {
    const { gateway, server } = await stand();
    const key = { 'X-API-Key': GATEWAY_KEY };
    const got = await fetch(`${gateway.base}/notes/add`, { headers: key });
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
    const coded = await fetch(`${gateway.base}/notes/add`, {
      method: 'POST',
      headers: { ...key, 'Content-Encoding': 'gzip' },
      body: 'x',
    });
    expect([coded.status, coded.headers.get('gateway-error')]).toEqual([415, 'content_encoding_unsupported']);
    expect(server.seen).toEqual([]);
  });
});
