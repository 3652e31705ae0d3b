import type { Grant, GrantEvent, GrantEventType } from '../grants/grant.ts';
import type { Grants } from '../grants/grants.ts';
import type { Route } from '../load/snapshot.ts';
import { timeOrNull, timeText } from './grant-view.ts';

/** How many events back the last revocation is looked for. */
const EVENTS_MAX = 100;

/** What an admin is told of a grant's tokens. No token and no secret is in it; looking refreshes nothing. */
export interface GrantStatusView {
  /** Whether the table has the connection, and it can be signed in to. */
  readonly configured: boolean;
  readonly method: string;
  readonly token_acquired: boolean;
  readonly expires_at: string | null;
  readonly last_refreshed_at: string | null;
  readonly has_refresh_token: boolean;
  readonly refresh_expires_at: string | null;
  readonly needs_reauth: boolean;
  /** What the newest event says, where it is a failure. */
  readonly last_error: FailureView | null;
  readonly last_revocation: FailureView | null;
  /** As it is written; a `{variable}` in it is the account's. */
  readonly token_url: string | null;
  readonly scope: string | null;
  readonly authenticated_by: string | null;
  readonly authenticated_at: string | null;
}

interface FailureView {
  readonly occurred_at: string;
  readonly event_type: GrantEventType;
  readonly reason: string | null;
  readonly idp_host: string | null;
}

/** Gives the status of a grant. */
export async function grantStatus(
  { store }: Grants<Route>,
  grant: Grant,
  route: Route | null,
): Promise<GrantStatusView> {
  const events = await store.events({ grant_id: grant.id }, EVENTS_MAX);
  const [newest] = events;
  const revoked = events.find(({ type }) => type === 'refresh_failed_revoked');
  const held = grant.credential?.reveal() ?? null;
  const plan = route?.connection.credential;
  return {
    configured: (route?.signIn ?? null) !== null,
    method: grant.method,
    token_acquired: held !== null,
    expires_at: timeOrNull(grant.expires_at),
    last_refreshed_at: timeOrNull(grant.refreshed_at),
    has_refresh_token: held?.kind === 'oauth2' && held.refresh_token !== null,
    refresh_expires_at: timeOrNull(grant.refresh_expires_at),
    needs_reauth: grant.status !== 'ACTIVE',
    last_error: newest !== undefined && isFailure(newest.type) ? failureView(newest) : null,
    last_revocation: revoked === undefined ? null : failureView(revoked),
    token_url:
      plan?.kind === 'oauth2'
        ? plan.oauth2.token_url
        : plan?.kind === 'oauth1'
          ? plan.oauth1.token_url
          : null,
    scope: held?.kind === 'oauth2' ? held.scope : null,
    authenticated_by: grant.authenticated_by,
    authenticated_at: timeOrNull(grant.authenticated_at),
  };
}

/** Tells whether an event is that something did not work. */
export function isFailure(type: GrantEventType): boolean {
  return type.includes('_failed') || type.includes('_skipped');
}

function failureView({ occurred_at, type, detail, idp_host }: GrantEvent): FailureView {
  return { occurred_at: timeText(occurred_at), event_type: type, reason: detail, idp_host };
}
