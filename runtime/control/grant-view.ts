import { createHash } from 'node:crypto';
import { grantMethodOf } from '../../table/rules/auth-modes.ts';
import type { GrantMethod } from '../../table/rules/auth-modes.ts';
import type { Connection } from '../../table/types.ts';
import type { Grant, GrantStatus } from '../grants/grant.ts';
import { needsGrant } from '../grants/needs-grant.ts';
import type { Route } from '../load/snapshot.ts';

/** What the control API calls a connection: a grant, or one whose credential is declared. Times are RFC 3339, UTC. */
export interface ConnectionView {
  readonly connection_id: string;
  readonly status: GrantStatus;
  /** Why it is FAILED or EXPIRED. */
  readonly reason?: string;
  readonly creation_time: string;
  readonly last_updated_time: string;
  /** Opens the connect page; null but where the link was just made, for it is kept as a digest alone. */
  readonly url: string | null;
  readonly app: string;
  readonly method: GrantMethod | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** For admins: whose it is; null is everybody's. */
  readonly account?: string | null;
}

/** Gives an instant as the control API writes it: RFC 3339 with microseconds. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}

/** Gives an instant that may not be known. */
export function timeOrNull(ms: number | null): string | null {
  return ms === null ? null : timeText(ms);
}

/** Gives a grant as the control API shows it. */
export function grantView(grant: Grant, url: string | null = null): ConnectionView {
  return {
    connection_id: grant.id,
    status: grant.status,
    ...(grant.reason === null ? {} : { reason: grant.reason }),
    creation_time: timeText(grant.created_at),
    last_updated_time: timeText(grant.updated_at),
    url,
    app: grant.connection,
    method: grant.method,
    metadata: grant.account === null ? { source: 'shared' } : {},
  };
}

/** Gives a connection whose credential is declared. Where it is written is for admins. */
export function declaredView(
  { connection, unavailable }: Pick<Route, 'connection' | 'unavailable'>,
  { admin, loadedAt }: { readonly admin: boolean; readonly loadedAt: Date },
): ConnectionView {
  const time = timeText(loadedAt.getTime());
  return {
    connection_id: declaredId(connection.name),
    status: unavailable === null ? 'ACTIVE' : 'FAILED',
    ...(unavailable === null ? {} : { reason: 'connection_unavailable' }),
    creation_time: time,
    last_updated_time: time,
    url: null,
    app: connection.name,
    method: grantMethodOf(connection),
    metadata: { source: admin ? connection.at.replace(/:\d+$/, '') : 'declared' },
  };
}

/** Whose grants a connection is used through: each account's own, one that all share, or none, since its credential is declared. */
export type GrantsOf = 'accounts' | 'shared' | 'declared';

/** Gives whose grants a connection is used through. */
export function grantsOf(connection: Connection): GrantsOf {
  if (connection.grants) return 'accounts';
  return needsGrant(connection) ? 'shared' : 'declared';
}

/** Made up once, and never changed: ids of declared connections come from it. */
const NAMESPACE = Buffer.from('8c0f6c1e5f7d4b0fa7d0c3c6b1f2a94e', 'hex');

/** Gives the id of a declared connection, the same as long as its name is: a UUID, version 5 (RFC 9562 5.5). */
export function declaredId(name: string): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
