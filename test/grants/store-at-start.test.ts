import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf } from '../support/folder.ts';
import { startGateway } from '../support/gateway.ts';
import { CALLERS, GRANTS_ENVIRONMENT, keyConnection, keyOf, storeBeside } from '../support/granted.ts';
import { storeUrl } from '../support/stores.ts';
import type { TableSpec } from '../support/table.ts';

// The store of grants when a gateway starts: what ends the start, and what is told.

function specOf(store: string): TableSpec {
  return { connections: { vendor: keyConnection('http://127.0.0.1:1') }, callers: CALLERS, store };
}

test('without a key one is made beside the store, and the log says so', async () => {
  const path = join(folderOf(), 'state/gw.db');
  const { GW_ENCRYPTION_KEY: _, ...environment } = GRANTS_ENVIRONMENT;
  const gateway = await startGateway(specOf(`sqlite:${path}`), { environment });
  expect(await gateway.logged(({ file }) => file === `${path}.key`)).toMatchObject({ level: 40 });
  expect(existsSync(`${path}.key`)).toBe(true);
});

test('a table whose connections need no grant opens no store', async () => {
  const path = join(folderOf(), 'state/gw.db');
  await startGateway({
    connections: { vendor: { base_url: 'http://127.0.0.1:1' } },
    store: `sqlite:${path}`,
  });
  expect(existsSync(path)).toBe(false);
});

test('keys that do not open what is there end the start: which, how much, and nothing is touched', async () => {
  const url = await storeUrl('sqlite');
  const store = await storeBeside(url);
  const made = { connection: 'vendor', account: 'acme', method: 'API_KEY', credential: keyOf('k') } as const;
  const { id } = await store.create(made);
  const environment = { ...GRANTS_ENVIRONMENT, GW_ENCRYPTION_KEY: '22'.repeat(32) };
  await expect(startGateway(specOf(url), { environment })).rejects.toThrow(
    /^gateway\.store: the store of grants has values that cannot be opened: 2 sealed with the key [0-9a-f]{8}; keys given: [0-9a-f]{8}$/,
  );
  expect((await store.get(id))?.credential?.reveal()).toEqual({ kind: 'key', secret: 'k' });
});

const FAULTS: [title: string, store: () => string, environment: Record<string, string>, why: RegExp][] = [
  [
    'what is no database',
    () => {
      const path = join(folderOf(), 'gw.db');
      writeFileSync(path, 'no database, and long enough not to be taken for an empty one');
      return `sqlite:${path}`;
    },
    {},
    /^gateway\.store: .*file is not a database/,
  ],
  [
    'what is no key',
    () => `sqlite:${join(folderOf(), 'gw.db')}`,
    { GW_ENCRYPTION_KEY: 'short' },
    /GW_ENCRYPTION_KEY holds what is no key/,
  ],
  [
    'a server without a key',
    () => 'postgres://nobody@127.0.0.1:1/gw',
    { GW_ENCRYPTION_KEY: '' },
    /^gateway\.store: a store in PostgreSQL needs a key/,
  ],
];

test.each(FAULTS)('%s ends the start', async (_title, store, environment, why) => {
  const started = startGateway(specOf(store()), { environment: { ...GRANTS_ENVIRONMENT, ...environment } });
  await expect(started).rejects.toThrow(why);
});
