/** How long one turn of the event loop may make validators. */
const TURN_MS = 2;

/** Work that is done piece by piece, so that no turn of the event loop takes long. */
export interface TurnQueue {
  /** Does a piece of work when its turn comes. */
  add<T>(work: () => T): Promise<T>;
}

/** Gives a queue: pieces in their order, as many in one turn as take TURN_MS. */
export function turnQueue(): TurnQueue {
  const waiting: (() => void)[] = [];
  const turn = (): void => {
    const end = performance.now() + TURN_MS;
    do waiting.shift()?.();
    while (waiting.length > 0 && performance.now() < end);
    if (waiting.length > 0) setImmediate(turn);
  };
  return {
    add: (work) =>
      new Promise((resolve, reject) => {
        waiting.push(() => {
          try {
            resolve(work());
          } catch (error) {
            reject(error instanceof Error ? error : new Error('a piece of work failed', { cause: error }));
          }
        });
        if (waiting.length === 1) setImmediate(turn);
      }),
  };
}
