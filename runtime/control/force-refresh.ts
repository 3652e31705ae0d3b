import type { Grant } from '../grants/grant.ts';
import type { Grants } from '../grants/grants.ts';
import type { Route } from '../load/snapshot.ts';
import { Problem, retryAfter } from '../problem.ts';
import { storeAway } from './store-away.ts';
import { unknownId } from './visible.ts';

/**
 * Refreshes the token of a grant now; gives why that did not come to one that can be used, or null. `anew` is the
 * request by which the grant is connected anew, for where that alone helps.
 */
export async function refreshNow(grants: Grants<Route>, grant: Grant, anew: string): Promise<Problem | null> {
  const { connection, credential, method, reason } = grant;
  if (credential === null && (method === 'OAUTH2' || method === 'MCP'))
    return reconnectNeeded(connection, reason ?? 'nobody has done so yet', anew);
  if (credential?.reveal().kind !== 'oauth2')
    return new Problem(
      'conflict',
      `the grant of ${connection} holds no token that could be refreshed; what does not work any more is connected anew: ${anew}`,
    );
  const outcome = await grants.refresh(grant);
  switch (outcome.kind) {
    case 'usable':
      return null;
    case 'gone':
      return unknownId();
    case 'broken':
      return reconnectNeeded(connection, outcome.reason, anew);
    case 'later': {
      const detail = `there is no new token for ${connection} now (${outcome.reason})`;
      return new Problem('refresh_failed', detail, { headers: retryAfter(outcome.retry_after_ms) });
    }
    case 'unavailable':
      return storeAway(outcome.retry_after_ms);
  }
}

function reconnectNeeded(connection: string, reason: string, anew: string): Problem {
  return new Problem(
    'reconnect_needed',
    `the grant of ${connection} has to be connected anew (${reason}): ${anew}`,
  );
}
