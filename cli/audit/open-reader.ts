import { existsSync } from 'node:fs';
import { auditStore } from '../../runtime/observe/audit/audit-store.ts';
import type { AuditReader } from '../../runtime/observe/audit/audit-store.ts';
import type { Hidden } from '../../runtime/hidden.ts';
import type { Database } from '../../runtime/store/database.ts';
import { openDatabase, sqlitePath } from '../../runtime/store/open-database.ts';
import { StoreFileError, StoreUnavailable } from '../../runtime/store/store-errors.ts';
import { keysOfEnvironment } from '../secret/encryption-keys.ts';
import { placedStoreUrl } from '../store-place.ts';
import type { StorePlace } from '../store-place.ts';
import { UsageError } from '../usage-error.ts';
import { lineReader } from './line-reader.ts';

/** Where rows are read from. */
export interface AuditPlace extends StorePlace {
  /** JSON lines in place of a store. */
  readonly file?: string;
}

/** Opens rows for reading. Throws a UsageError where there are none. Nothing is made and no schema is changed. */
export async function openReader({ file, ...place }: AuditPlace): Promise<AuditReader> {
  if (file !== undefined) {
    if (place.store !== undefined) throw new UsageError('pass --file or --store, not both');
    if (!existsSync(file)) throw new UsageError(`there is no file ${file}`);
    return lineReader(file);
  }
  const url = await placedStoreUrl(place, keysOfEnvironment());
  const path = sqlitePath(url);
  if (path !== undefined && !existsSync(path)) throw new UsageError(`there is no store at ${path}`);
  return told(async () => {
    const database = await openDatabase(url);
    try {
      await checkSchema(database, url);
    } catch (error) {
      await database.close();
      throw error;
    }
    return auditStore(database);
  });
}

/** The step of the schema that brought rows of audit. */
const AUDIT_SINCE = 2;

async function checkSchema(database: Database, url: Hidden<string>): Promise<void> {
  const kind = sqlitePath(url) === undefined ? 'information_schema.tables' : 'sqlite_master';
  const column = sqlitePath(url) === undefined ? 'table_name' : 'name';
  const tables = await database.read(`SELECT ${column} AS name FROM ${kind} WHERE ${column} = ?`, [
    'gw_migrations',
  ]);
  const [row] =
    tables.length === 0 ? [] : await database.read('SELECT MAX(number) AS number FROM gw_migrations', []);
  if (Number(row?.['number'] ?? 0) < AUDIT_SINCE)
    throw new UsageError('the store has no rows of audit yet: they come when a gateway serves with it');
}

async function told<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof StoreUnavailable || error instanceof StoreFileError)
      throw new UsageError(error.message);
    throw error;
  }
}
