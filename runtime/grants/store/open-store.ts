import type { Hidden } from '../../hidden.ts';
import type { SealingKeys } from '../../sealing/sealing-keys.ts';
import { connectSteps } from './connect-steps.ts';
import { grantEvents } from './grant-events.ts';
import type { GrantStore } from './grant-store.ts';
import { makeKeyFile, readKeyFile } from './key-file.ts';
import { openDatabase, sqlitePath } from '../../store/open-database.ts';
import { migrate } from '../../store/migrate.ts';
import { readMigrations } from '../../store/read-migrations.ts';
import type { Migration } from '../../store/read-migrations.ts';
import { checkKeys, keysInUse, opensValues, resealAll } from './sealed-columns.ts';
import { StoreKeyError } from '../../store/store-errors.ts';
import { storedGrants } from './stored-grants.ts';
import type { StoreParts } from './stored-grants.ts';

/** How the store is opened. */
export interface StoreOptions {
  /** The keys of the environment, null where it has none. */
  readonly keys: SealingKeys | null;
  /** Told when a key was made, and in which file. */
  readonly keyMade: (path: string) => void;
  /** Told, each time that one is needed, the id of a key that sealed a value and was not given. */
  readonly keyMissing?: (keyId: string) => void;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** The steps of the schema; those of this program if left out. */
  readonly migrations?: readonly Migration[];
}

/**
 * Opens the store of a URL, `sqlite:PATH` or `postgres://…`, its schema brought up to date. Throws StoreKeyError if
 * there are values that the keys do not open, or no key for PostgreSQL; StoreNewer; StoreFileError; StoreUnavailable.
 * Nothing is changed before the keys are known to fit.
 */
export async function openStore(url: Hidden<string>, options: StoreOptions): Promise<GrantStore> {
  const path = sqlitePath(url);
  if (path === undefined && options.keys === null) throw keyNeeded();
  const database = await openDatabase(url);
  try {
    const keys = await migrate(database, options.migrations ?? readMigrations(), async (schema) => {
      const found = options.keys ?? (path === undefined ? null : readKeyFile(keyFileOf(path)));
      if (schema > 0) await checkKeys(database, found);
      return found ?? makeKeys(path, options.keyMade);
    });
    const openValue = opensValues(keys, options.keyMissing ?? (() => {}));
    return storeOf({ database, keys, openValue, now: options.now ?? Date.now });
  } catch (error) {
    await database.close();
    throw error;
  }
}

function keyNeeded(): StoreKeyError {
  return new StoreKeyError(
    'a store in PostgreSQL needs a key: `gw secret keygen` makes one, GW_ENCRYPTION_KEY gives it to gw',
  );
}

function keyFileOf(path: string): string {
  return `${path}.key`;
}

/** Makes the key of an embedded store that has none, in a file beside it. */
function makeKeys(path: string | undefined, keyMade: StoreOptions['keyMade']): SealingKeys {
  if (path === undefined) throw keyNeeded();
  makeKeyFile(keyFileOf(path));
  const keys = readKeyFile(keyFileOf(path));
  if (keys === null) throw new StoreKeyError(`${keyFileOf(path)} was made and is not there any more`);
  keyMade(keyFileOf(path));
  return keys;
}

function storeOf(parts: StoreParts): GrantStore {
  const { database, keys } = parts;
  return {
    ...storedGrants(parts),
    ...connectSteps(parts),
    ...grantEvents(parts),
    reseal: (progress) => resealAll(database, keys, progress),
    keysInUse: () => keysInUse(database),
    health: async () => {
      try {
        await database.read('SELECT 1 AS one', []);
        return 'ready';
      } catch {
        // Whatever it is: readiness is asked for, not the reason.
        return 'unavailable';
      }
    },
    close: () => database.close(),
  };
}
