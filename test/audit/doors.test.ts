import { describe, expect, test } from 'vitest';
import type { AuditRow } from '../../runtime/observe/audit/audit-row.ts';
import { mcpServer } from '../mcp-upstreams/mcp-server.ts';
import { allRows } from '../support/audit-rows.ts';
import { describe as described } from '../support/described.ts';
import { DOORS, over } from '../support/doors.ts';
import type { Asked, Door } from '../support/doors.ts';
import { startGateway } from '../support/gateway.ts';
import { OK, rawUpstream } from '../support/raw-upstream.ts';
import { storeUrl } from '../support/stores.ts';
import { CREDENTIALS, rule } from '../support/table.ts';
import type { ConnectionSpec, TableSpec } from '../support/table.ts';

// Whichever door a request comes in by, and whatever it comes to, it leaves one row, which says the same of it.

const DESCRIBED = described([
  { id: 'POST /things/{id}', parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer' } }] },
]);

/** Answers by the end of the path; `cut` and `still` never come whole. */
const ANSWERS: Record<string, string> = {
  '404': 'HTTP/1.1 404 No\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nno',
  '500': 'HTTP/1.1 500 No\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n',
  garbage: 'garbage\r\n\r\n',
  cut: 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\nhalf',
  still: 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\nhalf',
  image: 'HTTP/1.1 201 Created\r\nContent-Type: image/png\r\nContent-Length: 3\r\n\r\nabc',
};

async function upstreamOf() {
  return rawUpstream(({ head, socket }) => {
    const [, word = ''] = / \S*?\/([^/ ?]*)(?:\?\S*)? HTTP/.exec(head) ?? [];
    if (word === 'hang') return () => {};
    if (word === 'cut') return () => void socket.end(ANSWERS['cut'] ?? '');
    return ANSWERS[word] ?? OK;
  });
}

async function tableOf(store: string, mode: 'async' | 'sync'): Promise<TableSpec> {
  const { origin } = await upstreamOf();
  const server = await mcpServer({ json: true });
  const soon = { limits: { call_timeout_ms: 150, upstream_idle_timeout_ms: 150 } };
  const tools = (base_url: string): ConnectionSpec => ({
    base_url,
    auth_mode: 'mcp',
    credential: CREDENTIALS.bearer,
  });
  return {
    store,
    audit: { sink: 'store', mode },
    connections: {
      slow: { ...soon, base_url: origin },
      vendor: { base_url: origin, described: DESCRIBED, validate: 'enforce' },
      dead: { base_url: 'http://127.0.0.1:1' },
      denied: { base_url: origin },
      ruled: { base_url: origin },
      notes: tools(server.url),
      'notes-404': tools(`${origin}/404`),
      'notes-500': tools(`${origin}/500`),
      'notes-garbage': tools(`${origin}/garbage`),
      'notes-cut': tools(`${origin}/cut`),
      'notes-hang': { ...tools(`${origin}/hang`), ...soon },
      'notes-dead': tools('http://127.0.0.1:1/mcp'),
      'notes-denied': tools(server.url),
    },
    access: { denied: null, 'notes-denied': null, ruled: { denies: [rule('deny', ['DELETE'], [])] } },
  };
}

interface Row extends Asked {
  /** Of all doors. */
  readonly row: Partial<AuditRow>;
  /** The status that the caller gets, by whether the door relays that of the upstream. */
  readonly statuses: readonly [relayed: number, enveloped: number];
}

const vendor = (path: string, row: Partial<AuditRow>, statuses: Row['statuses']): Row => ({
  connection: 'vendor',
  path,
  row: { connection: 'vendor', path, ...row },
  statuses,
});
const of = (asked: Row, more: Partial<Row>): Row => ({ ...asked, ...more });

const API: Record<string, Row> = {
  ok: of(
    vendor(
      '/things/7',
      {
        outcome: 'ok',
        upstream_status: 200,
        operation: 'POST /things/{id}',
        template: '/things/{id}',
        request_bytes: 7,
        response_bytes: 2,
      },
      [200, 200],
    ),
    { body: { a: 1 } },
  ),
  'upstream 4xx': vendor(
    '/404',
    { outcome: 'upstream_4xx', upstream_status: 404, request_bytes: 0, response_bytes: 2 },
    [404, 200],
  ),
  'upstream 5xx': vendor(
    '/500',
    { outcome: 'upstream_5xx', upstream_status: 500, response_bytes: 0 },
    [500, 200],
  ),
  'no socket': {
    connection: 'dead',
    path: '/a',
    row: { outcome: 'transport_error', connection: 'dead', path: '/a', upstream_status: null },
    statuses: [502, 502],
  },
  'no HTTP': vendor('/garbage', { outcome: 'transport_error', upstream_status: null }, [502, 502]),
  'an answer that breaks off': vendor(
    '/cut',
    { outcome: 'transport_error', upstream_status: 200, response_bytes: 4 },
    [200, 200],
  ),
  'no answer in time': of(
    vendor('/hang', { outcome: 'upstream_timeout', connection: 'slow', upstream_status: null }, [504, 504]),
    { connection: 'slow' },
  ),
  'an answer that stands still': of(
    vendor(
      '/still',
      { outcome: 'upstream_timeout', connection: 'slow', upstream_status: 200, response_bytes: 4 },
      [200, 200],
    ),
    { connection: 'slow' },
  ),
  'a body that is not told': vendor(
    '/image',
    { outcome: 'ok', upstream_status: 201, response_bytes: 3 },
    [201, 415],
  ),
  'no key of ours': of(
    vendor(
      '/a',
      { outcome: 'refused:caller_unauthenticated', connection: null, path: null, caller: null },
      [401, 401],
    ),
    { key: 'wrong' },
  ),
  'a connection that is not given': {
    connection: 'denied',
    path: '/a',
    row: { outcome: 'refused:forbidden', connection: 'denied', upstream_status: null },
    statuses: [403, 403],
  },
  'a rule of a persona': {
    connection: 'ruled',
    method: 'DELETE',
    path: '/a',
    row: { outcome: 'refused:forbidden', connection: 'ruled', path: '/a', rule: 'gateway.d/test.yaml:1:1' },
    statuses: [403, 403],
  },
  'what validation refuses': of(
    vendor('/things/7', { outcome: 'refused:request_invalid', operation: 'POST /things/{id}' }, [400, 400]),
    { query: { limit: 'many' } },
  ),
  'a path that is none': {
    connection: 'vendor',
    path: '/a/../b',
    row: { outcome: 'refused:target_invalid', upstream_status: null },
    statuses: [400, 400],
  },
};

const tool = (connection: string, row: Partial<AuditRow>, statuses: Row['statuses']): Row => ({
  connection,
  path: '/add',
  body: { a: 2, b: 3 },
  row: { connection, operation: 'add', template: '/add', ...row },
  statuses,
});

const TOOLS: Record<string, Row> = {
  ok: tool('notes', { outcome: 'ok', upstream_status: 200, path: '/mcp', request_bytes: 13 }, [200, 200]),
  'upstream 4xx': tool('notes-404', { outcome: 'upstream_4xx', upstream_status: 404 }, [404, 200]),
  'upstream 5xx': tool('notes-500', { outcome: 'upstream_5xx', upstream_status: 500 }, [500, 200]),
  'no socket': tool('notes-dead', { outcome: 'transport_error', upstream_status: null }, [502, 502]),
  'no HTTP': tool('notes-garbage', { outcome: 'transport_error', upstream_status: null }, [502, 502]),
  'an answer that breaks off': tool(
    'notes-cut',
    { outcome: 'transport_error', upstream_status: 200 },
    [502, 502],
  ),
  'no answer in time': tool('notes-hang', { outcome: 'upstream_timeout', upstream_status: null }, [504, 504]),
  'no key of ours': of(
    tool(
      'notes',
      { outcome: 'refused:caller_unauthenticated', connection: null, operation: null, template: null },
      [401, 401],
    ),
    { key: 'wrong' },
  ),
  'a connection that is not given': tool(
    'notes-denied',
    { outcome: 'refused:forbidden', operation: null, template: null, upstream_status: null },
    [403, 403],
  ),
  'arguments that are a list': of(
    tool('notes', { outcome: 'refused:request_invalid', operation: null, template: null }, [400, 400]),
    { body: [1] },
  ),
};

/** What a row has to say, and who asked. */
function expectedOf({ row, statuses, method = 'POST', key }: Row, { door, relays }: Door): Partial<AuditRow> {
  const isRefusedAtTheDoor = key !== undefined;
  const status = statuses[relays ? 0 : 1];
  return {
    ...row,
    door: isRefusedAtTheDoor ? 'passthrough' : door,
    method,
    // A tool's fault is told within an answer, but for who is not let in.
    status: door === 'mcp' && !isRefusedAtTheDoor ? 200 : status,
    account: isRefusedAtTheDoor ? null : 'acme',
  };
}

const MATRIX = Object.entries(DOORS).flatMap(([name, door]) =>
  (
    [
      ['API', API],
      ['MCP server', TOOLS],
    ] as const
  ).flatMap(([kind, rows]) => (['async', 'sync'] as const).map((mode) => ({ name, door, kind, rows, mode }))),
);

describe.each(MATRIX)('$name to an $kind, $mode', ({ door, rows, mode }) => {
  test('every outcome is one row', async () => {
    const store = await storeUrl('sqlite');
    const gateway = await startGateway(await tableOf(store, mode));
    for (const row of Object.values(rows)) {
      const told = await over(gateway, door.ask(row, gateway.port));
      // Who was refused by a rule is not told which.
      expect(told).not.toContain('gateway.d');
    }
    await gateway.serving.close();
    const kept = await allRows(store);
    const names = Object.keys(rows);
    expect(
      kept.map((row, at) => [names[at], pick(row, expectedOf(Object.values(rows)[at] as Row, door))]),
    ).toEqual(Object.values(rows).map((row, at) => [names[at], expectedOf(row, door)]));
    const logged = gateway.log.filter(({ msg }) => msg === 'exchange').map(({ request_id }) => request_id);
    expect(kept.map(({ request_id }) => request_id)).toEqual(logged);
    expect(new Set(logged).size).toBe(names.length);
  });
});

function pick(row: AuditRow, like: Partial<AuditRow>): Partial<AuditRow> {
  return Object.fromEntries(Object.keys(like).map((key) => [key, row[key as keyof AuditRow]]));
}
