import type { SqlValue } from './database.ts';

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

/** Primary result codes of SQLite (sqlite.org/rescode.html) that are faults of ours: a retry would not help. */
const OUR_FAULTS: ReadonlySet<number> = new Set([1, 18, 19, 20, 21, 25]);

export const SQLITE_BUSY = 5;
export const SQLITE_CONSTRAINT_FOREIGNKEY = 787;

/** Gives SQLite's extended result code of an error, null for what is none of SQLite's. */
export function resultCode(error: unknown): number | null {
  if (!(error instanceof Error)) return null;
  const { sqliteExtendedCode, errcode } = error as { sqliteExtendedCode?: unknown; errcode?: unknown };
  const code = sqliteExtendedCode ?? errcode;
  return typeof code === 'number' ? code : null;
}

/** Gives the primary result code: what kind of fault it is. */
export function primaryCode(error: unknown): number | null {
  const code = resultCode(error);
  return code === null ? null : code & 0xff;
}

/** Tells whether the file cannot be used now, rather than that we asked for what makes no sense. */
export function isOutOfReach(error: unknown): boolean {
  const code = primaryCode(error);
  return code !== null && !OUR_FAULTS.has(code);
}
