import { ReferenceGone } from './database.ts';
import type { SqlValue } from './database.ts';
import { StoreUnavailable } from './store-errors.ts';

/** The part of node:sqlite's interface that the store uses. */
export interface SqliteConnection {
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}

export interface SqliteStatement {
  all(...values: SqlValue[]): unknown[];
}

/** Opens a file. */
export type SqliteDriver = new (path: string) => SqliteConnection;

/** Gives node:sqlite, or where this node has none the package with the same interface. */
export async function sqliteDriver(): Promise<SqliteDriver> {
  const builtIn = process.getBuiltinModule('node:sqlite') as
    | { readonly DatabaseSync: SqliteDriver }
    | undefined;
  return (builtIn ?? (await import('@photostructure/sqlite'))).DatabaseSync;
}

export const SQLITE_ERROR = 1;
export const SQLITE_BUSY = 5;
const SQLITE_CONSTRAINT_FOREIGNKEY = 787;

/** Primary result codes of SQLite (sqlite.org/rescode.html) that are faults of ours: a retry would not help. */
const OUR_FAULTS: ReadonlySet<number> = new Set([SQLITE_ERROR, 18, 19, 20, 21, 25]);

/** SQLite's texts of the same: the package for Node 20 gives errors of `all` no code. */
const CODES_OF_TEXTS: ReadonlyMap<string, number> = new Map([
  ['database is locked', SQLITE_BUSY],
  ['database table is locked', 6],
  ['out of memory', 7],
  ['attempt to write a readonly database', 8],
  ['disk I/O error', 10],
  ['database disk image is malformed', 11],
  ['database or disk is full', 13],
  ['unable to open database file', 14],
  ['locking protocol', 15],
  ['file is not a database', 26],
  ['FOREIGN KEY constraint failed', SQLITE_CONSTRAINT_FOREIGNKEY],
]);

/** Gives SQLite's extended result code of an error, null for what is none of SQLite's. */
function resultCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_SQLITE_ERROR') return null;
  const code = 'errcode' in error ? error.errcode : CODES_OF_TEXTS.get(error.message);
  return typeof code === 'number' ? code : null;
}

/** Gives the primary result code: what kind of fault it is. */
export function primaryCode(error: unknown): number | null {
  const code = resultCode(error);
  return code === null ? null : code & 0xff;
}

/** Gives the error to throw for one that SQLite gave. What is not known as a passing state is a fault of ours. */
export function sqliteFault(error: unknown): unknown {
  if (resultCode(error) === SQLITE_CONSTRAINT_FOREIGNKEY) return new ReferenceGone('', { cause: error });
  const code = primaryCode(error);
  if (code === null || OUR_FAULTS.has(code)) return error;
  // What SQLite says of these holds no value: "file is not a database", "database or disk is full".
  return new StoreUnavailable(`SQLite: ${error instanceof Error ? error.message : code}`);
}
