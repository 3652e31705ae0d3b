import { setTimeout as pause } from 'node:timers/promises';
import type { AuditStore } from './audit-store.ts';
import type { QueueTeller } from './row-queue.ts';

/** How often rows are looked for that are too old, and how soon first. */
const FIRST_MS = 60_000;
const EVERY_MS = 60 * 60_000;
/** Between two batches, so that rows are written in between. */
const BETWEEN_MS = 50;

/** Removes rows from the background once they are older than `retention_ms`. Gives what stops it. */
export function keepPruned(
  store: Pick<AuditStore, 'prune'>,
  retention_ms: number,
  tell: Pick<QueueTeller, 'failing'>,
): () => void {
  let stopped = false;
  const prune = async (): Promise<void> => {
    try {
      await pruneAll(store, retention_ms, () => stopped);
    } catch (error) {
      tell.failing('store', error);
    }
  };
  const first = setTimeout(() => void prune(), FIRST_MS).unref();
  const later = setInterval(() => void prune(), EVERY_MS).unref();
  return () => {
    stopped = true;
    clearTimeout(first);
    clearInterval(later);
  };
}

/** Removes every row that is older than `retention_ms` now, in small batches. Gives how many. */
export async function pruneAll(
  store: Pick<AuditStore, 'prune'>,
  retention_ms: number,
  isStopped: () => boolean = () => false,
): Promise<number> {
  const before = Date.now() - retention_ms;
  let removed = 0;
  while (!isStopped()) {
    const some = await store.prune(before);
    removed += some;
    if (some === 0) break;
    await pause(BETWEEN_MS, undefined, { ref: false });
  }
  return removed;
}
