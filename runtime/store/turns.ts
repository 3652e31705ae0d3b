/** Work that is done one at a time for each key, and for all keys `limit` at a time. */
export interface Turns {
  /** Gives what `work` gives, or 'busy' if its turn does not come within `wait_ms`. First come, first served. */
  take<T>(key: string, wait_ms: number, work: () => Promise<T>): Promise<T | 'busy'>;
}

interface Waiting {
  readonly key: string;
  readonly start: () => void;
}

/** Gives turns within this process, so that only the first of many waiters asks the database. */
export function turns(limit: number): Turns {
  const taken = new Set<string>();
  const waiting = new Set<Waiting>();
  const isFree = (key: string): boolean => taken.size < limit && !taken.has(key);

  /** Tells whether the turn came in time. */
  const wait = (key: string, wait_ms: number): Promise<boolean> =>
    new Promise((resolve) => {
      const one: Waiting = {
        key,
        start: () => {
          clearTimeout(timer);
          resolve(true);
        },
      };
      const timer = setTimeout(() => {
        waiting.delete(one);
        resolve(false);
      }, wait_ms);
      waiting.add(one);
    });

  const pass = (key: string): void => {
    taken.delete(key);
    for (const one of waiting)
      if (isFree(one.key)) {
        waiting.delete(one);
        taken.add(one.key);
        one.start();
      }
  };

  return {
    take: async (key, wait_ms, work) => {
      if (isFree(key)) taken.add(key);
      else if (wait_ms <= 0 || !(await wait(key, wait_ms))) return 'busy';
      try {
        return await work();
      } finally {
        pass(key);
      }
    },
  };
}
