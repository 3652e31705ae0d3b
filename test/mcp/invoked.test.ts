import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { describe } from '../support/described.ts';
import { keyConnection, keyOf, KEYS, startGranted } from '../support/granted.ts';
import { answerOf, startInvoking } from '../support/invoking.ts';
import type { InvokingSpec } from '../support/invoking.ts';
import { callTool, mcpClient } from '../support/mcp-client.ts';
import type { ToolOutcome } from '../support/mcp-client.ts';
import type { RawAnswer } from '../support/raw-upstream.ts';
import { SILENCE } from '../support/sides.ts';
import { CREDENTIALS, TEST_ENVIRONMENT, TEST_KEY } from '../support/table.ts';

// What a model is told of a call: what the upstream answers is a result, what the gateway refuses is a fault of the tool.

const { SECRET } = TEST_ENVIRONMENT;
const TOOL = 'api_invoke_endpoint';

/** Calls through the SDK's own client, which checks answers by the output schema. */
async function called(port: number, given: object, key: string = TEST_KEY): Promise<ToolOutcome> {
  const client = await mcpClient(`http://127.0.0.1:${port}`, key);
  await client.listTools();
  return callTool(client, TOOL, { connection: 'vendor', method: 'GET', path: '/a', ...given });
}

interface Row {
  readonly answer?: RawAnswer;
  readonly spec?: InvokingSpec;
  readonly given?: object;
  /** Of the structured answer, or of the error where the tool was at fault. */
  readonly told: object;
  readonly isError?: true;
  /** Requests that the upstream saw. */
  readonly sent?: number;
}

