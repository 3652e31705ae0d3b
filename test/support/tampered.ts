import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
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

/** Gives everything that a store holds, table by table, as text. */
export async function dumped(url: string): Promise<string> {
  const names = url.startsWith('sqlite:')
    ? `SELECT name FROM sqlite_master WHERE type = 'table'`
    : `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`;
  const tables: [name: string, rows: unknown][] = [];
  for (const { name } of await tampered(url, `${names} ORDER BY 1`))
    tables.push([String(name), await tampered(url, `SELECT * FROM ${String(name)} ORDER BY 1`)]);
  return JSON.stringify(tables);
}

/** Gives a digest of the bytes of an embedded store's files, '' for a server's. */
export function fileDigest(url: string): string {
  const path = /^sqlite:(.+)$/.exec(url)?.[1];
  if (path === undefined) return '';
  const digest = createHash('sha256');
  for (const file of [path, `${path}-wal`]) digest.update(existsSync(file) ? readFileSync(file) : '-');
  return digest.digest('hex');
}
