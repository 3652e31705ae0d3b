import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { askAgain } from './ask-again.ts';
import type { Database } from './database.ts';
import { primaryCode, SQLITE_BUSY, sqliteFault } from './sqlite-driver.ts';
import type { SqliteConnection, SqliteDriver } from './sqlite-driver.ts';
import { privateFile } from './store-files.ts';
import { turns } from './turns.ts';

/** Files of a folder that are held at once: each takes a descriptor. */
const LOCKS_AT_ONCE = 64;

/**
 * Gives locks that are locks of the operating system: for each key an empty SQLite file of `folder`, on which the
 * holder has begun to write (and never does). They end with their process at once, whatever ended it, and no
 * process that merely stood still for a while can lose one, as it would a lease.
 */
export function sqliteLocks(driver: SqliteDriver, folder: string): Pick<Database, 'lock' | 'forgetLock'> {
  const ours = turns(LOCKS_AT_ONCE);
  const never = new AbortController().signal;
  // A connection that nothing refers to is collected, and its lock with it.
  const holding = new Set<SqliteConnection>();
  return {
    lock: (key, wait_ms, held) =>
      ours.take(key, wait_ms, async () => {
        const connection = await askAgain(() => tryLock(driver, fileOf(folder, key)), wait_ms);
        if (connection === undefined) return 'busy';
        holding.add(connection);
        try {
          return await held(never);
        } finally {
          holding.delete(connection);
          connection.close();
        }
      }),
    forgetLock: (key) => rmSync(fileOf(folder, key), { force: true }),
  };
}

function fileOf(folder: string, key: string): string {
  return join(folder, createHash('sha256').update(key).digest('hex').slice(0, 32));
}

/** Gives a connection that holds the file, undefined while another does. */
function tryLock(driver: SqliteDriver, path: string): SqliteConnection | undefined {
  privateFile(path);
  let connection: SqliteConnection | undefined;
  try {
    connection = new driver(path);
    // Without it the file would get a journal beside it.
    connection.exec('PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE');
    return connection;
  } catch (error) {
    connection?.close();
    if (primaryCode(error) === SQLITE_BUSY) return undefined;
    throw sqliteFault(error);
  }
}
