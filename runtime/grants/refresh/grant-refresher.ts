import { setTimeout as pause } from 'node:timers/promises';
import { StoreUnavailable } from '../../store/store-errors.ts';
import type { Grant } from '../grant.ts';
import { grantUse } from './grant-use.ts';
import { note, refreshUnderLock } from './refresh-under-lock.ts';
import type { RefreshParts, Unwritten } from './refresh-under-lock.ts';
import type { RefreshCause, Refreshed } from './refresh-types.ts';
import { hasTokensOf, writeTokens } from './write-tokens.ts';

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
/** How long to wait where another process has the lock. */
const BUSY_MS = 1000;
/** The pauses between two tries to write tokens grow from the first of these to the second. */
const WRITE_PAUSE_MS = { first: 200, longest: 5000 };
/** How many cool-downs are kept. */
const COOLING_MAX = 10_000;

interface Cooling {
  readonly reason: string;
  readonly until: number;
}

/** Gives the refresher of a process. */
export function grantRefresher(parts: RefresherParts): GrantRefresher {
  const underWay = new Map<string, Promise<Refreshed>>();
  const cooling = new Map<string, Cooling>();
  const unwritten = new Map<string, Unwritten>();
  const writing = new Set<Promise<void>>();
  const stopping = new AbortController();

  const refresh = async (id: string, cause: RefreshCause): Promise<Refreshed> => {
    const waits = cause !== 'due';
    const before = underWay.get(id);
    if (before !== undefined) {
      const outcome = await before;
      // One that nobody waited for gave up at once: whoever waits begins anew.
      if (!waits || outcome.kind !== 'later' || outcome.reason !== 'busy') return outcome;
      return await (underWay.get(id) ?? begin(id, cause));
    }
    return await begin(id, cause);
  };

  const begin = (id: string, cause: RefreshCause): Promise<Refreshed> => {
    const asked_at = parts.now();
    const held = refused(id, cause, asked_at);
    if (held !== null) return Promise.resolve(held);
    const asking = attempt(id, cause, asked_at)
      .catch((error: unknown) => failed(id, error))
      .then((outcome) => {
        if (outcome.kind === 'later' && outcome.reason !== 'busy')
          cool(id, { reason: outcome.reason, until: parts.now() + outcome.retry_after_ms });
        if (outcome.kind === 'usable') cooling.delete(id);
        if (outcome.kind === 'usable' || outcome.kind === 'broken') parts.changed(outcome.grant);
        return outcome;
      })
      .finally(() => underWay.delete(id));
    underWay.set(id, asking);
    return asking;
  };

  /** What is known without asking: a failure a moment ago, and tokens that wait to be written. */
  const refused = (id: string, cause: RefreshCause, now: number): Refreshed | null => {
    const waiting = unwritten.get(id);
    if (waiting !== undefined) {
      const grant: Grant = { ...waiting.before, ...waiting.patch };
      const isGood = cause !== 'forced' && now < grantUse(grant).usable_until;
      return isGood ? { kind: 'usable', grant } : { kind: 'unavailable', retry_after_ms: BUSY_MS };
    }
    const cooled = cooling.get(id);
    if (cooled === undefined || cause === 'forced') return null;
    if (now < cooled.until)
      return { kind: 'later', reason: cooled.reason, retry_after_ms: cooled.until - now };
    cooling.delete(id);
    return null;
  };

  const attempt = (id: string, cause: RefreshCause, asked_at: number): Promise<Refreshed> =>
    new Promise((resolve, reject) => {
      const wait_ms = cause === 'due' ? 0 : parts.timeout_ms + LOCK_MARGIN_MS;
      const holding = parts.store
        .withLock(id, wait_ms, async () => {
          const { refreshed, unwritten: left } = await refreshUnderLock(parts, { id, cause, asked_at });
          if (left !== null) unwritten.set(id, left);
          resolve(refreshed);
          // The lock is kept: whoever refreshed now would spend a token that is spent.
          if (left !== null) await writeUntilDone(id, left);
        })
        .then((outcome) => {
          if (outcome === 'busy') resolve({ kind: 'later', reason: 'busy', retry_after_ms: BUSY_MS });
        })
        // Without effect where it is resolved: a lock that ended badly takes nothing from what came of it.
        .catch(reject)
        .finally(() => writing.delete(holding));
      writing.add(holding);
    });

  const writeUntilDone = async (id: string, left: Unwritten): Promise<void> => {
    let wait_ms = WRITE_PAUSE_MS.first;
    for (;;) {
      await pause(wait_ms, null, { signal: stopping.signal }).catch(() => {});
      wait_ms = Math.min(wait_ms * 2, WRITE_PAUSE_MS.longest);
      const isWritten = await writeLate(left);
      if (isWritten || stopping.signal.aborted) {
        if (!isWritten) tell(left, { kind: 'lost' });
        unwritten.delete(id);
        return;
      }
    }
  };

  const writeLate = async (left: Unwritten): Promise<boolean> => {
    try {
      const written = await writeTokens(parts.store, left.before, left.patch);
      tell(left, { kind: 'written_late' });
      if (written !== 'gone') parts.changed(written);
      const asked = { grant: left.before, idp_host: left.idp_host };
      // A token that was not replaced is nothing that could have been lost.
      if (left.rotated) await note(parts, asked, 'refresh_rotation_persistence_failed', 'written later');
      await note(parts, asked, 'refresh_succeeded', null);
      return true;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) tell(left, { kind: 'internal', error });
      return false;
    }
  };

  const tell = (
    { before }: Unwritten,
    event: { kind: 'written_late' | 'lost' } | { kind: 'internal'; error: unknown },
  ): void => parts.tell({ connection: before.connection, grant: before.id, ...event });

  const failed = (id: string, error: unknown): Refreshed => {
    if (error instanceof StoreUnavailable)
      return { kind: 'unavailable', retry_after_ms: error.retry_after_ms };
    parts.tell({ kind: 'internal', connection: '', grant: id, error });
    return { kind: 'later', reason: 'internal', retry_after_ms: BUSY_MS };
  };

  const cool = (id: string, one: Cooling): void => {
    if (cooling.size >= COOLING_MAX) cooling.clear();
    cooling.set(id, one);
  };

  return {
    refresh,
    current: (row) => {
      const left = unwritten.get(row.id);
      return left === undefined || !hasTokensOf(row, left.before) ? row : { ...row, ...left.patch };
    },
    stop: async () => {
      stopping.abort();
      await Promise.all([...writing]);
    },
  };
}
