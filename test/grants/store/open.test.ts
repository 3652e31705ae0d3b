import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { GrantStore } from '../../../runtime/grants/store/grant-store.ts';
import { openStore } from '../../../runtime/grants/store/open-store.ts';
import type { StoreOptions } from '../../../runtime/grants/store/open-store.ts';
import { readMigrations } from '../../../runtime/store/read-migrations.ts';
import { Hidden } from '../../../runtime/hidden.ts';
import { folderOf } from '../../support/folder.ts';
import { ABSENT, openedStore, STORES, storeUrl, testKeys } from '../../support/stores.ts';
import { dumped, tampered } from '../../support/tampered.ts';

const NEW = { connection: 'stripe', account: 'acme', method: 'OAUTH2' } as const;

const opening = (url: string, options: Partial<StoreOptions> = {}): Promise<GrantStore> =>
  openStore(new Hidden(url), { keys: testKeys(1), keyMade: () => {}, ...options });

/** A step after those of this program. */
function nextStep(sql: string): { number: number; name: string; sql: string } {
  const number = readMigrations().length + 1;
  return { number, name: `${String(number).padStart(4, '0')}-test.sql`, sql };
}

describe.each(STORES)('%s', (_name, kind, present) => {
  beforeEach(({ skip }) => skip(!present, ABSENT));

  test('a schema is brought up to date, and nothing is applied twice', async () => {
    const url = await storeUrl(kind);
    const { id } = await (await openedStore(url)).create(NEW);
    const added = nextStep('CREATE TABLE gw_test (a TEXT); INSERT INTO gw_test VALUES (1);');
    for (let round = 0; round < 2; round += 1) {
      const store = await openedStore(url, { migrations: [...readMigrations(), added] });
      expect(await store.get(id)).toMatchObject({ id });
      expect(await tampered(url, 'SELECT COUNT(*) AS number FROM gw_test')).toHaveLength(1);
    }
    expect((await tampered(url, 'SELECT number FROM gw_migrations')).length).toBe(added.number);
  });

  test('a step that fails leaves nothing behind', async () => {
    const url = await storeUrl(kind);
    await openedStore(url);
    const before = await dumped(url);
    const broken = nextStep(
      `CREATE TABLE gw_test (a TEXT); UPDATE gw_migrations SET name = 'x'; SELECT * FROM gw_none;`,
    );
    await expect(opening(url, { migrations: [...readMigrations(), broken] })).rejects.toThrow(/gw_none/);
    expect(await dumped(url)).toBe(before);
    await expect(tampered(url, 'SELECT * FROM gw_test')).rejects.toThrow(/gw_test/);
    expect(await (await openedStore(url)).health()).toBe('ready');
  });

  test('a schema of a newer program is refused', async () => {
    const url = await storeUrl(kind);
    await openedStore(url, { migrations: [...readMigrations(), nextStep('CREATE TABLE gw_test (a TEXT);')] });
    const before = await dumped(url);
    const known = readMigrations().length;
    await expect(opening(url)).rejects.toThrow(
      expect.objectContaining({
        name: 'StoreNewer',
        message: `the store of grants has schema ${known + 1}, this program knows ${known}: run the newer program`,
      }),
    );
    expect(await dumped(url)).toBe(before);
  });
});

test('a store in PostgreSQL needs a key', async () => {
  await expect(opening('postgres://127.0.0.1:1/gw', { keys: null })).rejects.toThrow(
    /^a store in PostgreSQL needs a key: `gw secret keygen` makes one, GW_ENCRYPTION_KEY gives it to gw$/,
  );
});

/** Gives the mode of each file and folder in a folder, as in `ls`. */
function modesIn(folder: string): Record<string, string> {
  const paths = ['.', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })];
  return Object.fromEntries(
    paths.toSorted().map((path) => [path, (statSync(join(folder, path)).mode & 0o777).toString(8)]),
  );
}

