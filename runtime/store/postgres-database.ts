import { createHash } from 'node:crypto';
import { Pool, types } from 'pg';
import type { PoolClient, PoolConfig } from 'pg';
import type { Hidden } from '../hidden.ts';
import { askAgain } from './ask-again.ts';
import { storable } from './database.ts';
import type { Database, Queries, Row, Transaction } from './database.ts';
import { postgresFault } from './postgres-fault.ts';
import { reconnecting } from './reconnecting.ts';
import type { Reconnecting } from './reconnecting.ts';
import { turns } from './turns.ts';

/** Sockets for statements, and as many more as locks are held at once: a holder needs a socket besides its lock's. */
const SOCKETS = 10;
const LOCKS_AT_ONCE = 16;

/** The server gives a statement up first; a server that says nothing at all is given up a little later. */
const CONNECT_MS = 5000;
const STATEMENT_MS = 5000;
const ANSWER_MS = 6000;
const IDLE_MS = 30_000;

/** Type ids of PostgreSQL's bigint. Ours are times and counts, far below 2^53. */
const BIGINT = 20;

/**
 * Opens the PostgreSQL database of a URL. Sockets are made when they are needed and forgotten when they break; a
 * server that cannot be reached is asked again after a pause that grows to 5 s. `sslmode` other than `disable` and
 * `no-verify` means a checked certificate and name.
 */
export function openPostgres(url: Hidden<string>): Database {
  const server = reconnecting();
  const pool = poolOf(url, SOCKETS);
  const lockPool = poolOf(url, LOCKS_AT_ONCE);
  let closing: Promise<void> | undefined;
  return {
    ...queriesOf(pool, server),
    transaction: (steps) => inTransaction(pool, server, steps),
    lock: postgresLock(lockPool, server),
    forgetLock: () => {},
    close: () => (closing ??= closed([pool, lockPool])),
  };
}

async function closed(pools: readonly Pool[]): Promise<void> {
  await Promise.all(pools.map((pool) => pool.end()));
}

function poolOf(url: Hidden<string>, max: number): Pool {
  const config: PoolConfig = {
    connectionString: checkedCertificates(url.reveal()),
    max,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: ANSWER_MS,
    idleTimeoutMillis: IDLE_MS,
    keepAlive: true,
    application_name: 'gw',
    types: {
      getTypeParser: ((oid: number, format?: 'text') =>
        oid === BIGINT ? Number : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
    },
  };
  const pool = new Pool(config);
  // An idle socket broke. The pool has let go of it already, and whoever comes next gets another.
  pool.on('error', () => {});
  return pool;
}

/** pg checks certificates under these names too, and prints a warning that its next version will not. */
function checkedCertificates(url: string): string {
  return url.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/, '$1verify-full');
}

/** Gives the queries of a pool or of one socket, with pg's errors turned into ours. */
function queriesOf(socket: Pool | PoolClient, server: Reconnecting): Queries {
  const query: Queries['read'] = (sql, values) =>
    asking(server, async () => (await socket.query(numbered(sql), storable(values))).rows as Row[]);
  return { read: query, write: query };
}

async function asking<T>(server: Reconnecting, ask: () => Promise<T>): Promise<T> {
  server.mayAsk();
  try {
    const outcome = await ask();
    server.reached();
    return outcome;
  } catch (error) {
    throw postgresFault(error, server);
  }
}

/** Gives a statement with PostgreSQL's `$1` in place of `?`. None of our statements has a `?` that is no value. */
function numbered(sql: string): string {
  let number = 0;
  return sql.replaceAll('?', () => `$${(number += 1)}`);
}

/** A socket that is ours until it is given back. */
interface Socket {
  readonly queries: Transaction;
  /** Aborted when it breaks. */
  readonly lost: AbortSignal;
  /** One that is not `reusable` is closed: the server rolls back what was not committed on it. */
  giveBack(reusable: boolean): void;
}

async function socketOf(pool: Pool, server: Reconnecting): Promise<Socket> {
  const client = await asking(server, () => pool.connect());
  const broken = new AbortController();
  const breaks = (): void => broken.abort();
  client.on('error', breaks);
  return {
    queries: {
      ...queriesOf(client, server),
      script: async (sql) => void (await asking(server, () => client.query(sql))),
    },
    lost: broken.signal,
    giveBack: (reusable) => {
      client.off('error', breaks);
      client.release(!reusable || broken.signal.aborted);
    },
  };
}

async function inTransaction<T>(
  pool: Pool,
  server: Reconnecting,
  steps: (within: Transaction) => Promise<T>,
): Promise<T> {
  const socket = await socketOf(pool, server);
  let isCommitted = false;
  try {
    await socket.queries.script('BEGIN');
    const outcome = await steps(socket.queries);
    await socket.queries.script('COMMIT');
    isCommitted = true;
    return outcome;
  } finally {
    socket.giveBack(isCommitted);
  }
}

/** Gives advisory locks of a transaction: they hold behind a pooler too, where statements of a session may meet others. */
function postgresLock(pool: Pool, server: Reconnecting): Database['lock'] {
  const ours = turns(LOCKS_AT_ONCE);
  return (key, wait_ms, held) =>
    ours.take(key, wait_ms, async () => {
      const socket = await socketOf(pool, server);
      try {
        await socket.queries.script('BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0');
        const isHeld = await askAgain(() => tryLock(socket.queries, key), wait_ms);
        return isHeld === true ? await held(socket.lost) : 'busy';
      } finally {
        socket.giveBack(await isReleased(socket.queries));
      }
    });
}

async function tryLock(queries: Queries, key: string): Promise<true | undefined> {
  const sql = 'SELECT 1 AS held WHERE pg_try_advisory_xact_lock(CAST(? AS BIGINT))';
  const [row] = await queries.read(sql, [lockNumber(key)]);
  return row === undefined ? undefined : true;
}

/** PostgreSQL's locks are 64-bit numbers, shared by all programs of a database: ours are digests. */
function lockNumber(key: string): string {
  return createHash('sha256').update(key).digest().readBigInt64BE().toString();
}

/** Tells whether the socket still answers. If not, it is closed, and the server ends the lock with it. */
async function isReleased(queries: Transaction): Promise<boolean> {
  try {
    await queries.script('COMMIT');
    return true;
  } catch {
    return false;
  }
}
