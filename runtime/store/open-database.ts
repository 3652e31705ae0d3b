import type { Hidden } from '../hidden.ts';
import type { Database } from './database.ts';

/** Gives the path of an embedded store's database; undefined for a server's. */
export function sqlitePath(url: Hidden<string>): string | undefined {
  return /^sqlite:(.+)$/s.exec(url.reveal())?.[1];
}

/**
 * Opens the database of a URL, `sqlite:PATH` or `postgres://…`; its schema stays as it is (`migrate`). Either driver is
 * loaded where its database is used. Throws StoreFileError, StoreUnavailable.
 */
export async function openDatabase(url: Hidden<string>): Promise<Database> {
  const path = sqlitePath(url);
  if (path === undefined) {
    const { openPostgres } = await import('./postgres-database.ts');
    return openPostgres(url);
  }
  const { openSqlite } = await import('./sqlite-database.ts');
  return openSqlite(path);
}
