import type { Database } from './database.ts';
import type { Migration } from './read-migrations.ts';
import { StoreNewer, StoreUnavailable } from './store-errors.ts';

/** How long one process waits for another that brings the schema up to date. */
const MIGRATION_WAIT_MS = 60_000;

const LEDGER = `CREATE TABLE IF NOT EXISTS gw_migrations (
  number BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)`;

/**
 * Brings the schema up to date: what is missing is applied in order, each step whole or not at all, by one process
 * at a time. Gives what `check` gives, which comes before anything is changed and is told which schema is there (0:
 * none); what it throws leaves the store as it was. Throws StoreNewer for a schema that this program does not know.
 */
export async function migrate<T>(
  database: Database,
  migrations: readonly Migration[],
  check: (schema: number) => Promise<T>,
): Promise<T> {
  const outcome = await database.lock('gw migrations', MIGRATION_WAIT_MS, async () => {
    await database.write(LEDGER, []);
    const [row] = await database.read('SELECT COALESCE(MAX(number), 0) AS number FROM gw_migrations', []);
    const found = Number(row?.['number']);
    if (found > migrations.length) throw new StoreNewer(found, migrations.length);
    const checked = await check(found);
    for (const migration of migrations.slice(found)) await apply(database, migration);
    return { checked };
  });
  if (outcome === 'busy') throw new StoreUnavailable('another process is changing the schema');
  return outcome.checked;
}

async function apply(database: Database, { number, name, sql }: Migration): Promise<void> {
  await database.transaction(async (within) => {
    await within.script(sql);
    await within.write('INSERT INTO gw_migrations (number, name, applied_at) VALUES (?, ?, ?)', [
      number,
      name,
      Date.now(),
    ]);
  });
}
