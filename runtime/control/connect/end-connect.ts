import type { Grant, GrantCredential } from '../../grants/grant.ts';
import type { GrantStore } from '../../grants/store/grant-store.ts';
import { Hidden } from '../../hidden.ts';
import type { ControlAnswer } from '../control-answer.ts';
import { messagePage } from './message-page.ts';
import type { OpenConnect } from './open-connect.ts';
import { eventDetail, REASON_TEXTS } from './reasons.ts';
import type { ConnectReason } from './reasons.ts';

/** What signing in came to: everything that a grant is used with. */
export interface Obtained {
  /** null where a grant is made of variables alone. */
  readonly credential: GrantCredential | null;
  readonly variables: Readonly<Record<string, string>>;
  readonly expires_at: number | null;
  readonly refresh_expires_at: number | null;
}

/** How long whoever refreshes this grant just now is waited for. */
const LOCK_WAIT_MS = 10_000;

/**
 * Writes what was obtained into the grant, uses the link up, and gives the page that says how it ended. What cannot
 * be written is not connected, and the page says so.
 */
export async function completeConnect(
  open: OpenConnect,
  obtained: Obtained,
  idp_host: string | null,
): Promise<ControlAnswer> {
  const { grants, grant, by, asked } = open;
  const { store } = grants;
  const now = asked.now();
  const { credential, variables, expires_at, refresh_expires_at } = obtained;
  const patch = {
    status: 'ACTIVE',
    reason: null,
    credential: credential === null ? null : new Hidden(credential),
    variables: new Hidden(variables),
    expires_at,
    refresh_expires_at,
    refreshed_at: now,
    authenticated_at: now,
    authenticated_by: by,
  } as const;
  const before = await store.withLock(grant.id, LOCK_WAIT_MS, async () => {
    // Whoever was faster used the link up; whoever asked for another one took it away.
    if ((await store.session(open.token))?.state !== 'open') return 'over';
    const replaced = await writeOver(store, grant.id, patch);
    if (replaced !== 'gone') await store.useUpSession(open.token);
    return replaced;
  });
  if (before === 'busy') return failConnect(open, 'cancelled', { idp_host, said: null });
  if (before === 'over' || before === 'gone') {
    return messagePage(410, 'This link was used', [
      'It was used in another window, or a newer one has taken its place. What you did here was not kept.',
    ]);
  }
  grants.forget(grant);
  // What the consent before this one was given to is of no use any more.
  await grants.deregister(before);
  await store.addEvent({ ...eventOf(open), type: 'connect_completed', idp_host, detail: null });
  return connectedPage(open);
}

/**
 * Gives the grant as it was before. Another write may come between reading and writing: a refresh has the lock, but a
 * failed sign-in has not.
 */
async function writeOver(
  store: GrantStore,
  id: string,
  patch: Parameters<GrantStore['update']>[2],
): Promise<Grant | 'gone'> {
  for (;;) {
    const current = await store.get(id);
    if (current === null) return 'gone';
    const updated = await store.update(id, current.revision, patch);
    if (updated !== 'changed') return updated === 'gone' ? 'gone' : current;
  }
}

function connectedPage({ grant, route, signIn }: OpenConnect): ControlAnswer {
  const unchecked = signIn.kind === 'form' && (route.connection.catalog?.verify ?? null) === null;
  return messagePage(
    200,
    `${grant.connection} is connected`,
    [
      `Requests of ${accountOf(grant)} to ${grant.connection} can use it from now on. You can close this page.`,
      ...(unchecked ? ['Whether the service accepts it was not checked: its catalog says no way to.'] : []),
    ],
    { tone: 'good' },
  );
}

/** How a failure is told. */
export interface FailureTold {
  readonly idp_host: string | null;
  /** What the authorization server said, stripped: for the history alone. */
  readonly said: string | null;
}

/** Gives the page of a sign-in that came to nothing, and writes that down. A grant that worked goes on working. */
export async function failConnect(
  open: OpenConnect,
  reason: ConnectReason,
  { idp_host, said }: FailureTold,
): Promise<ControlAnswer> {
  await writeFailure(open, reason, { idp_host, said });
  const { grant, asked, token } = open;
  const again = `${asked.base}/connect?session_token=${encodeURIComponent(token)}`;
  return messagePage(200, `${grant.connection} is not connected`, [REASON_TEXTS[reason]], { again });
}

/** Writes down that a sign-in came to nothing. */
export async function writeFailure(
  open: OpenConnect,
  reason: ConnectReason,
  { idp_host, said }: FailureTold,
): Promise<void> {
  const { store } = open.grants;
  await store.addEvent({
    ...eventOf(open),
    type: 'connect_failed',
    idp_host,
    detail: eventDetail(reason, said),
  });
  const current = await store.get(open.grant.id);
  if (current === null || (current.status !== 'PENDING' && current.status !== 'FAILED')) return;
  // One that was changed meanwhile is left to whoever changed it.
  await store.update(current.id, current.revision, { status: 'FAILED', reason });
}

/** Gives what every event of a sign-in says. */
export function eventOf({ grant, by }: OpenConnect): {
  grant_id: string;
  connection: string;
  actor: string | null;
} {
  return { grant_id: grant.id, connection: grant.connection, actor: by };
}

/** Names whose grant it is, for people. */
export function accountOf({ account }: Pick<Grant, 'account'>): string {
  return account === null ? 'all accounts' : `the account ${account}`;
}
