import type { Grant } from '../grants/grant.ts';
import type { Grants } from '../grants/grants.ts';
import type { Route } from '../load/snapshot.ts';
import type { Problem } from '../problem.ts';
import { connectUrl, newSessionToken } from './connect/session-token.ts';
import { jsonAnswer } from './control-answer.ts';
import type { ControlAnswer } from './control-answer.ts';
import type { CallerAsked } from './control-route.ts';
import { grantView, timeText } from './grant-view.ts';
import type { ConnectionView } from './grant-view.ts';
import { eventReason } from './connect/reasons.ts';
import { unknownId } from './visible.ts';

/** How many events are shown. */
const EVENTS_MAX = 30;

/** Gives a grant with a new link to its connect page: those that were given out before do not open it any more. */
export async function withNewLink(
  { base, caller }: CallerAsked,
  { store }: Grants<Route>,
  grant: Grant,
): Promise<ConnectionView | Problem> {
  const token = newSessionToken(caller.name);
  await store.revokeSessions(grant.id);
  if ((await store.putSession(token.reveal(), grant.id)) === 'gone') return unknownId();
  return grantView(grant, connectUrl(base, token));
}

/** Deletes a grant, and with it what it was about to become. */
export async function deleteGrant(
  { caller }: CallerAsked,
  grants: Grants<Route>,
  grant: Grant,
): Promise<ControlAnswer | Problem> {
  const { id, connection } = grant;
  const deleted = await grants.store.delete(id);
  grants.forget(grant);
  if (!deleted) return unknownId();
  const event = { type: 'grant_deleted', actor: caller.name, idp_host: null, detail: null } as const;
  await grants.store.addEvent({ grant_id: id, connection, ...event });
  await grants.deregister(grant);
  return jsonAnswer(200, { connection_id: id, deleted: true });
}

/** Gives what happened to a grant, newest first. What an authorization server said is for admins. */
export async function eventsOf(
  { store }: Grants<Route>,
  id: string,
  { admin }: { readonly admin: boolean },
): Promise<ControlAnswer> {
  const events = await store.events({ grant_id: id }, EVENTS_MAX);
  return jsonAnswer(200, {
    events: events.map(({ id: event_id, occurred_at, connection, type, actor, idp_host, detail }) => ({
      id: event_id,
      occurred_at: timeText(occurred_at),
      app: connection,
      event_type: type,
      actor,
      ...(admin ? { idp_host, detail } : { reason: eventReason(detail) }),
    })),
  });
}
