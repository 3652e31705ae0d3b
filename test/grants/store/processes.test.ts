import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { folderOf } from '../../support/folder.ts';
import { storeProcess } from '../../support/store-process.ts';
import { ABSENT, openedStore, STORES, storeUrl } from '../../support/stores.ts';
import { tampered } from '../../support/tampered.ts';
import { readMigrations } from '../../../runtime/store/read-migrations.ts';

const NEW = { connection: 'stripe', account: 'acme', method: 'OAUTH2' } as const;
const WAIT_MS = 50_000;

describe.each(STORES)('%s', (_name, kind, present) => {
  beforeEach(({ skip }) => skip(!present, ABSENT));

  test('of many processes one at a time holds the lock of a grant', async () => {
    const url = await storeUrl(kind);
    const store = await openedStore(url);
    const { id } = await store.create(NEW);
    const file = join(folderOf({ who: '' }), 'who');
    await Promise.all(Array.from({ length: 4 }, () => storeProcess({ url, id, file, order: 'contend' })));
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(4 * 10 * 2);
    expect(new Set(lines).size).toBe(4 * 2);
    // Whoever goes in comes out before anybody else goes in.
    for (let at = 0; at < lines.length; at += 2) expect(lines[at + 1]).toBe(lines[at]?.replace('in', 'out'));
    // No update was refused, so each read what the holder before it wrote.
    expect(await store.get(id)).toMatchObject({ refreshed_at: 40, revision: 41 });
  });

  test('the lock of a process that was killed is free', async () => {
    const url = await storeUrl(kind);
    const store = await openedStore(url);
    const { id } = await store.create(NEW);
    const other = await store.create(NEW);
    const { child, word } = await storeProcess({ url, id, file: '', order: 'hold' });
    expect(word).toBe('held');
    expect(await store.withLock(id, 0, () => Promise.resolve('mine'))).toBe('busy');
    expect(await store.withLock(other.id, 0, () => Promise.resolve('mine'))).toBe('mine');
    const waiting = store.withLock(id, WAIT_MS, () => Promise.resolve('mine'));
    child.kill('SIGKILL');
    expect(await waiting).toBe('mine');
  });

  test('another store of the same process does not break a lock', async () => {
    const url = await storeUrl(kind);
    const store = await openedStore(url);
    const { id } = await store.create(NEW);
    const word = await store.withLock(id, 0, async () => {
      const other = await openedStore(url);
      expect(await other.withLock(id, 0, () => Promise.resolve('free'))).toBe('busy');
      await other.close();
      return (await storeProcess({ url, id, file: '', order: 'try' })).word;
    });
    expect(word).toBe('busy');
    expect((await storeProcess({ url, id, file: '', order: 'try' })).word).toBe('free');
  });

  test('a process that stands still keeps its lock', async () => {
    const url = await storeUrl(kind);
    const store = await openedStore(url);
    const { id } = await store.create(NEW);
    const { child } = await storeProcess({ url, id, file: '', order: 'hold' });
    child.kill('SIGSTOP');
    expect(await store.withLock(id, 200, () => Promise.resolve('mine'))).toBe('busy');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await store.withLock(id, WAIT_MS, () => Promise.resolve('mine'))).toBe('mine');
  });

  test('of many processes that open a new store one makes the schema', async () => {
    const url = await storeUrl(kind);
    const opened = await Promise.all(
      Array.from({ length: 4 }, () => storeProcess({ url, id: '', file: '', order: 'open' })),
    );
    expect(opened.map(({ word }) => word)).toEqual(['done', 'done', 'done', 'done']);
    const steps = await tampered(url, 'SELECT number, name FROM gw_migrations');
    expect(steps.map(({ name }) => name)).toEqual(readMigrations().map(({ name }) => name));
  });
});

test('of many processes that open a new embedded store one makes its key', async () => {
  const url = await storeUrl('sqlite');
  const opened = await Promise.all(
    Array.from({ length: 4 }, () => storeProcess({ url, id: '', file: '', order: 'make a key' })),
  );
  const made = opened.map(({ word }) => word).filter((word) => word !== 'done');
  expect(made).toEqual([`${url.slice('sqlite:'.length)}.key`]);
  const store = await openedStore(url, { keys: null });
  expect(await store.list({}, { after: null, limit: 9 })).toHaveLength(4);
  expect((await store.keysInUse()).size).toBe(1);
});
