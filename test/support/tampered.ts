import { sqliteDriver } from '../../runtime/store/sqlite-driver.ts';
import { Client } from 'pg';

/** Runs statements against a store as somebody would who has its database, and no key. Gives the rows of the last. */
export async function tampered(
  url: string,
  ...statements: readonly string[]
): Promise<Record<string, unknown>[]> {
  const path = /^sqlite:(.+)$/.exec(url)?.[1];
  if (path !== undefined) {
    const connection = new (await sqliteDriver())(path);
    try {
      return statements.map((sql) => connection.prepare(sql).all() as Record<string, unknown>[]).at(-1) ?? [];
    } finally {
      connection.close();
    }
  }
  const client = new Client(url);
  await client.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const sql of statements) rows = (await client.query<Record<string, unknown>>(sql)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

const TABLES = ['gw_grants', 'gw_oauth_states', 'gw_connect_sessions', 'gw_grant_events', 'gw_migrations'];

/** Gives everything that a store holds, as text. */
export async function dumped(url: string): Promise<string> {
  const tables = [];
  for (const table of TABLES) tables.push(await tampered(url, `SELECT * FROM ${table} ORDER BY 1`));
  return JSON.stringify(tables);
}
