import type { PlaceFault } from '../../../table/rules/place-destination.ts';
import { wholeFetch } from '../../6-forward/fetch-whole.ts';
import type { PoolSet } from '../../6-forward/pool-set.ts';
import { Hidden } from '../../hidden.ts';
import { StoreUnavailable } from '../../store/store-errors.ts';
import type { Grant, GrantEventType } from '../grant.ts';
import { grantSecrets } from '../grant-secrets.ts';
import { requestToken } from '../oauth/request-token.ts';
import { COOL_DOWN_MS } from '../oauth/token-use.ts';
import type { Failure, GivenTokens, TokenClient } from '../oauth/types.ts';
import { tokenClientOf } from '../sign-in.ts';
import type { SignIn } from '../sign-in.ts';
import type { GrantPatch, GrantStore } from '../store/grant-store.ts';
import { grantUse, isDue } from './grant-use.ts';
import { isForced } from './refresh-types.ts';
import type { RefreshCause, Refreshed, RefreshEvent } from './refresh-types.ts';
import { hasTokensOf, oauth2Of, refreshedPatch, writeTokens } from './write-tokens.ts';

/** What refreshing needs. */
export interface RefreshParts {
  readonly store: GrantStore;
  readonly pools: PoolSet;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** How long an authorization server may take. */
  readonly timeout_ms: number;
  /** How the table that serves now signs in to a connection; null where it does not, or has no such connection. */
  readonly signInOf: (connection: string) => SignIn | null;
  readonly tell: (event: RefreshEvent) => void;
}

/** Tokens that are in use, and not in the store. */
export interface Unwritten {
  /** As the store has it. */
  readonly before: Grant;
  readonly patch: GrantPatch;
  readonly rotated: boolean;
  readonly idp_host: string;
}

/** What came of it, and what still has to be written. */
export interface UnderLock {
  readonly refreshed: Refreshed;
  readonly unwritten: Unwritten | null;
}

/** What is refreshed, and why. */
export interface RefreshAsk {
  readonly id: string;
  readonly cause: RefreshCause;
  readonly asked_at: number;
}

/**
 * Refreshes a grant whose lock is held until it is `lost`: its row is read again, and nothing is asked where somebody else
 * was faster. Throws StoreUnavailable only where nothing was asked: once a token was given, it is given back, written or not.
 */
export async function refreshUnderLock(
  parts: RefreshParts,
  ask: RefreshAsk,
  lost: AbortSignal,
): Promise<UnderLock> {
  const grant = await parts.store.get(ask.id);
  if (grant === null) return plain({ kind: 'gone' });
  const held = oauth2Of(grant);
  const signIn = parts.signInOf(grant.connection);
  const isRevivable = isForced(ask.cause) && grant.status === 'EXPIRED';
  if (grant.status !== 'ACTIVE' && !isRevivable) return plain(broken(grant));
  if (held === null || signIn?.kind !== 'oauth2' || isAnswered(grant, held.access_token, ask))
    return plain({ kind: 'usable', grant });
  const client = tokenClientOf(signIn, grant.variables.reveal(), held.registered ?? null);
  if ('fault' in client) return plain(unfilled(parts, grant, client));
  // A refresh token that serves once is not spent where the one that replaces it could not be kept: the disk is full,
  // somebody has the store locked, or it is a standby, which can be read.
  if (held.refresh_token !== null) await parts.store.rewrite(grant.id);
  // Whoever has the lock now may be spending it.
  if (lost.aborted) throw new StoreUnavailable('the lock of the grant ended');
  const sent_at = parts.now();
  const outcome = await requestToken(
    client,
    {
      kind: 'refresh',
      refresh_token: held.refresh_token === null ? null : new Hidden(held.refresh_token),
      refresh_expires_at: grant.refresh_expires_at,
      known: grantSecrets(grant),
    },
    {
      fetch: wholeFetch({ pools: parts.pools, ...signIn.trust }),
      now: parts.now,
      timeout_ms: parts.timeout_ms,
    },
  );
  const idp_host = hostOf(client);
  return outcome.kind === 'ok'
    ? await keep(parts, { grant, idp_host }, outcome, sent_at)
    : plain(await fail(parts, { grant, idp_host }, outcome, ask));
}

function plain(refreshed: Refreshed): UnderLock {
  return { refreshed, unwritten: null };
}

function asItIs(grant: Grant): Refreshed {
  return grant.status === 'ACTIVE' ? { kind: 'usable', grant } : broken(grant);
}

function broken(grant: Grant): Refreshed {
  return { kind: 'broken', grant, reason: grant.reason ?? grant.status };
}

/** Tells whether a grant has what is asked for already. */
function isAnswered(grant: Grant, access_token: string, { cause, asked_at }: RefreshAsk): boolean {
  if (cause === 'expired') return asked_at < grantUse(grant).usable_until;
  if (cause === 'due') return !isDue(grant, asked_at);
  if (isForced(cause)) return grant.status === 'ACTIVE' && access_token !== cause.instead_of.reveal();
  return access_token !== cause.refused.reveal();
}

