import type { Connection } from '../../table/types.ts';

/**
 * Tells whether requests of a connection go out with a grant: those of the accounts under `grants: true`, else the
 * shared one where somebody has to sign in.
 */
export function needsGrant({ grants, credential }: Connection): boolean {
  return (
    grants ||
    credential.kind === 'oauth1' ||
    credential.kind === 'mcp' ||
    (credential.kind === 'oauth2' && credential.oauth2.grant === 'authorization_code')
  );
}
