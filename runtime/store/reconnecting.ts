import { StoreUnavailable } from './store-errors.ts';

/** How long nobody asks a server that could not be reached: doubled each time, up to the longest. */
const PAUSE_MS = { first: 100, longest: 5000 };

/**
 * Keeps many callers from waiting, each until its deadline, for a server that is away: after a failure all are
 * refused at once for a while, then whoever comes next tries.
 */
export interface Reconnecting {
  /** Throws StoreUnavailable during a pause. */
  mayAsk(): void;
  reached(): void;
  /** Begins a pause, longer than the one before; gives its length. */
  lost(): number;
}

/** Gives the pauses of one server, by a clock that only goes forward. */
export function reconnecting(): Reconnecting {
  let pause_ms = 0;
  let until = 0;
  return {
    mayAsk: () => {
      const left = until - performance.now();
      if (left > 0) throw new StoreUnavailable('waiting to connect again', Math.ceil(left));
    },
    reached: () => {
      pause_ms = 0;
      until = 0;
    },
    lost: () => {
      // What fails together counts once.
      if (performance.now() < until) return until - performance.now();
      pause_ms = pause_ms === 0 ? PAUSE_MS.first : Math.min(pause_ms * 2, PAUSE_MS.longest);
      until = performance.now() + pause_ms;
      return pause_ms;
    },
  };
}
