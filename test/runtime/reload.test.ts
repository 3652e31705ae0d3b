import { rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { folderSource } from '../../runtime/load/table-source.ts';
import { startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';
import { OK, rawUpstream } from '../support/raw-upstream.ts';
import type { RawAnswer } from '../support/raw-upstream.ts';
import { readRaw, sendRaw } from '../support/raw-caller.ts';
import { CREDENTIALS, TEST_KEY } from '../support/table.ts';
import type { TableSpec } from '../support/table.ts';
import { compiledFolder, configMapFolder, scratchFolder } from '../support/table-folder.ts';

const GET = `GET /vendor/a HTTP/1.1\r\nHost: gw\r\nX-API-Key: ${TEST_KEY}\r\n\r\n`;
const SILENCE: RawAnswer = () => {};

function specOf(origin: string, more: Partial<TableSpec['connections'][string]> = {}): TableSpec {
  return { connections: { vendor: { base_url: origin, ...more } } };
}

async function readyz({
  controlPort,
}: TestGateway): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`http://127.0.0.1:${controlPort}/readyz`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('reload', () => {
  test('a request in flight ends on the table that it began with; the next one is on the new table', async () => {
    const before = await rawUpstream(SILENCE);
    const after = await rawUpstream();
    const gateway = await startGateway(specOf(before.origin, { static_headers: { 'X-Table': 'old' } }));
    const digest = gateway.serving.digest;
    const inFlight = sendRaw(gateway.port, GET);
    await before.waitForRequests(1);
    gateway.setTable(specOf(after.origin, { static_headers: { 'X-Table': 'new' } }));
    expect(await gateway.serving.reload()).toBe(true);
    expect(gateway.serving.digest).not.toBe(digest);
    expect((await sendRaw(gateway.port, GET)).statuses).toEqual([200]);
    before.requests[0]?.socket.write(OK);
    expect((await inFlight).statuses).toEqual([200]);
    expect(before.received()).toContain('X-Table: old\r\n');
    expect(after.received()).toContain('X-Table: new\r\n');
    const lines = gateway.log.filter(({ msg }) => msg === 'exchange').map(({ table }) => table);
    expect(lines).toEqual([gateway.serving.digest.slice(0, 12), digest.slice(0, 12)]);
  });

  test('the sockets of a retired table are closed when its last request has ended', async () => {
    const before = await rawUpstream(SILENCE);
    const after = await rawUpstream();
    const gateway = await startGateway(specOf(before.origin));
    const inFlight = sendRaw(gateway.port, GET);
    await before.waitForRequests(1);
    gateway.setTable(specOf(after.origin));
    await gateway.serving.reload();
    expect((await sendRaw(gateway.port, GET)).statuses).toEqual([200]);
    expect(before.closedSockets).toBe(0);
    before.requests[0]?.socket.write(OK);
    await inFlight;
    await before.waitUntil(({ closedSockets }) => closedSockets === 1);
  });

  test('the idle sockets of a retired table are closed at once', async () => {
    const before = await rawUpstream();
    const gateway = await startGateway(specOf(before.origin));
    await sendRaw(gateway.port, GET);
    gateway.setTable({ connections: {} });
    await gateway.serving.reload();
    await before.waitUntil(({ closedSockets }) => closedSockets === 1);
    expect((await sendRaw(gateway.port, GET)).statuses).toEqual([404]);
  });

  test('an upstream that stays keeps its sockets', async () => {
    const upstream = await rawUpstream();
    const gateway = await startGateway(specOf(upstream.origin));
    await sendRaw(gateway.port, GET);
    gateway.setTable(specOf(upstream.origin, { static_headers: { 'X-New': 'yes' } }));
    await gateway.serving.reload();
    await sendRaw(gateway.port, GET);
    expect([upstream.sockets, upstream.requests.length]).toEqual([1, 2]);
    expect(upstream.requests[1]?.head).toContain('X-New: yes\r\n');
  });

  test('secrets are resolved again, though the table is the same', async () => {
    const file = join(scratchFolder(), 'secret');
    writeFileSync(file, 'first-value\n');
    const upstream = await rawUpstream();
    const secret = { file, at: 'gateway.d/test.yaml:1:1' };
    const gateway = await startGateway(
      specOf(upstream.origin, { credential: { ...CREDENTIALS.bearer, secret } }),
    );
    await sendRaw(gateway.port, GET);
    writeFileSync(file, 'second-value\n');
    await gateway.serving.reload();
    await sendRaw(gateway.port, GET);
    expect(upstream.requests.map(({ head }) => /^Authorization: (.*)\r$/m.exec(head)?.[1])).toEqual([
      'Bearer first-value',
      'Bearer second-value',
    ]);
  });

  test('two reloads at once: the later table serves, and no socket is left behind', async () => {
    const sides = await Promise.all([rawUpstream(), rawUpstream(), rawUpstream()]);
    const gateway = await startGateway(specOf(sides[0].origin));
    await sendRaw(gateway.port, GET);
    gateway.setTable(specOf(sides[1].origin));
    const first = gateway.serving.reload();
    gateway.setTable(specOf(sides[2].origin));
    expect(await Promise.all([first, gateway.serving.reload()])).toEqual([true, true]);
    await sendRaw(gateway.port, GET);
    await sides[0].waitUntil(({ closedSockets }) => closedSockets === 1);
    expect(sides.map(({ sockets }) => sockets)).toEqual([1, 0, 1]);
  });
});

describe('a table that cannot be taken leaves the one before, and log and readiness say so', () => {
  test('a secret is missing', async () => {
    const upstream = await rawUpstream();
    const gateway = await startGateway(specOf(upstream.origin));
    const digest = gateway.serving.digest;
    gateway.setTable(specOf(upstream.origin, { static_headers: { 'X-Tenant': '$NOT_SET' } }));
    expect(await gateway.serving.reload()).toBe(false);
    await stillServes(gateway, digest, 'table_unservable');
    expect(gateway.log.find(({ msg }) => String(msg).startsWith('reload failed'))).toMatchObject({
      level: 50,
      table: digest,
      error:
        'connection vendor: ${env:NOT_SET}: the environment variable is not set (gateway.d/test.yaml:1:1)',
    });
    gateway.setTable(specOf(upstream.origin, { static_headers: { 'X-New': 'yes' } }));
    expect(await gateway.serving.reload()).toBe(true);
    expect((await readyz(gateway)).body['last_reload_failed']).toBeNull();
  });

  test.each([
    ['its bytes are not those of its digest', (bytes: string) => `${bytes} `, 'table_invalid'],
    ['it is cut off', (bytes: string) => bytes.slice(0, 100), 'table_invalid'],
    ['it is empty', () => '', 'table_invalid'],
  ] as const)('%s', async (_fault, spoil, reason) => {
    const upstream = await rawUpstream();
    const folder = compiledFolder();
    const digest = folder.put(specOf(upstream.origin));
    const gateway = await startGateway({ connections: {} }, { source: folderSource(folder.path) });
    folder.put(specOf(upstream.origin, { forwarded: true }), spoil);
    expect(await gateway.serving.reload()).toBe(false);
    await stillServes(gateway, digest, reason);
  });

  test('it is gone', async () => {
    const upstream = await rawUpstream();
    const folder = compiledFolder();
    const digest = folder.put(specOf(upstream.origin));
    const gateway = await startGateway({ connections: {} }, { source: folderSource(folder.path) });
    rmSync(folder.path, { recursive: true });
    expect(await gateway.serving.reload()).toBe(false);
    await stillServes(gateway, digest, 'table_unreadable');
  });

  async function stillServes(gateway: TestGateway, digest: string, reason: string): Promise<void> {
    expect((await sendRaw(gateway.port, GET)).statuses).toEqual([200]);
    const { status, body } = await readyz(gateway);
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'ready', table: digest, last_reload_failed: { reason } });
    expect(gateway.log.filter(({ msg }) => String(msg).startsWith('reload failed'))).toHaveLength(1);
  }
});

