import { Client } from 'pg';
import { sqliteDriver } from '../../runtime/store/sqlite-driver.ts';

/** A store into which nobody can write. */
export interface LockedStore {
  /** Ends it, and with it whatever waited to write. */
  release(): Promise<void>;
}

/** Keeps everybody else from writing grants into a store; what is there can be read. */
export async function lockedStore(url: string): Promise<LockedStore> {
  const path = /^sqlite:(.+)$/.exec(url)?.[1];
  if (path !== undefined) {
    const connection = new (await sqliteDriver())(path);
    connection.exec('PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE');
    return {
      release: async () => {
        connection.exec('ROLLBACK');
        connection.close();
      },
    };
  }
  const client = new Client(url);
  await client.connect();
  await client.query('BEGIN; LOCK TABLE gw_grants IN SHARE MODE');
  return {
    release: async () => {
      // A server goes on with the statement of a client that was killed, if it only waits for this lock.
      await client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'gw' AND datname = current_database()`,
      );
      await client.query('ROLLBACK');
      await client.end();
    },
  };
}
