import type { Grant } from '../grants/grant.ts';
import type { Grants } from '../grants/grants.ts';
import type { Route } from '../load/snapshot.ts';
import { Problem } from '../problem.ts';

/** Refreshes the token of a grant now; gives why that did not come to a new one. */
export async function refreshNow(grants: Grants<Route>, grant: Grant, route: Route): Promise<Problem | null> {
  const { credential } = route.connection;
  const { name } = route.connection;
  if (grant.credential?.reveal().kind !== 'oauth2' || credential.kind !== 'oauth2')
    return new Problem('conflict', `what the grant of ${name} holds is not a token that is refreshed`);
  const outcome = await grants.refresh(grant.id, { forced: true });
  return outcome;
}
