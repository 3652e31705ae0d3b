import type { QueueTeller } from './observe/audit/row-queue.ts';
import type { Counts } from './observe/counts.ts';
import type { Log } from './observe/log.ts';

/** Between two lines about the same thing. */
const TOLD_EVERY_MS = 10_000;

/** Gives what tells the log, now and then, and the counts, always, of rows that are not kept. */
export function tellAudit(log: Pick<Log, 'events'>, counts: Pick<Counts, 'dropped'>): QueueTeller {
  const lastTold = new Map<string, number>();
  const untold = new Map<string, number>();
  const mayTell = (what: string): boolean => {
    const now = performance.now();
    if (now - (lastTold.get(what) ?? -Infinity) < TOLD_EVERY_MS) return false;
    lastTold.set(what, now);
    return true;
  };
  return {
    dropped: (sink, rows) => {
      counts.dropped(sink, rows);
      const dropped = (untold.get(sink) ?? 0) + rows;
      untold.set(sink, dropped);
      if (!mayTell(`dropped ${sink}`)) return;
      untold.set(sink, 0);
      log.events.error({ sink, dropped }, 'rows of audit were dropped');
    },
    failing: (sink, error) => {
      if (!mayTell(`failing ${sink}`)) return;
      log.events.error(
        { sink, error: error instanceof Error ? error.message : 'not an Error' },
        'rows of audit cannot be written; see gateway.audit and gateway.store',
      );
    },
    healed: (sink) => log.events.info({ sink }, 'rows of audit are written again'),
  };
}