describe('watch', () => {
  test.each([
    ['`current` is renamed into place', compiledFolder],
    ['`..data` of a ConfigMap is swapped', configMapFolder],
  ] as const)('%s', async (_swap, folderOf) => {
    const before = await rawUpstream();
    const after = await rawUpstream();
    const folder = folderOf();
    folder.put(specOf(before.origin));
    const gateway = await startGateway(
      { connections: {} },
      { source: folderSource(folder.path), watch_ms: 10 },
    );
    expect((await sendRaw(gateway.port, GET)).statuses).toEqual([200]);
    const digest = folder.put(specOf(after.origin));
    expect(await gateway.logged(({ msg }) => msg === 'reloaded')).toMatchObject({ table: digest });
    expect((await sendRaw(gateway.port, GET)).statuses).toEqual([200]);
    expect([before.requests.length, after.requests.length]).toEqual([1, 1]);
  });

  test('a bad table is tried once; the good one behind it is taken', async () => {
    const upstream = await rawUpstream();
    const folder = compiledFolder();
    folder.put(specOf(upstream.origin));
    const gateway = await startGateway(
      { connections: {} },
      { source: folderSource(folder.path), watch_ms: 10 },
    );
    const failed = ({ msg }: Record<string, unknown>): boolean => String(msg).startsWith('reload failed');
    folder.put(specOf(upstream.origin, { forwarded: true }), (bytes) => `${bytes} `);
    await gateway.logged(failed);
    const digest = folder.put(specOf(upstream.origin, { rewrite_links: false }));
    expect(await gateway.logged(({ msg }) => msg === 'reloaded')).toMatchObject({ table: digest });
    expect(gateway.log.filter(failed)).toHaveLength(1);
  });
});

