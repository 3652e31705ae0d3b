import { countExchange } from './count-exchange.ts';
import type { ExchangeAudit } from './audit-exchanges.ts';
import type { Observer } from './exchange.ts';
import type { Counts } from './observe/counts.ts';
import { stackOf } from './observe/log.ts';
import type { Log } from './observe/log.ts';

/** What exchanges are told to. */
export interface ObserverParts {
  readonly log: Log;
  readonly counts: Counts;
  /** null: nothing of them is kept. */
  readonly audit: ExchangeAudit | null;
}

/** Gives who is told of exchanges, and tells log, counts and audit. */
export function observeExchanges({ log, counts, audit }: ObserverParts): Observer {
  return {
    beforeSending: audit?.beforeSending ?? null,
    ended: (record) => {
      record.over = true;
      record.leave?.();
      log.exchange(record);
      countExchange(record, counts);
      audit?.ended(record);
    },
    refused: (problem, opened) => {
      log.refused(opened.id, problem);
      audit?.refused(problem, opened);
    },
    controlRefused: (id, problem) => log.controlRefused(id, problem),
    fault: (id, error) => {
      log.events.error({ request_id: id, error: stackOf(error) }, 'internal error');
    },
  };
}
