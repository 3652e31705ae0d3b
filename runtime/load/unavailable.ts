import type { Connection } from '../../table/types.ts';

/** Gives why this program cannot serve a connection, or null. Such a connection answers 503, never without its credential. */
export function unavailableBecause(connection: Connection): string | null {
  if (connection.grants) return 'grants are not served by this version';
  if (['oauth2', 'oauth1', 'mcp'].includes(connection.credential.kind)) {
    return `auth_mode ${connection.auth_mode} is not served by this version`;
  }
  return null;
}