describe('sqlite', () => {
  test('everything that is made is closed to others, and the key is told of once', async () => {
    const parent = folderOf();
    const folder = join(parent, 'a/b');
    const made: string[] = [];
    const keyMade = (path: string): void => void made.push(path);
    const store = await openedStore(`sqlite:${folder}/gw.db`, { keys: null, keyMade });
    const { id } = await store.create(NEW);
    await store.withLock(id, 0, async () => {
      const [lock] = readdirSync(join(folder, 'gw.db.locks')).slice(-1);
      expect(lock).toMatch(/^[0-9a-f]{32}$/);
      const { [`gw.db.locks/${lock}`]: mode } = modesIn(folder);
      expect(mode).toBe('600');
    });
    const modes = modesIn(parent);
    const plain = Object.entries(modes).filter(([path]) => !path.includes('.locks/') && path !== '.');
    expect(Object.fromEntries(plain)).toEqual({
      a: '700',
      'a/b': '700',
      'a/b/gw.db': '600',
      'a/b/gw.db-shm': '600',
      'a/b/gw.db-wal': '600',
      'a/b/gw.db.key': '600',
      'a/b/gw.db.locks': '700',
    });
    await openedStore(`sqlite:${folder}/gw.db`, { keys: null, keyMade });
    expect(made).toEqual([join(folder, 'gw.db.key')]);
    expect(readFileSync(join(folder, 'gw.db.key'), 'utf8')).toMatch(/^[A-Za-z0-9+/]{43}=\n$/);
    expect((await store.list({}, { after: null, limit: 2 })).length).toBe(1);
  });

  test('a file that is open to others is closed to them; a folder that was there stays as it is', async () => {
    const folder = folderOf({ 'gw.db': '' });
    chmodSync(folder, 0o755);
    chmodSync(join(folder, 'gw.db'), 0o644);
    await (await openedStore(`sqlite:${folder}/gw.db`)).create(NEW);
    expect(modesIn(folder)).toMatchObject({ '.': '755', 'gw.db': '600', 'gw.db-wal': '600' });
  });

  test('a key that others can read is refused, with what to do', async () => {
    const url = await storeUrl('sqlite');
    await (await opening(url, { keys: null })).close();
    const path = `${url.slice('sqlite:'.length)}.key`;
    chmodSync(path, 0o640);
    await expect(opening(url, { keys: null })).rejects.toThrow(
      expect.objectContaining({
        name: 'StoreFileError',
        message: expect.stringMatching(/others can read it: `chmod 600` it, .*`gw secret rotate`$/),
      }),
    );
    chmodSync(path, 0o600);
    expect(await (await openedStore(url, { keys: null })).health()).toBe('ready');
  });

  test('no key is made in place of one that was lost', async () => {
    const url = await storeUrl('sqlite');
    const store = await opening(url, { keys: null });
    await store.create(NEW);
    await store.close();
    const path = `${url.slice('sqlite:'.length)}.key`;
    rmSync(path);
    await expect(opening(url, { keys: null })).rejects.toThrow(
      /1 sealed with the key [0-9a-f]{8}; keys given: none$/,
    );
    expect(readdirSync(dirname(path))).not.toContain('gw.db.key');
  });

  test('what is no place for a store is refused', async () => {
    const folder = folderOf({ file: 'x' });
    await expect(opening(`sqlite:${folder}/file/gw.db`)).rejects.toThrow(
      expect.objectContaining({ name: 'StoreFileError', message: expect.stringContaining('EEXIST') }),
    );
    writeFileSync(
      join(folder, 'text'),
      'this is no database, and it is longer than a header of one would be'.repeat(9),
    );
    await expect(opening(`sqlite:${folder}/text`)).rejects.toThrow(
      expect.objectContaining({
        name: 'StoreUnavailable',
        message: expect.stringContaining('SQLite: file is not a database'),
      }),
    );
    mkdirSync(join(folder, 'folder'));
    const before = modesIn(folder)['folder'];
    await expect(opening(`sqlite:${folder}/folder`)).rejects.toThrow(
      expect.objectContaining({ name: 'StoreFileError', message: `${folder}/folder is no file` }),
    );
    expect(modesIn(folder)['folder']).toBe(before);
  });

  test('what was kept for the lock of a grant goes with it', async () => {
    const folder = folderOf();
    const store = await openedStore(`sqlite:${folder}/gw.db`);
    const { id } = await store.create(NEW);
    const locks = (): number => readdirSync(join(folder, 'gw.db.locks')).length;
    const before = locks();
    await store.withLock(id, 0, () => Promise.resolve());
    expect(locks()).toBe(before + 1);
    await store.delete(id);
    expect(locks()).toBe(before);
  });
});
