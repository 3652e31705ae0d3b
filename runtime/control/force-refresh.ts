import type { Grant } from '../grants/grant.ts';
import { retryAfter } from '../grants/grant-problems.ts';
import type { Grants } from '../grants/grants.ts';
import type { Route } from '../load/snapshot.ts';
import { Problem } from '../problem.ts';
import { storeAway } from './store-away.ts';
import { unknownId } from './visible.ts';

/** Refreshes the token of a grant now; gives why that did not come to one that can be used, or null. */
export async function refreshNow(grants: Grants<Route>, grant: Grant): Promise<Problem | null> {
  const { id, connection, credential } = grant;
  if (credential?.reveal().kind !== 'oauth2')
    return new Problem('conflict', `the grant of ${connection} holds no token that could be refreshed`);
  const outcome = await grants.refresh(id, { forced: true });
  switch (outcome.kind) {
    case 'usable':
      return null;
    case 'gone':
      return unknownId();
    case 'broken':
      return new Problem(
        'reconnect_needed',
        `the grant of ${connection} has to be connected anew (${outcome.reason}): POST /connections/${id}/reconnect`,
      );
    case 'later': {
      const detail = `there is no new token for ${connection} now (${outcome.reason})`;
      return new Problem('refresh_failed', detail, { headers: retryAfter(outcome.retry_after_ms) });
    }
    case 'unavailable':
      return storeAway(outcome.retry_after_ms);
  }
}
