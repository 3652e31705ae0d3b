import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { Client } from 'pg';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { GrantStore } from '../../../runtime/grants/store/grant-store.ts';
import { openStore } from '../../../runtime/grants/store/open-store.ts';
import { sqliteDriver } from '../../../runtime/store/sqlite-driver.ts';
import type { SqliteConnection } from '../../../runtime/store/sqlite-driver.ts';
import { Hidden } from '../../../runtime/hidden.ts';
import { ABSENT, openedStore, serverOfFile, STORES, storeUrl, testKeys } from '../../support/stores.ts';

const NEW = { connection: 'stripe', account: 'acme', method: 'OAUTH2' } as const;
const UNAVAILABLE = expect.objectContaining({ name: 'StoreUnavailable', retry_after_ms: expect.any(Number) });
const GONE = '00000000-0000-4000-8000-000000000000';

/** Every kind of call that asks the database. */
const CALLS: readonly ((store: GrantStore, id: string) => Promise<unknown>)[] = [
  (store) => store.create(NEW),
  (store, id) => store.get(id),
  (store) => store.list({}, { after: null, limit: 1 }),
  (store) => store.forAccount('stripe', 'acme'),
  (store, id) => store.update(id, 1, {}),
  (store, id) => store.rewrite(id),
  (store) => store.delete(GONE),
  (store, id) => store.withLock(id, 0, () => Promise.resolve()),
  (store) => store.dueForRefresh({ expires_before: 0, refresh_expires_before: 0 }, { after: null, limit: 1 }),
  (store, id) => store.putState('s', { grant_id: id, content: new Hidden('{}') }),
  (store) => store.takeState('s'),
  (store, id) => store.putSession('t', id),
  (store) => store.session('t'),
  (store) => store.useUpSession('t'),
  (store, id) => store.revokeSessions(id),
  (store) => store.events({ grant_id: '' }, 1),
  (store) => store.prune(),
  (store) => store.reseal(() => {}),
  (store) => store.keysInUse(),
];

/** Waits until the store answers again, as whoever asks for readiness does. */
async function healed(store: GrantStore): Promise<void> {
  while ((await store.health()) !== 'ready') await new Promise((resolve) => setImmediate(resolve));
}

describe.each(STORES.slice(1))('%s', (_name, _kind, present) => {
  beforeEach(({ skip }) => skip(!present, ABSENT));

  test('a server that ended is unavailable to every call, and is used again once it is back', async () => {
    const server = await serverOfFile();
    const store = await openedStore(await storeUrl('postgres'));
    const { id } = await store.create(NEW);
    let wasLost = false;
    await store.withLock(id, 0, async (lost) => {
      await store.get(id);
      await server.stop();
      if (!lost.aborted) await once(lost, 'abort');
      wasLost = true;
    });
    expect(wasLost).toBe(true);
    expect(await store.health()).toBe('unavailable');
    const outcomes = await Promise.allSettled(CALLS.map((call) => call(store, id)));
    for (const outcome of outcomes) expect(outcome).toEqual({ status: 'rejected', reason: UNAVAILABLE });
    await expect(
      openStore(new Hidden('postgres://gw@127.0.0.1:1/x'), { keys: testKeys(1), keyMade: () => {} }),
    ).rejects.toThrow(UNAVAILABLE);
    await server.start();
    await healed(store);
    expect(await store.get(id)).toMatchObject({ id, revision: 1 });
    for (const call of CALLS) await call(store, id);
  });

  test('a server that ends its sockets is asked again over new ones', async () => {
    const url = await storeUrl('postgres');
    const store = await openedStore(url);
    const { id } = await store.create(NEW);
    // Several sockets, all idle again.
    await Promise.all(Array.from({ length: 10 }, () => store.get(id)));
    const operator = new Client(url);
    await operator.connect();
    await operator.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gw'`,
    );
    await operator.end();
    await healed(store);
    expect(await store.get(id)).toMatchObject({ id });
  });

  test('a call that waits too long is given up, and others go on', async () => {
    const url = await storeUrl('postgres');
    const store = await openedStore(url);
    const { id } = await store.create(NEW);
    const operator = new Client(url);
    await operator.connect();
    await operator.query('BEGIN; LOCK TABLE gw_grants');
    const stuck = store.get(id).catch((error: unknown) => error);
    expect(await store.session('t')).toBeNull();
    // Given up by the server: query_canceled.
    expect(await stuck).toEqual(UNAVAILABLE);
    expect(String(await stuck)).toContain('57014');
    expect(await store.health()).toBe('ready');
    await operator.query('COMMIT');
    await operator.end();
    expect(await store.get(id)).toMatchObject({ id });
  });
});

test('a server that accepts and says nothing is unavailable', async () => {
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
  const { port } = silent.address() as AddressInfo;
  const url = `postgres://gw:planted@127.0.0.1:${port}/gw`;
  const failed = await openStore(new Hidden(url), { keys: testKeys(1), keyMade: () => {} }).catch(
    (error: unknown) => error,
  );
  expect(failed).toEqual(UNAVAILABLE);
  expect(String((failed as Error).stack)).not.toContain('planted');
  expect(sockets.size).toBeGreaterThan(0);
});

/** Gives a connection of another program to the file of a store. */
async function otherProgram(url: string, ...statements: readonly string[]): Promise<SqliteConnection> {
  const connection = new (await sqliteDriver())(url.slice('sqlite:'.length));
  for (const sql of statements) connection.exec(sql);
  return connection;
}

test('sqlite: a file that another program writes is waited for, with the event loop free', async () => {
  const url = await storeUrl('sqlite');
  const store = await openedStore(url);
  const { id } = await store.create(NEW);
  const other = await otherProgram(url, 'BEGIN IMMEDIATE');
  const writing = store.update(id, 1, { reason: 'x' });
  let turns = 0;
  for (; turns < 100; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(await store.get(id)).toMatchObject({ revision: 1 });
  other.exec('ROLLBACK');
  expect(await writing).toMatchObject({ revision: 2 });
  other.close();
});

test('sqlite: a file that another program keeps is unavailable, and is used again once it is free', async () => {
  const url = await storeUrl('sqlite');
  const store = await openedStore(url);
  const { id } = await store.create(NEW);
  const other = await otherProgram(url, 'BEGIN IMMEDIATE');
  const outcomes = await Promise.allSettled([store.create(NEW), store.prune(), store.delete(id)]);
  for (const outcome of outcomes) expect(outcome).toEqual({ status: 'rejected', reason: UNAVAILABLE });
  expect(await store.get(id)).toMatchObject({ id });
  other.close();
  expect(await store.delete(id)).toBe(true);
});

test('a store that was closed is unavailable', async () => {
  const store = await openedStore(await storeUrl('sqlite'));
  const { id } = await store.create(NEW);
  await store.close();
  await store.close();
  for (const call of CALLS) await expect(call(store, id)).rejects.toThrow(UNAVAILABLE);
});
