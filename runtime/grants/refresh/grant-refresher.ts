import { StoreUnavailable } from '../../store/store-errors.ts';
import type { Grant } from '../grant.ts';
import { coolDowns } from './cool-downs.ts';
import { grantUse } from './grant-use.ts';
import { lateWrites } from './late-writes.ts';
import type { LateWrites } from './late-writes.ts';
import { refreshUnderLock } from './refresh-under-lock.ts';
import type { RefreshAsk, RefreshParts } from './refresh-under-lock.ts';
import { isForced } from './refresh-types.ts';
import type { RefreshCause, Refreshed } from './refresh-types.ts';

/** Refreshes grants, each one at a time over all processes that have the store. */
export interface GrantRefresher {
  /** Refreshes a grant, or gives what somebody else's refresh came to. Never rejects. */
  refresh(id: string, cause: RefreshCause): Promise<Refreshed>;
  /** Gives a grant of the store as it really is: with tokens that could not be written yet. */
  current(row: Grant): Grant;
  /** Waits for what is under way, and tries a last time to write what is not written. */
  stop(): Promise<void>;
}

/** What a refresher needs beside what refreshing needs. */
export interface RefresherParts extends RefreshParts {
  /** Told of a grant that has other tokens, or another status, than before. */
  readonly changed: (grant: Grant) => void;
}

/** How much longer than the authorization server somebody waits for a grant's lock. */
const LOCK_MARGIN_MS = 5000;
/** How long to wait where another process has the lock, or the store is away. */
const BUSY_MS = 1000;
const BUSY: Refreshed = { kind: 'later', reason: 'busy', retry_after_ms: BUSY_MS };

/** Gives the refresher of a process. */
export function grantRefresher(parts: RefresherParts): GrantRefresher {
  const underWay = new Map<string, { readonly forced: boolean; readonly refreshing: Promise<Refreshed> }>();
  const holding = new Set<Promise<unknown>>();
  const cooling = coolDowns();
  const late = lateWrites(parts);

  const begin = (ask: RefreshAsk): Promise<Refreshed> => {
    const { id, cause, asked_at } = ask;
    const known = waiting(late, ask) ?? (isForced(cause) ? null : cooling.until(id, asked_at));
    if (known !== null) return Promise.resolve(known);
    const { outcome, held } = underLock(parts, late, ask);
    holding.add(held);
    void held.finally(() => holding.delete(held));
    const refreshing = settled(ask, outcome).finally(() => underWay.delete(id));
    underWay.set(id, { forced: isForced(cause), refreshing });
    return refreshing;
  };

  const settled = async ({ id }: RefreshAsk, outcome: Promise<Refreshed>): Promise<Refreshed> => {
    const refreshed = await outcome.catch((error: unknown) => failed(id, error));
    if (refreshed.kind === 'later' && refreshed !== BUSY) cooling.begin(id, refreshed, parts.now());
    if (refreshed.kind === 'usable') cooling.end(id);
    if (refreshed.kind === 'usable' || refreshed.kind === 'broken') parts.changed(refreshed.grant);
    return refreshed;
  };

  const failed = (id: string, error: unknown): Refreshed => {
    if (error instanceof StoreUnavailable)
      return { kind: 'unavailable', retry_after_ms: error.retry_after_ms };
    parts.tell({ kind: 'internal', connection: '', grant: id, error });
    return { kind: 'later', reason: 'internal', retry_after_ms: BUSY_MS };
  };

  return {
    refresh: async (id, cause) => {
      const ask = { id, cause, asked_at: parts.now() };
      const before = underWay.get(id);
      const refreshed = await (before?.refreshing ?? begin(ask));
      // One that nobody waited for gave up at once, and one that nobody forced may have asked for nothing: whoever
      // waits, or forces, begins anew.
      const isDone = refreshed === BUSY ? cause === 'due' : before?.forced !== false || !isForced(cause);
      return isDone ? refreshed : await (underWay.get(id)?.refreshing ?? begin(ask));
    },
    current: (row) => late.current(row),
    stop: async () => {
      late.stop();
      await Promise.all(holding);
    },
  };
}

/** What is known of tokens that wait to be written: nothing is asked with them, for those of the store are spent. */
function waiting(late: LateWrites, { id, cause, asked_at }: RefreshAsk): Refreshed | null {
  const grant = late.waiting(id);
  if (grant === null) return null;
  return !isForced(cause) && asked_at < grantUse(grant).usable_until
    ? { kind: 'usable', grant }
    : { kind: 'unavailable', retry_after_ms: BUSY_MS };
}

/** Refreshes under the grant's lock. The outcome may be there before the lock is free: until tokens are written. */
function underLock(
  parts: RefreshParts,
  late: LateWrites,
  ask: RefreshAsk,
): { readonly outcome: Promise<Refreshed>; readonly held: Promise<void> } {
  const wait_ms = ask.cause === 'due' ? 0 : parts.timeout_ms + LOCK_MARGIN_MS;
  let held: Promise<void> = Promise.resolve();
  const outcome = new Promise<Refreshed>((resolve, reject) => {
    const refresh = async (lost: AbortSignal): Promise<void> => {
      const { refreshed, unwritten } = await refreshUnderLock(parts, ask, lost);
      const writing = unwritten === null ? null : late.write(unwritten);
      resolve(refreshed);
      // The lock is kept: whoever refreshed now would spend a token that is spent.
      await writing;
    };
    const lock = async (): Promise<void> => {
      try {
        if ((await parts.store.withLock(ask.id, wait_ms, refresh)) === 'busy') resolve(BUSY);
      } catch (error) {
        // Without effect behind an outcome: a lock that ended badly takes nothing from it.
        reject(error);
      }
    };
    held = lock();
  });
  return { outcome, held };
}