const promising = (content: string): RawAnswer => {
  const head = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 99\r\n\r\n`;
  return ({ socket }) => void socket.write(head + content, () => socket.end());
};
const DESCRIBED = describe([
  { id: 'GET /things', parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer' } }] },
]);
const THINGS = { operation_id: 'GET /things', method: undefined, path: undefined };

const ROWS: Record<string, Row> = {
  'a 404 of the upstream': {
    answer: answerOf('404 Not Found', 'application/json', '{"error":"gone"}'),
    told: { status: 404, body: { error: 'gone' } },
  },
  'a 503 of the upstream': {
    answer: answerOf('503 Service Unavailable', 'text/plain', 'later', 'Retry-After: 7', 'Set-Cookie: a=b'),
    told: { status: 503, body: 'later', headers: { 'Retry-After': ['7'] } },
  },
  'a body that is no text': {
    answer: answerOf('201 Created', 'image/png', Buffer.from([1, 2, 3])),
    told: {
      status: 201,
      body: null,
      error: {
        code: 'body_not_inlineable',
        message:
          'the call was made and the upstream answered 201: do not repeat it to be sure. The body is no text (image/png, 3 bytes) and is not told; invoke-raw streams it',
        content_type: 'image/png',
        size_bytes: 3,
      },
    },
  },
  'a body that is too long': {
    answer: answerOf('200 OK', 'text/plain', 'x'.repeat(2_000)),
    spec: { connection: { limits: { max_response_bytes: 1_000 } } },
    told: { body: 'x'.repeat(1_000), body_truncated: true, hint: expect.stringContaining('ask for less') },
  },
  'an answer that breaks off': {
    answer: promising('half'),
    told: { status: 200, body: 'half', error: { code: 'upstream_unreachable' } },
  },
  'a page, and the next': {
    answer: answerOf('200 OK', 'application/json', '{}', 'Link: </a?page=2>; rel="next"'),
    told: { pagination: { has_more: true, next: { path: '/a', query_params: { page: '2' } } } },
  },
  'the credential, in body and headers': {
    answer: answerOf(
      '200 OK',
      'application/json',
      JSON.stringify({ a: Buffer.from(`user:${SECRET}`).toString('base64') }),
      `Location: /b?key=${SECRET}`,
    ),
    spec: { connection: { credential: CREDENTIALS.bearer } },
    told: {
      body: { a: expect.stringMatching(/^dXNlcj\w?\[redacted\]/) },
      headers: { Location: ['/b?key=[redacted]'] },
    },
  },
  'what validation refuses': {
    spec: { connection: { described: DESCRIBED, validate: 'enforce' } },
    given: { ...THINGS, query_params: { limit: 'many' } },
    isError: true,
    told: {
      code: 'request_invalid',
      faults: [{ in: 'query', name: 'limit', pointer: '', expected: 'the type integer' }],
    },
    sent: 0,
  },
  'a header that the connection has': {
    spec: { connection: { static_headers: { 'X-Version': '$SECRET' } } },
    given: { headers: { 'x-version': 'mine' } },
    isError: true,
    told: {
      code: 'request_invalid',
      message:
        'nothing was sent; headers "x-version": to be left out: static_headers of the connection set it',
    },
    sent: 0,
  },
  'no answer in time': {
    answer: SILENCE,
    given: { timeout_seconds: 1 },
    isError: true,
    told: {
      code: 'upstream_timeout',
      message: 'the upstream of vendor did not answer in full within 1000 ms',
    },
  },
  'no socket': {
    spec: { connection: { base_url: 'http://127.0.0.1:1' } },
    isError: true,
    told: { code: 'upstream_unreachable' },
    sent: 0,
  },
  'no memory': {
    spec: { table: { limits: { invoke_memory_max_bytes: 65_535 } } },
    isError: true,
    told: { code: 'memory_budget' },
    sent: 0,
  },
  'little that unpacks to more than there is memory': {
    answer: answerOf('200 OK', 'text/plain', gzipSync('a'.repeat(1_000_000)), 'Content-Encoding: gzip'),
    spec: { table: { limits: { invoke_memory_max_bytes: 64 * 1024 + 50_000 } } },
    told: {
      body: expect.stringMatching(/^a{1,50000}$/),
      body_truncated: true,
      hint: expect.stringContaining('the memory of all calls is used up (invoke_memory_max)'),
    },
  },
};

test.each(Object.entries(ROWS))('%s', async (_what, row) => {
  const { answer, spec, given, told, isError, sent } = row;
  const { gateway, upstream } = await startInvoking({ ...spec, ...(answer === undefined ? {} : { answer }) });
  const outcome = await called(gateway.port, given ?? {});
  // Clients that read text alone are told the same; a fault has no structured form.
  const fault = isError === true;
  const same = fault ? undefined : outcome.text;
  expect([outcome.isError, outcome.structured]).toEqual([fault, same]);
  expect(outcome.text).toMatchObject(fault ? { error: told } : told);
  expect(JSON.stringify(outcome)).not.toMatch(new RegExp(`${SECRET}|a=b`));
  expect(upstream.requests).toHaveLength(sent ?? 1);
});

/** What a grant is, and what is said of it. */
const GRANTS: Record<string, readonly [grant: 'none' | 'broken', error: object]> = {
  'none yet': [
    'none',
    {
      code: 'connection_missing',
      message: 'this account has no grant on vendor yet: connect one through https://control.example',
    },
  ],
  'one that does not work any more': [
    'broken',
    {
      code: 'credential_broken',
      message:
        'the grant of vendor does not work any more (invalid_grant): connect it anew through https://control.example',
    },
  ],
};

test.each(Object.entries(GRANTS))('a grant, %s: it says where to connect', async (_what, [kind, error]) => {
  const { gateway, upstream, grant } = await startGranted({
    connections: (origins) => ({ vendor: keyConnection(origins.upstream) }),
  });
  if (kind === 'broken')
    await grant({
      method: 'API_KEY',
      credential: keyOf('its-key'),
      expires_at: null,
      status: 'EXPIRED',
      reason: 'invalid_grant',
    });
  const { isError, text } = await called(gateway.port, {}, KEYS.acme);
  expect([isError, text]).toMatchObject([true, { error }]);
  expect(upstream.requests).toEqual([]);
});

test('any replica answers: of what one began another goes on', async () => {
  const described = describe(['/a', '/b', '/c'].map((path) => ({ id: `GET ${path}` })));
  const [one, other] = await Promise.all(
    [0, 1].map(() => startInvoking({ connection: { base_url: 'http://127.0.0.1:1', described } })),
  );
  const post = async (port: number, message: object, session: string | null) => {
    const answer = await fetch(`http://127.0.0.1:${port}/mcp`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${TEST_KEY}`,
        Accept: 'application/json, text/event-stream',
        'Content-Type': 'application/json',
        ...(session === null ? {} : { 'Mcp-Session-Id': session }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...message }),
    });
    const { result } = (await answer.json()) as { result: Record<string, unknown> };
    return { session: answer.headers.get('mcp-session-id'), result };
  };
  const list = (more: object) => ({
    method: 'tools/call',
    params: { name: 'api_list_endpoints', arguments: { connection: 'vendor', limit: 2, ...more } },
  });
  const clientInfo = { name: 'test', version: '1' };
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
  const { session } = await post(one?.gateway.port ?? 0, { method: 'initialize', params }, null);
  expect(session).toMatch(/^[\w-]+$/);
  const first = await post(one?.gateway.port ?? 0, list({}), session);
  const { next_cursor } = first.result['structuredContent'] as { next_cursor: string };
  const rest = await post(other?.gateway.port ?? 0, list({ cursor: next_cursor }), session);
  expect(rest.result['structuredContent']).toMatchObject({ operations: [{ path: '/c' }], total: 3 });
});
