import type { CredentialSource } from '../5-credential/credential-source.ts';
import { prepareToken } from '../5-credential/prepare-credential.ts';
import type { PreparedCredential } from '../5-credential/prepare-credential.ts';
import { Hidden } from '../hidden.ts';
import { Problem, retryAfter } from '../problem.ts';
import { broughtKey } from './brought.ts';
import type { Grant } from './grant.ts';
import { changedMeanwhile, connectAnew, storeUnavailable } from './grant-problems.ts';
import { MCP_BEARER } from './oauth/dynamic-client.ts';
import { COOL_DOWN_MS } from './oauth/token-use.ts';
import type { GrantRefresher } from './refresh/grant-refresher.ts';
import { grantUse } from './refresh/grant-use.ts';
import type { Refreshed } from './refresh/refresh-types.ts';
import { oauth2Of } from './refresh/write-tokens.ts';
import type { SignIn } from './sign-in.ts';

/** The access token of a grant: used while it is good, refreshed in time. */
export interface GrantSource extends CredentialSource {
  /** Takes the grant as it was read, or written, last. */
  see(grant: Grant): void;
}

/** What the source of a grant needs. */
export interface SourceParts {
  readonly signIn: SignIn;
  readonly refresher: GrantRefresher;
  readonly now: () => number;
}

/** How long a background attempt is not followed by another: another process may be at it. */
const DUE_PAUSE_MS = 5000;

/** Gives the source of a grant that has an access token. */
export function grantSource({ signIn, refresher, now }: SourceParts, first: Grant): GrantSource {
  const { connection } = signIn;
  const made = broughtKey(first).reveal();
  let grant = first;
  let use = grantUse(first);
  let prepared = prepare(signIn, first);
  let renewing: Promise<PreparedCredential | null> | null = null;
  let renewed_until = Number.NEGATIVE_INFINITY;
  let due_from = Number.NEGATIVE_INFINITY;

  const see = (next: Grant): void => {
    // What is read may be older than what was written here.
    if (next.revision < grant.revision) return;
    if (oauth2Of(next)?.access_token !== oauth2Of(grant)?.access_token) prepared = prepare(signIn, next);
    grant = next;
    use = grantUse(next);
  };
  const take = (refreshed: Refreshed): PreparedCredential | Problem => {
    if (refreshed.kind === 'usable') {
      // The route was made of what the grant had: a token goes where its own consent leads, and nowhere else.
      if (broughtKey(refreshed.grant).reveal() !== made) return changedMeanwhile(connection);
      see(refreshed.grant);
      return prepared;
    }
    if (refreshed.kind === 'unavailable') return storeUnavailable(refreshed.retry_after_ms);
    if (refreshed.kind !== 'later')
      return connectAnew(connection, refreshed.kind === 'gone' ? 'deleted' : refreshed.reason);
    return new Problem(
      'connection_unavailable',
      `an access token for ${connection.name} cannot be had just now (${refreshed.reason})`,
      { logged: { credential: refreshed.reason }, headers: retryAfter(refreshed.retry_after_ms) },
    );
  };
  const refreshBeside = (at: number): void => {
    if (at < due_from) return;
    due_from = at + DUE_PAUSE_MS;
    void refresher.refresh(grant.id, 'due').then(take);
  };

  const renewOnce = async (refused: PreparedCredential): Promise<PreparedCredential | null> => {
    const token = oauth2Of(grant)?.access_token ?? '';
    const next = take(await refresher.refresh(grant.id, { refused: new Hidden(token) }));
    return next instanceof Problem || next === refused ? null : next;
  };

  return {
    see,
    ready: () => {
      const at = now();
      if (prepared instanceof Problem || at >= use.usable_until) return null;
      if (at >= use.renew_from) refreshBeside(at);
      return prepared;
    },
    obtain: async () =>
      prepared instanceof Problem ? prepared : take(await refresher.refresh(grant.id, 'expired')),
    renew: async (refused) => {
      // Another request was faster.
      if (prepared !== refused) return prepared instanceof Problem ? null : prepared;
      if (renewing !== null) return await renewing;
      const at = now();
      // An upstream that says 401 whatever it is sent must not have tokens asked for with every request.
      if (at < renewed_until) return null;
      renewed_until = at + COOL_DOWN_MS;
      renewing = renewOnce(refused).finally(() => {
        renewing = null;
      });
      return await renewing;
    },
  };
}

function prepare({ connection }: SignIn, grant: Grant): PreparedCredential | Problem {
  const plan = connection.credential;
  const held = oauth2Of(grant);
  const send = plan.kind === 'oauth2' ? plan.oauth2.send : plan.kind === 'mcp' ? MCP_BEARER : null;
  if (send === null || held === null) return connectAnew(connection, 'no_token');
  const prepared = prepareToken(send, new Hidden(held.access_token), connection.at);
  // What no header can carry was refused when the answer was read; this is the second lock.
  return 'why' in prepared ? connectAnew(connection, 'token_malformed') : prepared;
}
