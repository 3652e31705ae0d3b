import { once } from 'node:events';
import { mkdirSync, renameSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AuditRow } from '../../runtime/observe/audit/audit-row.ts';
import { allRows, openedAudit } from '../support/audit-rows.ts';
import { newBrowser } from '../support/browser.ts';
import { controlGateway } from '../support/control-gateway.ts';
import { DOORS, over } from '../support/doors.ts';
import { folderOf } from '../support/folder.ts';
import { startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';
import { KEYS, keyConnection, keyOf, startGranted } from '../support/granted.ts';
import { sendRaw } from '../support/raw-caller.ts';
import { OK, rawUpstream } from '../support/raw-upstream.ts';
import type { RawUpstream } from '../support/raw-upstream.ts';
import { storeUrl } from '../support/stores.ts';
import { CREDENTIALS, TEST_ENVIRONMENT } from '../support/table.ts';

// What each door leaves of a request that is over the limit, given up, sent with a grant, or the gateway's own.

const AUDIT = { sink: 'store', mode: 'sync' } as const;
const CALL = { connection: 'vendor', path: '/a' };
const EACH = Object.entries(DOORS).map(([name, door]) => ({ name, ...door }));

/** Starts a gateway before an upstream that takes requests and never answers. */
async function silentSides(): Promise<{ store: string; upstream: RawUpstream; gateway: TestGateway }> {
  const store = await storeUrl('sqlite');
  const upstream = await rawUpstream(() => () => {});
  const connections = { vendor: { base_url: upstream.origin } };
  return { store, upstream, gateway: await startGateway({ store, audit: AUDIT, connections }) };
}

test.each(EACH)('$name: over the limit of the account', async ({ ask, door }) => {
  const store = await storeUrl('sqlite');
  const { origin } = await rawUpstream();
  const gateway = await startGateway({
    store,
    audit: AUDIT,
    rate_limit: { requests_per_second: 0.001, burst: 1 },
    connections: { vendor: { base_url: origin } },
  });
  for (let times = 0; times < 2; times += 1) await over(gateway, ask(CALL, gateway.port));
  await gateway.serving.close();
  const rows = await allRows(store);
  expect(rows.map((row) => [row.outcome, row.status, row.account])).toEqual([
    ['ok', 200, 'acme'],
    ['refused:rate_limited', 429, 'acme'],
  ]);
  expect(rows[0]?.door).toBe(door);
});

test.each(EACH)('$name: a caller that leaves while it waits', async ({ ask, door }) => {
  const { store, upstream, gateway } = await silentSides();
  const socket = connect(gateway.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(ask(CALL, gateway.port));
  await upstream.waitForRequests(1);
  socket.destroy();
  await gateway.logged(({ msg }) => msg === 'exchange');
  await upstream.waitUntil(({ closedSockets }) => closedSockets === 1);
  await gateway.serving.close();
  expect(await allRows(store)).toMatchObject([
    { outcome: 'caller_gone', door, status: null, upstream_status: null, connection: 'vendor', path: '/a' },
  ]);
});

test('mcp: a call that its client cancels', async () => {
  const { store, upstream, gateway } = await silentSides();
  const inSession = (bytes: string) => bytes.replace('\r\n\r\n', '\r\nMcp-Session-Id: one\r\n\r\n');
  const calling = sendRaw(gateway.port, inSession(DOORS['mcp']?.ask(CALL, gateway.port) ?? ''));
  await upstream.waitForRequests(1);
  const message = JSON.stringify({
    jsonrpc: '2.0',
    method: 'notifications/cancelled',
    params: { requestId: 1 },
  });
  const cancel = DOORS['mcp']?.ask(CALL, gateway.port) ?? '';
  const [head = ''] = cancel.split('\r\n\r\n');
  await sendRaw(
    gateway.port,
    `${inSession(`${head.replace(/Content-Length: \d+/, `Content-Length: ${message.length}`)}\r\n\r\n`)}${message}`,
  );
  await calling;
  await gateway.serving.close();
  const rows = await allRows(store);
  expect(rows.map(({ outcome, connection }) => [connection, outcome])).toEqual([
    ['vendor', 'caller_gone'],
    [null, 'ok'],
  ]);
});

test.each(EACH)('$name: the grant that a request went out with', async ({ ask, door }) => {
  const url = await storeUrl('sqlite');
  const upstream = await rawUpstream();
  const { gateway, grant } = await startGranted({
    url,
    connections: () => ({ vendor: keyConnection(upstream.origin) }),
    audit: AUDIT,
  });
  const { id } = await grant({ method: 'API_KEY', credential: keyOf('its-key'), expires_at: null });
  await over(gateway, ask({ ...CALL, key: KEYS.acme }, gateway.port));
  await gateway.serving.close();
  expect(await allRows(url)).toMatchObject([{ outcome: 'ok', door, grant_id: id, account: 'acme' }]);
});

test.each(EACH)('$name: parameters, where they are asked for', async ({ ask, door }) => {
  const store = await storeUrl('sqlite');
  const { origin } = await rawUpstream();
  const gateway = await startGateway({
    store,
    audit: { ...AUDIT, parameters: true },
    connections: { vendor: { base_url: origin, credential: CREDENTIALS.bearer } },
  });
  const { SECRET } = TEST_ENVIRONMENT;
  const query = { q: `has ${SECRET}`, access_token: 'its-token' };
  const body = { note: SECRET, deep: [{ password: 'its-password' }] };
  await over(gateway, ask({ ...CALL, query, body }, gateway.port));
  await gateway.serving.close();
  const [row, ...others] = await allRows(store);
  expect(others).toEqual([]);
  const hidden = '[redacted]';
  expect(JSON.parse(row?.parameters ?? '{}')).toEqual({
    query: [
      ['q', `has ${hidden}`],
      ['access_token', hidden],
    ],
    // What a request has as itself is streamed, and not looked at.
    ...(door === 'passthrough' ? {} : { body: { note: hidden, deep: [{ password: hidden }] } }),
  });
});

test.each(EACH)('$name: where its row cannot be written, nothing is sent', async ({ ask }) => {
  const upstream = await rawUpstream();
  const file = join(folderOf(), 'audit.jsonl');
  const gateway = await startGateway({
    audit: { sink: 'jsonl', mode: 'sync', file },
    connections: { vendor: { base_url: upstream.origin } },
  });
  renameSync(file, `${file}.1`);
  mkdirSync(file);
  expect(await gateway.serving.reload()).toBe(true);
  expect(await over(gateway, ask(CALL, gateway.port))).toContain('audit_unavailable');
  expect(upstream.received()).toBe('');
});

const SHOP = (origin: string): string => `catalog: shop
base_url: ${origin}
auth: { api_key: { in: header, name: X-Shop-Key, value: "{credential}" } }
verify: { method: GET, path: /me }
`;

/** What the upstream does when a credential is verified, and what the row says of it. */
const VERIFIED: Record<string, readonly [answer: string | null, row: Partial<AuditRow>]> = {
  ok: [OK, { outcome: 'ok', status: 200, upstream_status: 200 }],
  'upstream 4xx': [
    'HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n',
    { outcome: 'upstream_4xx', status: 401, upstream_status: 401 },
  ],
  'upstream 5xx': [
    'HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n',
    { outcome: 'upstream_5xx', status: 500, upstream_status: 500 },
  ],
  'no HTTP': ['garbage\r\n\r\n', { outcome: 'transport_error', status: 502, upstream_status: null }],
  'no answer in time': [null, { outcome: 'upstream_timeout', status: 504, upstream_status: null }],
};

test('control: what the control plane asks of an upstream', { timeout: 30_000 }, async () => {
  let answer: string | null = OK;
  const upstream = await rawUpstream(() => answer ?? (() => {}));
  const gateway = await controlGateway(
    () => 'connections:\n  shop: { catalog: shop, auth_mode: api_key, grants: true, call_timeout: 200ms }\n',
    {
      gateway: 'audit: { sink: store, mode: sync }',
      files: { 'catalogs/shop/catalog.yaml': SHOP(upstream.origin) },
    },
  );
  const { id, url } = await gateway.link('one', 'shop');
  const browser = newBrowser();
  await browser.submit(await browser.open(url), { credential: 'shop-key-5f4e3d' });
  for (const [given] of Object.values(VERIFIED)) {
    answer = given;
    await gateway.call('one', `POST /connections/${id}/verify`);
  }
  const store = await openedAudit(`sqlite:${gateway.folder}/state/gw.db`);
  const ended = async (): Promise<readonly AuditRow[]> => {
    for (;;) {
      const rows = await store.events({ filters: {}, sort: 'oldest', after: null, limit: 100 });
      if (rows.every(({ outcome }) => outcome !== 'begun')) return rows;
    }
  };
  const one = {
    door: 'control',
    connection: 'shop',
    grant_id: id,
    account: 'one',
    method: 'GET',
    path: '/me',
  };
  const rows = Object.values(VERIFIED).map(([, row]) => row);
  // The first is that of the form, which is checked before it is kept.
  expect(await ended()).toMatchObject([rows[0], ...rows].map((row) => ({ ...one, ...row })));
});
