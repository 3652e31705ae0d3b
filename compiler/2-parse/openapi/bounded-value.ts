const DEPTH_MAX = 64;

/**
 * Tells whether a value, written as JSON, is small: an example is for people and models to look at, and some
 * documents have megabytes of them. Counting ends where the bound is passed.
 */
export function isSmall(value: unknown, bytesMax: number): boolean {
  return left(value, bytesMax, 0) >= 0;
}

function left(value: unknown, budget: number, depth: number): number {
  if (typeof value === 'string') return budget - value.length;
  if (typeof value !== 'object' || value === null) return budget - 4;
  if (depth > DEPTH_MAX) return -1;
  let rest = budget - 2;
  for (const [key, member] of Object.entries(value)) {
    rest = left(member, rest - key.length - 1, depth + 1);
    if (rest < 0) return rest;
  }
  return rest;
}
