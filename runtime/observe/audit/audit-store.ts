import type { Hidden } from '../../hidden.ts';
import type { Database, SqlValue } from '../../store/database.ts';
import { migrate } from '../../store/migrate.ts';
import { openDatabase } from '../../store/open-database.ts';
import { readMigrations } from '../../store/read-migrations.ts';
import { conditionOf, idFloor } from './audit-filters.ts';
import type { AuditFilters } from './audit-filters.ts';
import { AUDIT_COLUMNS, rowOf } from './audit-row.ts';
import type { AuditRow } from './audit-row.ts';
import { storedStats } from './audit-stats.ts';
import type { AuditStats, StatsQuery } from './audit-stats.ts';

/** A page of rows. */
export interface EventsQuery {
  readonly filters: AuditFilters;
  readonly sort: 'newest' | 'oldest';
  /** The id of the last row of the page before. */
  readonly after: string | null;
  readonly limit: number;
}

/** What can be asked about rows, wherever they are kept. */
export interface AuditReader {
  events(query: EventsQuery): Promise<readonly AuditRow[]>;
  event(id: string): Promise<AuditRow | null>;
  stats(query: StatsQuery): Promise<AuditStats>;
  close(): Promise<void>;
}

/** Rows in a database. Every call throws StoreUnavailable when that cannot be asked. */
export interface AuditStore extends AuditReader {
  /**
   * Writes rows, each the values of the columns in their order, all or none. One that has ended takes the place of one
   * that had begun. They are on the disk when it resolves.
   */
  write(rows: readonly (readonly SqlValue[])[]): Promise<void>;
  /** Removes at most PRUNED_MAX of the rows that were made before an instant. Gives how many. */
  prune(before: number): Promise<number>;
}

/** How many rows are removed at once: others write in between. */
const PRUNED_MAX = 500;

/** Rows of one statement. Few sizes, so that few statements are prepared. */
const TOGETHER = [100, 10, 1];

/**
 * Opens the audit rows of a store, `sqlite:PATH` or `postgres://…`, its schema brought up to date. Throws StoreNewer,
 * StoreFileError, StoreUnavailable.
 */
export async function openAuditStore(url: Hidden<string>): Promise<AuditStore> {
  const database = await openDatabase(url);
  try {
    await migrate(database, readMigrations(), () => Promise.resolve());
  } catch (error) {
    await database.close();
    throw error;
  }
  return auditStore(database);
}

/** Gives the rows of a database whose schema has them. */
export function auditStore(database: Database): AuditStore {
  return {
    write: (rows) => writeRows(database, rows),
    prune: async (before) => {
      const removed = await database.write(
        `DELETE FROM gw_audit WHERE id IN (SELECT id FROM gw_audit WHERE id < ? ORDER BY id LIMIT ${PRUNED_MAX})
         RETURNING id`,
        [idFloor(before)],
      );
      return removed.length;
    },
    events: async ({ filters, sort, after, limit }) => {
      const [beyond, order] = sort === 'newest' ? ['<', 'DESC'] : ['>', 'ASC'];
      const more = after === null ? [] : [{ sql: `id ${beyond} ?`, values: [after] }];
      const { sql, values } = conditionOf(filters, more);
      const rows = await database.read(
        `SELECT ${AUDIT_COLUMNS.join(', ')} FROM gw_audit WHERE ${sql} ORDER BY id ${order} LIMIT ?`,
        [...values, limit],
      );
      return rows.map(rowOf);
    },
    event: async (id) => {
      const [row] = await database.read(`SELECT ${AUDIT_COLUMNS.join(', ')} FROM gw_audit WHERE id = ?`, [
        id,
      ]);
      return row === undefined ? null : rowOf(row);
    },
    stats: (query) => storedStats(database, query),
    close: () => database.close(),
  };
}

async function writeRows(database: Database, rows: readonly (readonly SqlValue[])[]): Promise<void> {
  await database.transaction(async (within) => {
    let at = 0;
    for (const size of TOGETHER) {
      for (; rows.length - at >= size; at += size)
        await within.write(insertOf(size), rows.slice(at, at + size).flat());
    }
  });
}

const INSERTS = new Map<number, string>();

function insertOf(size: number): string {
  let sql = INSERTS.get(size);
  if (sql === undefined) {
    const one = `(${AUDIT_COLUMNS.map(() => '?').join(', ')})`;
    const [, ...others] = AUDIT_COLUMNS;
    sql =
      `INSERT INTO gw_audit (${AUDIT_COLUMNS.join(', ')}) VALUES ${Array.from({ length: size }, () => one).join(', ')}` +
      ` ON CONFLICT (id) DO UPDATE SET ${others.map((column) => `${column} = excluded.${column}`).join(', ')}` +
      // A row that had begun may be written late: the ended one stays.
      ` WHERE gw_audit.outcome = 'begun'`;
    INSERTS.set(size, sql);
  }
  return sql;
}
