import { wholeFetch } from '../6-forward/fetch-whole.ts';
import type { Grant } from './grant.ts';
import type { DynamicClient } from './oauth/dynamic-client.ts';
import { deregisterClient } from './oauth/deregister-client.ts';
import { note } from './refresh/refresh-under-lock.ts';
import type { RefreshParts } from './refresh/refresh-under-lock.ts';
import { oauth2Of } from './refresh/write-tokens.ts';

/**
 * Has the client deregistered that was registered for a grant's sign-in, where its server has that. What keeps it from
 * being done is told in log and history; nothing waits for it to be mended.
 */
export async function deregister(
  parts: RefreshParts,
  grant: Pick<Grant, 'id' | 'connection' | 'credential'>,
): Promise<void> {
  const management = registeredFor(grant)?.management;
  if (management === undefined) return;
  const left = await leftBecause(parts, grant, management);
  if (left === null) return;
  parts.tell({ kind: 'client_left', connection: grant.connection, grant: grant.id, reason: left });
  const idp_host = new URL(management.at.url).host;
  await note(parts, { grant, idp_host }, 'client_deregistration_failed', left);
}

/** Gives the client that was registered for a grant; null where the operator registered it, or there is none. */
function registeredFor(grant: Pick<Grant, 'credential'>): DynamicClient | null {
  return oauth2Of(grant)?.registered ?? null;
}

async function leftBecause(
  { pools, now, timeout_ms, signInOf }: RefreshParts,
  { connection }: Pick<Grant, 'connection'>,
  management: NonNullable<DynamicClient['management']>,
): Promise<string | null> {
  const signIn = signInOf(connection);
  // How its TLS is trusted, and which addresses may be asked, is not known any more.
  if (signIn === null) return 'the table has no such connection any more';
  const { allow_private } = signIn.connection;
  const call = { fetch: wholeFetch({ pools, ...signIn.trust }), now, timeout_ms };
  const failed = await deregisterClient(management, { call, allow_private });
  if (failed === null) return null;
  return failed.kind === 'unfit' ? failed.detail : failed.reason;
}
