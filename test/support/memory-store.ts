import { randomUUID } from 'node:crypto';
import type { ConnectSession, Grant, GrantEvent, OAuthState } from '../../runtime/grants/grant.ts';
import type { GrantStore } from '../../runtime/grants/store/grant-store.ts';
import { Hidden } from '../../runtime/hidden.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** What a store answers, by maps in memory: the rules once more, as plainly as they can be said. */
export function memoryStore(
  now: () => number,
): Omit<GrantStore, 'withLock' | 'reseal' | 'keysInUse' | 'health' | 'close'> {
  const grants = new Map<string, Grant>();
  const states = new Map<string, OAuthState>();
  const sessions = new Map<string, ConnectSession>();
  let events: GrantEvent[] = [];
  const select = (wanted: (grant: Grant) => boolean): Grant[] =>
    [...grants.values()].filter(wanted).sort((a, b) => a.created_at - b.created_at || (a.id < b.id ? -1 : 1));
  const stateOf = (session: ConnectSession): ConnectSession =>
    session.state === 'open' && session.expires_at <= now() ? { ...session, state: 'expired' } : session;
  const forget = (of: Map<string, { grant_id: string }>, grantId: string): void => {
    for (const [key, { grant_id }] of of) if (grant_id === grantId) of.delete(key);
  };
  const isEarlier = (
    one: Pick<Grant, 'created_at' | 'id'>,
    other: Pick<Grant, 'created_at' | 'id'>,
  ): boolean =>
    one.created_at < other.created_at || (one.created_at === other.created_at && one.id < other.id);

  return {
    create: async (fields) => {
      const grant: Grant = {
        status: 'PENDING',
        reason: null,
        credential: null,
        variables: new Hidden({}),
        expires_at: null,
        refresh_expires_at: null,
        refreshed_at: null,
        authenticated_at: null,
        authenticated_by: null,
        ...fields,
        id: randomUUID(),
        created_at: now(),
        updated_at: now(),
        revision: 1,
      };
      grants.set(grant.id, grant);
      return grant;
    },
    get: async (id) => grants.get(id) ?? null,
    list: async ({ account, connections, status, method }, { after, limit }) =>
      select(
        (grant) =>
          (account === undefined || grant.account === account) &&
          (connections === undefined || connections.includes(grant.connection)) &&
          (status === undefined || grant.status === status) &&
          (method === undefined || grant.method === method) &&
          (after === null || isEarlier(after, grant)),
      ).slice(0, limit),
    forAccount: async (connection, account) =>
      select(
        (grant) => grant.connection === connection && (grant.account === null || grant.account === account),
      ),
    update: async (id, revision, patch) => {
      const grant = grants.get(id);
      if (grant === undefined) return 'gone';
      if (grant.revision !== revision) return 'changed';
      const updated: Grant = { ...grant, ...patch, updated_at: now(), revision: revision + 1 };
      grants.set(id, updated);
      return updated;
    },
    rewrite: async () => {},
    delete: async (id) => {
      forget(states, id);
      forget(sessions, id);
      return grants.delete(id);
    },
    dueForRefresh: async ({ expires_before, refresh_expires_before }, { after, limit }) =>
      select(
        ({ id, status, expires_at, refresh_expires_at }) =>
          status === 'ACTIVE' &&
          ((expires_at !== null && expires_at < expires_before) ||
            (refresh_expires_at !== null && refresh_expires_at < refresh_expires_before)) &&
          id > (after ?? ''),
      )
        .toSorted((one, other) => (one.id < other.id ? -1 : 1))
        .slice(0, limit)
        .map(({ id, expires_at, refresh_expires_at, refreshed_at, authenticated_at, created_at }) => ({
          id,
          expires_at,
          refresh_expires_at,
          refreshed_at,
          authenticated_at,
          created_at,
        })),
    putState: async (state, { grant_id, content }) => {
      if (!grants.has(grant_id)) return 'gone';
      states.set(state, { grant_id, content, expires_at: now() + 10 * MINUTE });
      return 'kept';
    },
    takeState: async (state) => {
      const found = states.get(state);
      if (found === undefined || found.expires_at <= now()) return null;
      states.delete(state);
      return found;
    },
    putSession: async (token, grant_id) => {
      if (!grants.has(grant_id)) return 'gone';
      const session: ConnectSession = { grant_id, state: 'open', expires_at: now() + 30 * MINUTE };
      sessions.set(token, session);
      return session;
    },
    session: async (token) => {
      const session = sessions.get(token);
      return session === undefined ? null : stateOf(session);
    },
    useUpSession: async (token) => {
      const session = sessions.get(token);
      if (session === undefined || stateOf(session).state !== 'open') return false;
      sessions.set(token, { ...session, state: 'used' });
      return true;
    },
    revokeSessions: async (grantId) => forget(sessions, grantId),
    addEvent: async (event) => {
      const whole: GrantEvent = { ...event, id: randomUUID(), occurred_at: now() };
      events.push(whole);
      return whole;
    },
    events: async (of, limit) =>
      events
        .filter((event) =>
          'grant_id' in of ? event.grant_id === of.grant_id : event.connection === of.connection,
        )
        .toReversed()
        .slice(0, limit),
    prune: async () => {
      events = events.filter(({ occurred_at }) => occurred_at > now() - 90 * DAY);
      for (const [key, { expires_at }] of states) if (expires_at <= now()) states.delete(key);
      for (const [key, { expires_at }] of sessions) if (expires_at <= now() - DAY) sessions.delete(key);
    },
  };
}
