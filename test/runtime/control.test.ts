import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { sendRaw } from '../support/raw-caller.ts';

interface Asked {
  readonly line: string;
  readonly status: number;
  readonly fields?: Record<string, string>;
  readonly body: string | Record<string, unknown>;
}

const CASES: Asked[] = [
  { line: 'GET /healthz', status: 200, body: { status: 'ok' } },
  { line: 'HEAD /healthz', status: 200, body: '' },
  { line: 'GET /healthz?x=1', status: 200, body: { status: 'ok' } },
  {
    line: 'GET /readyz',
    status: 200,
    body: {
      state: 'ready',
      table: expect.stringMatching(/^[0-9a-f]{64}$/),
      loaded_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      last_reload_failed: null,
      store: null,
    },
  },
  { line: 'HEAD /readyz', status: 200, body: '' },
  {
    line: 'POST /healthz',
    status: 405,
    fields: { 'gateway-error': 'method_not_allowed', allow: 'GET, HEAD' },
    body: expect.objectContaining({ code: 'method_not_allowed' }),
  },
  {
    line: 'GET /vendor/a',
    status: 404,
    fields: { 'gateway-error': 'route_unknown' },
    body: expect.objectContaining({ code: 'route_unknown' }),
  },
  {
    line: 'GET /healthz/',
    status: 404,
    fields: { 'gateway-error': 'route_unknown' },
    body: expect.objectContaining({ code: 'route_unknown' }),
  },
];

test.each(CASES)('$line: $status', async ({ line, status, fields, body }) => {
  const gateway = await startGateway({ connections: { vendor: { base_url: 'http://127.0.0.1:1' } } });
  const [method = '', path = ''] = line.split(' ');
  const response = await fetch(`http://127.0.0.1:${gateway.controlPort}${path}`, { method });
  expect(response.status).toBe(status);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'cache-control': 'no-store',
    'content-type': status === 200 ? 'application/json' : 'application/problem+json',
    ...fields,
  });
  const text = await response.text();
  expect(text === '' ? '' : JSON.parse(text)).toEqual(body);
});

test('readiness names no connection, caller or address', async () => {
  const gateway = await startGateway({ connections: { vendor: { base_url: 'http://127.0.0.1:1' } } });
  const text = await (await fetch(`http://127.0.0.1:${gateway.controlPort}/readyz`)).text();
  expect(text).not.toMatch(/vendor|tester|acme|127\.0\.0\.1/);
});

test('the digest is that of the table that serves', async () => {
  const gateway = await startGateway({ connections: {} });
  const body = await (await fetch(`http://127.0.0.1:${gateway.controlPort}/readyz`)).json();
  expect(body).toMatchObject({ table: gateway.serving.digest });
});

test('the data plane does not serve them', async () => {
  const gateway = await startGateway({ connections: {} });
  for (const path of ['/healthz', '/readyz']) {
    const answers = await sendRaw(gateway.port, `GET ${path} HTTP/1.1\r\nHost: gw\r\n\r\n`);
    expect(answers.statuses).toEqual([401]);
  }
});
