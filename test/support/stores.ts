import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import type { GrantStore } from '../../runtime/grants/store/grant-store.ts';
import { openStore } from '../../runtime/grants/store/open-store.ts';
import type { StoreOptions } from '../../runtime/grants/store/open-store.ts';
import { Hidden } from '../../runtime/hidden.ts';
import { keyRing } from '../../runtime/sealing/sealing-keys.ts';
import type { SealingKeys } from '../../runtime/sealing/sealing-keys.ts';
import { folderOf } from './folder.ts';
import { hasPostgres, postgresServer } from './postgres-server.ts';
import type { PostgresServer } from './postgres-server.ts';

export type StoreKind = 'sqlite' | 'postgres';

/** Why tests are skipped. */
export const ABSENT = 'PostgreSQL is not installed';

/** The databases that every test of the store runs on, by the name that it is reported under. */
export const STORES: readonly [name: string, kind: StoreKind, present: boolean][] = [
  ['sqlite', 'sqlite', true],
  [hasPostgres ? 'postgres' : `postgres: ${ABSENT}`, 'postgres', hasPostgres],
];

/** A key that is the same in every process. */
export function testKeys(...bytes: readonly number[]): SealingKeys {
  return keyRing(
    bytes.map((byte) => Buffer.alloc(32, byte)),
    'test',
  );
}

/** Gives the same keys as GW_ENCRYPTION_KEY has them. */
export function keyTexts(...bytes: readonly number[]): string {
  return bytes.map((byte) => Buffer.alloc(32, byte).toString('base64')).join(',');
}

let server: Promise<PostgresServer> | undefined;
afterAll(async () => (await server)?.remove());

/** Gives the PostgreSQL server of this test file, started when it is first asked for. */
export function serverOfFile(): Promise<PostgresServer> {
  return (server ??= postgresServer());
}

/** Gives the URL of a new, empty store. */
export async function storeUrl(kind: StoreKind): Promise<string> {
  return kind === 'sqlite' ? `sqlite:${join(folderOf(), 'state/gw.db')}` : (await serverOfFile()).database();
}

/** Opens a store that is closed when the test ends. */
export async function openedStore(url: string, options: Partial<StoreOptions> = {}): Promise<GrantStore> {
  const store = await openStore(new Hidden(url), { keys: testKeys(1), keyMade: () => {}, ...options });
  onTestFinished(() => store.close());
  return store;
}
