import { setTimeout as pause } from 'node:timers/promises';

/** The pauses between two tries grow from the first of these to the second. */
const PAUSE_MS = { first: 1, longest: 40 };

/**
 * Gives the first outcome of `ask` that is not undefined, or undefined if there is none within `wait_ms`. The
 * first try is at once; between tries the event loop is free.
 */
export async function askAgain<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  wait_ms: number,
): Promise<T | undefined> {
  const deadline = performance.now() + wait_ms;
  for (let pause_ms = PAUSE_MS.first; ; pause_ms = Math.min(pause_ms * 2, PAUSE_MS.longest)) {
    const outcome = await ask();
    if (outcome !== undefined || performance.now() >= deadline) return outcome;
    // Not all who wait come back at the same time.
    await pause(pause_ms * (0.5 + Math.random()));
  }
}
