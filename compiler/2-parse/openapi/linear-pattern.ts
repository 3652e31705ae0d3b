import { linearEngine } from '../heavy-modules.ts';

const known = new Map<string, boolean>();

/**
 * Tells whether the linear-time engine takes a pattern as it is written. Nothing is translated: a pattern that
 * says something else there than in ECMAScript would refuse what the vendor takes. (The answer depends on the
 * pattern alone, so it is kept.)
 */
export function runsInLinearTime(pattern: string): boolean {
  const before = known.get(pattern);
  if (before !== undefined) return before;
  let runs = true;
  try {
    linearEngine().compile(pattern);
  } catch {
    runs = false;
  }
  known.set(pattern, runs);
  return runs;
}
