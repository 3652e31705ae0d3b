import { askAgain } from './ask-again.ts';
import { storable } from './database.ts';
import type { Database, Queries, Row, SqlValue, Transaction } from './database.ts';
import { primaryCode, SQLITE_BUSY, SQLITE_ERROR, sqliteDriver, sqliteFault } from './sqlite-driver.ts';
import type { SqliteConnection, SqliteDriver, SqliteStatement } from './sqlite-driver.ts';
import { sqliteLocks } from './sqlite-lock.ts';
import { privateFile, privateFolder } from './store-files.ts';
import { StoreUnavailable } from './store-errors.ts';
import { turns } from './turns.ts';

/** How long a call waits for another process that writes. */
const CALL_MS = 5000;

/** Statements that are kept prepared, for each connection. */
const PREPARED_MAX = 100;

/**
 * Opens the SQLite file at `path`, made if it is not there, which only this user can read. Readers never wait;
 * who writes waits with the event loop free, since SQLite's own waiting blocks it.
 */
export async function openSqlite(path: string): Promise<Database> {
  privateFile(path);
  privateFolder(`${path}.locks`);
  const driver = await sqliteDriver();
  const writer = await connected(driver, path, WRITER);
  const reader = await connected(driver, path, READER);
  const locks = sqliteLocks(driver, `${path}.locks`);
  const oneWriter = turns(1);
  let isClosed = false;

  const whileOpen = <T>(ask: () => Promise<T>): Promise<T> =>
    isClosed ? Promise.reject(new StoreUnavailable('closed')) : ask();
  const writing = async <T>(work: () => Promise<T>): Promise<T> => {
    const outcome = await oneWriter.take('', CALL_MS, work);
    if (outcome === 'busy') throw new StoreUnavailable('SQLITE_BUSY');
    return outcome;
  };
  return {
    read: (sql, values) => whileOpen(() => reader.queries.read(sql, values)),
    write: (sql, values) => whileOpen(() => writing(() => writer.queries.write(sql, values))),
    transaction: (steps) => whileOpen(() => writing(() => inTransaction(writer, steps))),
    lock: (key, wait_ms, held) => whileOpen(() => locks.lock(key, wait_ms, held)),
    forgetLock: locks.forgetLock,
    close: () => {
      if (isClosed) return Promise.resolve();
      isClosed = true;
      // What was begun before ends first.
      return writing(async () => {
        reader.connection.close();
        writer.connection.close();
      });
    },
  };
}

interface Connected {
  readonly connection: SqliteConnection;
  readonly queries: Queries;
}

/** A commit is on the disk when it is told: a refresh token that was replaced is valid nowhere else. */
const WRITER = 'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON';
const READER = 'PRAGMA query_only = ON';

async function connected(driver: SqliteDriver, path: string, settings: string): Promise<Connected> {
  const connection = await patiently(() => new driver(path));
  try {
    await patiently(() => connection.exec(`PRAGMA busy_timeout = 0; ${settings}`));
  } catch (error) {
    connection.close();
    throw error;
  }
  const prepared = new Map<string, SqliteStatement>();
  const statementOf = (sql: string): SqliteStatement => {
    const kept = prepared.get(sql);
    if (kept !== undefined) return kept;
    if (prepared.size >= PREPARED_MAX) prepared.clear();
    const statement = connection.prepare(sql);
    prepared.set(sql, statement);
    return statement;
  };
  const all = (sql: string, values: readonly SqlValue[]): Promise<readonly Row[]> =>
    patiently(() => statementOf(sql).all(...storable(values)) as Row[]);
  return { connection, queries: { read: all, write: all } };
}

async function inTransaction<T>(
  { connection, queries }: Connected,
  steps: (within: Transaction) => Promise<T>,
): Promise<T> {
  await patiently(() => connection.exec('BEGIN IMMEDIATE'));
  try {
    const outcome = await steps({ ...queries, script: (sql) => patiently(() => connection.exec(sql)) });
    await patiently(() => connection.exec('COMMIT'));
    return outcome;
  } catch (error) {
    rollBack(connection);
    throw error;
  }
}

function rollBack(connection: SqliteConnection): void {
  try {
    connection.exec('ROLLBACK');
  } catch (error) {
    // After some faults SQLite has rolled back already, and says that there is no transaction.
    if (primaryCode(error) !== SQLITE_ERROR) throw sqliteFault(error);
  }
}

/** Gives what `work` gives, once no other process is in its way. */
async function patiently<T>(work: () => T): Promise<T> {
  const outcome = await askAgain(() => unlessBusy(work), CALL_MS);
  if (outcome === undefined) throw new StoreUnavailable('SQLITE_BUSY');
  return outcome.value;
}

function unlessBusy<T>(work: () => T): { readonly value: T } | undefined {
  try {
    return { value: work() };
  } catch (error) {
    if (primaryCode(error) === SQLITE_BUSY) return undefined;
    throw sqliteFault(error);
  }
}