/** The authorization server whose tokens they are. */
interface Asked {
  readonly grant: Grant;
  readonly idp_host: string;
}

/** Whose history is added to. */
interface Noted {
  readonly grant: Pick<Grant, 'id' | 'connection'>;
  readonly idp_host: string;
}

async function keep(
  parts: RefreshParts,
  { grant, idp_host }: Asked,
  given: GivenTokens,
  sent_at: number,
): Promise<UnderLock> {
  const patch = refreshedPatch(grant, given, sent_at);
  const rotated = given.refresh_token !== 'kept';
  const told = { connection: grant.connection, grant: grant.id };
  try {
    const written = await writeTokens(parts.store, grant, patch);
    if (written === 'gone') return plain({ kind: 'gone' });
    // Somebody signed in anew meanwhile: what was given here is of no use to anybody.
    if (oauth2Of(written)?.access_token !== given.access_token.reveal()) return plain(asItIs(written));
    const lifetime_ms = given.expires_at === null ? null : given.expires_at - sent_at;
    parts.tell({ kind: 'refreshed', ...told, lifetime_ms });
    await note(parts, { grant, idp_host }, 'refresh_succeeded', null);
    return plain(asItIs(written));
  } catch (error) {
    // Whatever it is: the tokens of the store may be spent, and these are the only ones.
    const text = error instanceof StoreUnavailable ? error.message : 'a fault of ours';
    parts.tell({ kind: 'unwritten', ...told, rotated, error: text });
    if (!(error instanceof StoreUnavailable)) parts.tell({ kind: 'internal', ...told, error });
    const unwritten = { before: grant, patch, rotated, idp_host };
    return { refreshed: { kind: 'usable', grant: { ...grant, ...patch } }, unwritten };
  }
}

const SKIPPED: Readonly<Partial<Record<Failure['reason'], GrantEventType>>> = {
  refresh_token_missing: 'refresh_skipped_no_token',
  refresh_token_expired: 'refresh_skipped_expired',
};

async function fail(
  parts: RefreshParts,
  asked: Asked,
  failure: Failure,
  { cause, asked_at }: RefreshAsk,
): Promise<Refreshed> {
  const { grant } = asked;
  const { reason, detail } = failure;
  const told = { connection: grant.connection, grant: grant.id };
  const text = detail === null ? reason : `${reason}: ${detail}`;
  if (failure.kind === 'transient') {
    parts.tell({ kind: 'failed', ...told, failure, marked: false });
    await note(parts, asked, 'refresh_failed_transient', text);
    return { kind: 'later', reason, retry_after_ms: Math.max(COOL_DOWN_MS, failure.retry_after_ms ?? 0) };
  }
  const skipped = SKIPPED[reason];
  // Nobody was asked, and the access token may serve for long: no refresh token is no reason to end it early.
  if (skipped !== undefined && grant.status === 'ACTIVE' && asked_at < grantUse(grant).usable_until) {
    if (cause === 'due') return { kind: 'usable', grant };
    return { kind: 'broken', grant, reason };
  }
  const marked = await markExpired(parts.store, grant, reason);
  if (marked === 'gone') return { kind: 'gone' };
  // Somebody signed in anew meanwhile: what was refused is not theirs.
  if (!hasTokensOf(marked, grant)) return asItIs(marked);
  parts.tell({ kind: 'failed', ...told, failure, marked: grant.status === 'ACTIVE' });
  await note(parts, asked, skipped ?? 'refresh_failed_revoked', text);
  return { kind: 'broken', grant: marked, reason };
}

/** The row stays, with its reason. Where the store cannot be asked it is marked with the next attempt. */
async function markExpired(store: GrantStore, grant: Grant, reason: string): Promise<Grant | 'gone'> {
  try {
    return await writeTokens(store, grant, { status: 'EXPIRED', reason });
  } catch (error) {
    if (error instanceof StoreUnavailable) return { ...grant, status: 'EXPIRED', reason };
    throw error;
  }
}

/** The connection needs a variable that the grant does not have: it changed since, or does not fit. */
function unfilled(parts: RefreshParts, grant: Grant, { variable, fault }: PlaceFault): Refreshed {
  const reason = 'variables_unfit';
  const why = `the token URL cannot be filled in: ${variable ?? 'its variables'} ${fault}`;
  parts.tell({ kind: 'unfilled', connection: grant.connection, grant: grant.id, reason, why });
  return { kind: 'later', reason, retry_after_ms: COOL_DOWN_MS };
}

function hostOf({ refresh_url, token_url }: TokenClient): string {
  return new URL((refresh_url ?? token_url).url).host;
}

/** Adds to the history of a grant. What happened has happened, whether or not it can be noted: the log has it too. */
export async function note(
  { store, tell }: Pick<RefreshParts, 'store' | 'tell'>,
  { grant, idp_host }: Noted,
  type: GrantEventType,
  detail: string | null,
): Promise<void> {
  const { id: grant_id, connection } = grant;
  try {
    await store.addEvent({ grant_id, connection, type, actor: null, idp_host, detail });
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) tell({ kind: 'internal', connection, grant: grant_id, error });
  }
}
