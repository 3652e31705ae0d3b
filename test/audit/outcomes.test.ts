import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { allRows } from '../support/audit-rows.ts';
import { startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';
import { sendRaw } from '../support/raw-caller.ts';
import { OK, rawUpstream } from '../support/raw-upstream.ts';
import type { RawUpstream } from '../support/raw-upstream.ts';
import { headOf } from '../support/sides.ts';
import { storeUrl, STORES } from '../support/stores.ts';
import { operationsOf, rule, TEST_KEY } from '../support/table.ts';
import type { TableSpec } from '../support/table.ts';
import type { AuditRow } from '../../runtime/observe/audit/audit-row.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';

function table(origin: string, store: string): TableSpec {
  return {
    store,
    audit: { sink: 'store' },
    rate_limit: { requests_per_second: 1000, burst: 1000 },
    connections: {
      vendor: { base_url: `${origin}/v1` },
      described: { base_url: origin, expose: 'operations', described: operationsOf('GET /items/{id}') },
      dead: { base_url: 'http://127.0.0.1:1' },
      slow: { base_url: origin, limits: { call_timeout_ms: 100, upstream_idle_timeout_ms: 100 } },
      small: { base_url: origin, limits: { body_max_bytes: 1 } },
      ruled: { base_url: origin },
      denied: { base_url: origin },
    },
    access: { ruled: { denies: [rule('deny', ['DELETE'], [])] }, denied: null },
  };
}

/** What an upstream does, by the end of the path. */
function answer(head: string): string | null {
  if (head.includes('/404 ')) return 'HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nno';
  if (head.includes('/500 ')) return 'HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n';
  if (head.includes('/garbage ')) return 'garbage\r\n\r\n';
  return head.includes('/hang ') || head.includes('/cut ') || head.includes('/still ') ? null : OK;
}

const HALF = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf';

/** What is asked, and what its row says. `request_bytes` is asked for where the request has content. */
const ROWS: [what: string, bytes: string, row: Partial<AuditRow>][] = [
  [
    'an answer',
    headOf('/vendor/a/b?token=x'),
    {
      outcome: 'ok',
      connection: 'vendor',
      path: '/v1/a/b',
      status: 200,
      upstream_status: 200,
      response_bytes: 2,
    },
  ],
  [
    'content',
    `${headOf('POST /vendor/a HTTP/1.1', 'Content-Length: 3')}abc`,
    { outcome: 'ok', method: 'POST', request_bytes: 3 },
  ],
  [
    'a trace',
    headOf('/vendor/a', `traceparent: 00-${TRACE}-b7ad6b7169203331-01`),
    { outcome: 'ok', trace_id: TRACE },
  ],
  [
    'what is no trace',
    headOf('/vendor/a', `traceparent: 00-${'0'.repeat(32)}-b7ad6b7169203331-01`),
    { trace_id: null },
  ],
  [
    'an operation',
    headOf('/described/items/7'),
    { outcome: 'ok', operation: 'GET /items/{id}', template: '/items/{id}', path: '/items/7' },
  ],
  ['upstream 4xx', headOf('/vendor/404'), { outcome: 'upstream_4xx', status: 404, upstream_status: 404 }],
  ['upstream 5xx', headOf('/vendor/500'), { outcome: 'upstream_5xx', status: 500, upstream_status: 500 }],
  [
    'no socket',
    headOf('/dead/a'),
    { outcome: 'transport_error', status: 502, upstream_status: null, path: '/a' },
  ],
  ['no HTTP', headOf('/vendor/garbage'), { outcome: 'transport_error', status: 502 }],
  [
    'an answer that breaks off',
    headOf('/vendor/cut'),
    { outcome: 'transport_error', status: 200, upstream_status: 200 },
  ],
  ['an upstream that is silent', headOf('/slow/hang'), { outcome: 'upstream_timeout', status: 504 }],
  ['an answer that stands still', headOf('/slow/still'), { outcome: 'upstream_timeout', status: 200 }],
  [
    'a wrong key',
    headOf('/vendor/a').replace(TEST_KEY, 'wrong'),
    {
      outcome: 'refused:caller_unauthenticated',
      status: 401,
      caller: null,
      account: null,
      connection: null,
      path: null,
    },
  ],
  [
    'no connection',
    headOf('/nobody/a'),
    { outcome: 'refused:route_unknown', status: 404, caller: 'tester', connection: null },
  ],
  [
    'a rule',
    headOf('DELETE /ruled/a HTTP/1.1'),
    {
      outcome: 'refused:forbidden',
      status: 403,
      path: '/a',
      rule: 'gateway.d/test.yaml:1:1',
      persona: null,
    },
  ],
  ['no access', headOf('/denied/a'), { outcome: 'refused:forbidden', rule: null, connection: 'denied' }],
  ['no operation', headOf('/described/b'), { outcome: 'refused:operation_unknown', status: 404, path: '/b' }],
  [
    'another method',
    headOf('POST /described/items/7 HTTP/1.1'),
    { outcome: 'refused:method_not_allowed', method: 'POST' },
  ],
  [
    'a bad target',
    headOf('/vendor/../b'),
    { outcome: 'refused:target_invalid', status: 400, connection: null },
  ],
  [
    'too much',
    `${headOf('POST /small/a HTTP/1.1', 'Content-Length: 2')}ab`,
    { outcome: 'refused:body_too_large', status: 413 },
  ],
  [
    'bad framing',
    headOf('/vendor/a', 'Content-Length: 1', 'Transfer-Encoding: chunked'),
    { outcome: 'refused:message_malformed' },
  ],
  [
    'no request at all',
    'GET /vendor/a HTTP/1.1\r\nno field\r\n\r\n',
    { outcome: 'refused:message_malformed', status: 400, method: null, caller: null, duration_ms: 0 },
  ],
  [
    'an unknown method',
    'BREW /vendor/a HTTP/1.1\r\nHost: gw\r\n\r\n',
    { outcome: 'refused:method_unsupported', status: 501 },
  ],
];

async function started(kind: 'sqlite' | 'postgres') {
  const store = await storeUrl(kind);
  const upstream = await rawUpstream(({ head, socket }) => {
    const text = answer(head);
    if (text !== null) return text;
    return () => {
      if (!head.includes('/hang ')) socket.write(HALF, () => head.includes('/cut ') && socket.destroy());
    };
  });
  return { store, upstream, gateway: await startGateway(table(upstream.origin, store)) };
}

/** Sends a request, and waits until its exchange is over: then its row was taken. */
async function over(gateway: TestGateway, bytes: string): Promise<void> {
  const lines = () => gateway.log.filter(({ msg }) => msg === 'exchange' || msg === 'refused').length;
  const before = lines();
  await sendRaw(gateway.port, bytes);
  await gateway.logged(() => lines() > before);
}

/** A caller that leaves while it waits. */
async function leave({ gateway, upstream }: { gateway: TestGateway; upstream: RawUpstream }): Promise<void> {
  const socket = connect(gateway.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(headOf('/vendor/hang'));
  await upstream.waitUntil(({ requests }) => requests.some(({ head }) => head.startsWith('GET /v1/hang ')));
  socket.destroy();
  await gateway.logged(({ msg, status }) => msg === 'exchange' && status === null);
}

describe.each(STORES)('%s', (_name, kind, present) => {
  test.skipIf(!present)('every exchange leaves a row that says what it came to', async () => {
    const sides = await started(kind);
    for (const [, bytes] of ROWS) await over(sides.gateway, bytes);
    await leave(sides);
    await sides.gateway.serving.close();
    const rows = await allRows(sides.store);
    expect(rows.slice(0, -1).map((row, at) => [ROWS[at]?.[0], pick(row, ROWS[at]?.[2] ?? {})])).toEqual(
      ROWS.map(([what, , row]) => [what, row]),
    );
    expect(rows.at(-1)).toMatchObject({
      outcome: 'caller_gone',
      status: null,
      upstream_status: null,
      path: '/v1/hang',
    });
    const whole = rows[0];
    expect(whole).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      occurred_at: expect.any(Number),
      duration_ms: expect.any(Number),
      caller: 'tester',
      account: 'acme',
      persona: 'all',
      door: 'passthrough',
      connection: 'vendor',
      grant_id: null,
      operation: null,
      method: 'GET',
      template: null,
      path: '/v1/a/b',
      upstream_status: 200,
      status: 200,
      outcome: 'ok',
      request_bytes: 0,
      response_bytes: 2,
      table_digest: sides.gateway.serving.digest,
      request_id: sides.gateway.log.find(({ msg }) => msg === 'exchange')?.['request_id'],
      trace_id: null,
      rule: null,
      parameters: null,
    });
    expect(Math.abs((whole?.occurred_at ?? 0) - Date.now())).toBeLessThan(10 * 60_000);
  });

  test.skipIf(!present)('those over their limit and in the wrong moment too', async () => {
    const store = await storeUrl(kind);
    const upstream = await rawUpstream();
    const spec: TableSpec = {
      store,
      audit: { sink: 'store' },
      rate_limit: { requests_per_second: 0.001, burst: 1 },
      connections: { vendor: { base_url: upstream.origin } },
    };
    const gateway = await startGateway(spec);
    await over(gateway, headOf('/vendor/a'));
    await over(gateway, headOf('/vendor/b'));
    await gateway.serving.close();
    expect((await allRows(store)).map(({ outcome, status, path }) => [outcome, status, path])).toEqual([
      ['ok', 200, '/a'],
      ['refused:rate_limited', 429, '/b'],
    ]);
  });
});

function pick(row: AuditRow, like: Partial<AuditRow>): Partial<AuditRow> {
  return Object.fromEntries(Object.keys(like).map((key) => [key, row[key as keyof AuditRow]]));
}
