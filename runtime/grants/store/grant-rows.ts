import type { GrantMethod } from '../../../table/rules/auth-modes.ts';
import { Hidden } from '../../hidden.ts';
import { seal } from '../../sealing/envelope.ts';
import type { SealingKeys } from '../../sealing/sealing-keys.ts';
import type { Grant, GrantCredential, GrantStatus } from '../grant.ts';
import type { Row, SqlValue } from '../../store/database.ts';
import type { DueGrant, GrantPatch } from './grant-store.ts';
import { GRANTS, placeOf } from './sealed-columns.ts';
import type { OpenValue } from './sealed-columns.ts';

/** The columns of a grant's row, in the order in which they are written. */
export const GRANT_COLUMNS: readonly (keyof Grant)[] = [
  'id',
  'connection',
  'account',
  'method',
  'status',
  'reason',
  'credential',
  'variables',
  'expires_at',
  'refresh_expires_at',
  'refreshed_at',
  'authenticated_at',
  'authenticated_by',
  'created_at',
  'updated_at',
  'revision',
];

/** Those that tell whether a grant is due. */
export const DUE_COLUMNS: readonly (keyof DueGrant)[] = [
  'id',
  'expires_at',
  'refresh_expires_at',
  'refreshed_at',
  'authenticated_at',
  'created_at',
];

/** Whose the secrets of a row are: what they are bound to. */
export type GrantOwner = Pick<Grant, 'id' | 'connection' | 'account'>;

/** Gives the columns that a patch changes, its secrets sealed for their grant. */
export function patchedColumns(
  { credential, variables, ...plain }: GrantPatch,
  owner: GrantOwner,
  keys: SealingKeys,
): Record<string, SqlValue> {
  const sealed = (column: string, secret: Hidden<unknown>): string =>
    seal(JSON.stringify(secret.reveal()), placeOf(GRANTS, { ...owner }, column), keys);
  return {
    ...plain,
    ...(credential === undefined
      ? {}
      : { credential: credential === null ? null : sealed('credential', credential) }),
    ...(variables === undefined ? {} : { variables: sealed('variables', variables) }),
  };
}

/** Gives the grant of a row. One whose secrets do not open is FAILED: nothing must be sent with it. */
export function grantOf(row: Row, openValue: OpenValue): Grant {
  const secret = (column: string): Hidden<string> | null =>
    row[column] === null ? null : openValue(String(row[column]), placeOf(GRANTS, row, column));
  const credential = secret('credential');
  const variables = secret('variables');
  const isReadable = variables !== null && (credential !== null || row['credential'] === null);
  return {
    connection: String(row['connection']),
    account: textOf(row['account']),
    method: row['method'] as GrantMethod,
    status: isReadable ? (row['status'] as GrantStatus) : 'FAILED',
    reason: isReadable ? textOf(row['reason']) : 'credential_unreadable',
    credential: isReadable && credential !== null ? parsed<GrantCredential>(credential) : null,
    variables: isReadable ? parsed<Record<string, string>>(variables) : new Hidden({}),
    ...dueGrantOf(row),
    authenticated_by: textOf(row['authenticated_by']),
    updated_at: Number(row['updated_at']),
    revision: Number(row['revision']),
  };
}

/** Gives the id and the times of a row. */
export function dueGrantOf(row: Row): DueGrant {
  return {
    id: String(row['id']),
    expires_at: numberOf(row['expires_at']),
    refresh_expires_at: numberOf(row['refresh_expires_at']),
    refreshed_at: numberOf(row['refreshed_at']),
    authenticated_at: numberOf(row['authenticated_at']),
    created_at: Number(row['created_at']),
  };
}

/** What was sealed is as it was written: nobody without the key could have changed it. */
function parsed<T>(text: Hidden<string>): Hidden<T> {
  return new Hidden(JSON.parse(text.reveal()) as T);
}

export function textOf(value: SqlValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

function numberOf(value: SqlValue | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}
