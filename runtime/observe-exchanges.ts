import { countExchange } from './count-exchange.ts';
import type { Observer } from './exchange.ts';
import type { Counts } from './observe/counts.ts';
import type { Log } from './observe/log.ts';

/** What exchanges are told to. */
export interface ObserverParts {
  readonly log: Log;
  readonly counts: Counts;
}

/** Gives who is told of exchanges, and tells log and counts. */
export function observeExchanges({ log, counts }: ObserverParts): Observer {
  return {
    ended: (record) => {
      log.exchange(record);
      countExchange(record, counts);
    },
    fault: (id, error) => {
      log.events.error(
        { request_id: id, error: error instanceof Error ? error.stack : 'not an Error' },
        'internal error',
      );
    },
  };
}
