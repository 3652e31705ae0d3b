import { ReferenceGone } from './database.ts';
import type { Reconnecting } from './reconnecting.ts';
import { StoreUnavailable } from './store-errors.ts';

/** PostgreSQL's error code for a row that refers to one which is not there. */
const FOREIGN_KEY_VIOLATION = '23503';

/**
 * Classes of PostgreSQL's error codes (its manual, appendix A) that say: not now, or not this server. Connection,
 * transaction state (a standby is read-only), authorization, unknown database, rollback, resources, lock, an
 * operator, the system, itself.
 */
const NOT_NOW = /^(?:08|25|28|3D|40|53|55|57|58|F0|XX)/;

/** Classes that do not mean that the server is away: one call took too long, or gave way to another. */
const ONE_CALL = /^(?:40|55|57014)/;

/** Gives the error to throw for one that pg gave. What is not known as a passing state is a fault of ours. */
export function postgresFault(error: unknown, server: Reconnecting): Error {
  if (error instanceof StoreUnavailable) return error;
  if (!(error instanceof Error)) return new Error('pg threw what is no error', { cause: error });
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  if (code === FOREIGN_KEY_VIOLATION) return new ReferenceGone('', { cause: error });
  // What has no code of PostgreSQL's five characters comes from the socket, from TLS or from pg's deadlines.
  const isServers = code !== null && /^[0-9A-Z]{5}$/.test(code);
  if (isServers && !NOT_NOW.test(code)) return error;
  if (isServers && ONE_CALL.test(code)) return new StoreUnavailable(code);
  return new StoreUnavailable(code ?? 'no connection', Math.max(1000, server.lost()));
}
