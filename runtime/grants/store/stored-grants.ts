import { randomUUID } from 'node:crypto';
import { Hidden } from '../../hidden.ts';
import type { SealingKeys } from '../../sealing/sealing-keys.ts';
import type { Grant } from '../grant.ts';
import type { Database, SqlValue } from '../../store/database.ts';
import { DUE_COLUMNS, dueGrantOf, GRANT_COLUMNS, grantOf, patchedColumns } from './grant-rows.ts';
import type { OpenValue } from './sealed-columns.ts';
import type { GrantFilter, GrantPosition, GrantStore, NewGrant } from './grant-store.ts';

const COLUMNS = GRANT_COLUMNS.join(', ');

/** What an id is; anything else that a caller names is not there. */
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What the parts of the store work with. */
export interface StoreParts {
  readonly database: Database;
  readonly keys: SealingKeys;
  readonly openValue: OpenValue;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

type StoredGrants = Pick<
  GrantStore,
  'create' | 'get' | 'list' | 'forAccount' | 'update' | 'rewrite' | 'delete' | 'withLock' | 'dueForRefresh'
>;

/** Gives the part of the store that keeps the grants themselves. */
export function storedGrants(parts: StoreParts): StoredGrants {
  const { database, openValue } = parts;
  const select = async (rest: string, values: readonly SqlValue[]): Promise<Grant[]> =>
    (await database.read(`SELECT ${COLUMNS} FROM gw_grants ${rest}`, values)).map((row) =>
      grantOf(row, openValue),
    );
  return {
    create: (fields) => create(parts, fields),
    get: async (id) => (ID.test(id) ? ((await select('WHERE id = ?', [id]))[0] ?? null) : null),
    list: (filter, { after, limit }) => {
      const { conditions, values } = conditionsOf(filter, after);
      const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
      return select(`${where} ORDER BY created_at, id LIMIT ?`, [...values, limit]);
    },
    forAccount: (connection, account) =>
      select('WHERE connection = ? AND (account = ? OR account IS NULL) ORDER BY created_at, id', [
        connection,
        account,
      ]),
    update: (id, revision, patch) => update(parts, { id, revision, patch }),
    rewrite: async (id) => {
      await database.write('UPDATE gw_grants SET revision = revision WHERE id = ?', [id]);
    },
    delete: async (id) => {
      if (!ID.test(id)) return false;
      const deleted = await database.write('DELETE FROM gw_grants WHERE id = ? RETURNING id', [id]);
      // Whoever still waits for the lock finds no grant under it.
      database.forgetLock(lockOf(id));
      return deleted.length > 0;
    },
    withLock: (id, wait_ms, held) => database.lock(lockOf(id), wait_ms, held),
    // One that was sealed with a key which this process was not given is not to hold up the others.
    dueForRefresh: async ({ expires_before, refresh_expires_before }, { after, limit }) =>
      (
        await database.read(
          `SELECT ${DUE_COLUMNS.join(', ')} FROM gw_grants WHERE status = 'ACTIVE'
           AND (expires_at < ? OR refresh_expires_at < ?) AND id > ? ORDER BY id LIMIT ?`,
          [expires_before, refresh_expires_before, after ?? '', limit],
        )
      ).map(dueGrantOf),
  };
}

async function create({ database, keys, openValue, now }: StoreParts, fields: NewGrant): Promise<Grant> {
  const { connection, account, ...patch } = fields;
  const owner = { id: randomUUID(), connection, account };
  const created_at = now();
  const row: Record<string, SqlValue> = {
    ...owner,
    ...patchedColumns({ status: 'PENDING', variables: new Hidden({}), ...patch }, owner, keys),
    created_at,
    updated_at: created_at,
    revision: 1,
  };
  const [written] = await database.write(
    `INSERT INTO gw_grants (${COLUMNS}) VALUES (${GRANT_COLUMNS.map(() => '?').join(', ')}) RETURNING ${COLUMNS}`,
    GRANT_COLUMNS.map((column) => row[column] ?? null),
  );
  if (written === undefined) throw new Error('the database gave back no row for one that it wrote');
  return grantOf(written, openValue);
}

async function update(
  { database, keys, openValue, now }: StoreParts,
  { id, revision, patch }: { id: string; revision: number; patch: Parameters<GrantStore['update']>[2] },
): Promise<Grant | 'changed' | 'gone'> {
  if (!ID.test(id)) return 'gone';
  const [found] = await database.read('SELECT connection, account, revision FROM gw_grants WHERE id = ?', [
    id,
  ]);
  if (found === undefined) return 'gone';
  if (Number(found['revision']) !== revision) return 'changed';
  const owner = { id, connection: String(found['connection']), account: found['account'] as string | null };
  const changes = patchedColumns(patch, owner, keys);
  // Names of columns alone go into the statement: those of a grant.
  const names = GRANT_COLUMNS.filter((column) => Object.hasOwn(changes, column));
  const [written] = await database.write(
    `UPDATE gw_grants SET ${names.map((column) => `${column} = ?, `).join('')}updated_at = ?, revision = revision + 1
     WHERE id = ? AND revision = ? RETURNING ${COLUMNS}`,
    [...names.map((column) => changes[column] ?? null), now(), id, revision],
  );
  return written === undefined ? 'changed' : grantOf(written, openValue);
}

function conditionsOf(
  { account, connections, status, method }: GrantFilter,
  after: GrantPosition | null,
): { readonly conditions: readonly string[]; readonly values: readonly SqlValue[] } {
  const parts: [condition: string, ...values: SqlValue[]][] = [];
  if (account === null) parts.push(['account IS NULL']);
  if (typeof account === 'string') parts.push(['account = ?', account]);
  if (connections !== undefined) parts.push([anyOf(connections.length), ...connections]);
  if (status !== undefined) parts.push(['status = ?', status]);
  if (method !== undefined) parts.push(['method = ?', method]);
  if (after !== null) parts.push(['(created_at, id) > (?, ?)', after.created_at, after.id]);
  return {
    conditions: parts.map(([condition]) => condition),
    values: parts.flatMap(([, ...values]) => values),
  };
}

function anyOf(count: number): string {
  return count === 0 ? '1 = 0' : `connection IN (${Array.from({ length: count }, () => '?').join(', ')})`;
}

function lockOf(id: string): string {
  return `gw grant ${id}`;
}
