import { StoreUnavailable } from '../../store/store-errors.ts';
import type { DueGrant, GrantStore } from '../store/grant-store.ts';
import { dueBefore, isDue } from './grant-use.ts';
import type { GrantRefresher } from './grant-refresher.ts';

/** How often the store is looked through. */
const EVERY_MS = 60_000;
/** Grants that are refreshed at once. */
const AT_ONCE = 8;
/** Rows that are read at once. */
const PAGE = 100;
/** How often what is over is deleted: every so many rounds. */
const PRUNE_ROUNDS = 60;

/** What the background needs. */
export interface LoopParts {
  readonly store: GrantStore;
  readonly refresher: GrantRefresher;
  readonly now: () => number;
  readonly failed: (error: unknown) => void;
  readonly every_ms?: number;
}

/**
 * Refreshes in the background what is near its end, so that no request waits for it and no refresh token that is used
 * seldom runs out; and has the store forget what is over. Gives the function that ends it, when the round under way
 * has ended.
 */
export function refreshLoop(parts: LoopParts): () => Promise<void> {
  let stopped = false;
  let rounds = 0;
  let timer: NodeJS.Timeout | undefined;
  const turn = async (): Promise<void> => {
    try {
      await refreshDue(parts, () => stopped);
      if (rounds % PRUNE_ROUNDS === 0) await parts.store.prune();
      rounds += 1;
    } catch (error) {
      // The next round tries again; requests tell of a store that is away.
      if (!(error instanceof StoreUnavailable)) parts.failed(error);
    }
    if (!stopped) timer = setTimeout(next, parts.every_ms ?? EVERY_MS).unref();
  };
  let round: Promise<void> = Promise.resolve();
  const next = (): void => {
    round = turn();
  };
  next();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await round;
  };
}

/** Refreshes every grant that is due, some at once; those that another process refreshes are left to it. */
async function refreshDue({ store, refresher, now }: LoopParts, isStopped: () => boolean): Promise<void> {
  for (let after: string | null = null; !isStopped();) {
    const page: readonly DueGrant[] = await store.dueForRefresh(dueBefore(now()), { after, limit: PAGE });
    const due = page.filter((grant) => isDue(grant, now()));
    const work = async (): Promise<void> => {
      for (let grant = due.shift(); grant !== undefined && !isStopped(); grant = due.shift())
        await refresher.refresh(grant.id, 'due');
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    after = page.at(-1)?.id ?? null;
    if (page.length < PAGE) return;
  }
}