describe('drain', () => {
  test('requests in flight finish, new ones are refused, then it is over', async () => {
    const upstream = await rawUpstream(SILENCE);
    const gateway = await startGateway(specOf(upstream.origin));
    const socket = connect(gateway.port, '127.0.0.1');
    onTestFinished(() => {
      socket.destroy();
    });
    socket.write(GET);
    await upstream.waitForRequests(1);
    const drained = gateway.serving.drain();
    expect(await readyz(gateway)).toMatchObject({ status: 503, body: { state: 'draining' } });
    await expect(fetch(`http://127.0.0.1:${gateway.port}/vendor/a`)).rejects.toMatchObject({
      cause: { code: 'ECONNREFUSED' },
    });
    const answers = readRaw(socket, () => false);
    upstream.requests[0]?.socket.write(OK);
    expect((await answers).statuses).toEqual([200]);
    await drained;
    expect(upstream.requests).toHaveLength(1);
    await expect(readyz(gateway)).rejects.toThrow('fetch failed');
  });

  test('a request that comes on a socket under way is told so', async () => {
    const upstream = await rawUpstream(SILENCE);
    const gateway = await startGateway(specOf(upstream.origin));
    const socket = connect(gateway.port, '127.0.0.1');
    onTestFinished(() => {
      socket.destroy();
    });
    socket.write(`POST${GET.slice(3, -2)}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n`);
    await upstream.waitUntil(() => upstream.received().includes('hi'));
    const drained = gateway.serving.drain();
    socket.write(`0\r\n\r\n${GET}`);
    await upstream.waitForRequests(1);
    upstream.requests[0]?.socket.write(OK);
    const { statuses, bytes, closed } = await readRaw(socket, () => false);
    expect([statuses, closed]).toEqual([[200, 503], true]);
    expect(bytes).toContain('\r\nGateway-Error: draining\r\nRetry-After: 1\r\nConnection: close\r\n');
    await drained;
  });

  test('idle sockets are closed at once', async () => {
    const upstream = await rawUpstream();
    const gateway = await startGateway(specOf(upstream.origin));
    const idle = sendRaw(gateway.port, GET, () => false);
    await gateway.logged(({ msg }) => msg === 'exchange');
    await gateway.serving.drain();
    expect((await idle).closed).toBe(true);
    await upstream.waitUntil(({ closedSockets }) => closedSockets === 1);
  });

  test('drain_timeout: what is not over by then is cut', async () => {
    const upstream = await rawUpstream(SILENCE);
    const gateway = await startGateway({ ...specOf(upstream.origin), limits: { drain_timeout_ms: 50 } });
    const inFlight = sendRaw(gateway.port, GET, () => false);
    await upstream.waitForRequests(1);
    await gateway.serving.drain();
    expect(await inFlight).toEqual({ bytes: '', statuses: [], closed: true });
    await upstream.waitUntil(({ closedSockets }) => closedSockets === 1);
  });
});
