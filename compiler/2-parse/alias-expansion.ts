const VALUES_MAX = 5_000_000;
const DEPTH_MAX = 500;

/**
 * Gives what is wrong with a value in which YAML aliases share parts, or null. Walking it visits a shared part
 * as often as it is referred to, so a few lines could stand for billions of values, or for one without end.
 */
export function expansionFault(value: unknown): string | null {
  const counts = new Map<object, number>();
  try {
    return count(value, counts, 0) > VALUES_MAX
      ? `aliases expand this document to more than ${VALUES_MAX.toLocaleString('en-US')} values`
      : null;
  } catch (error) {
    if (!(error instanceof EndlessExpansion)) throw error;
    return 'an alias refers to what it stands in, or aliases nest deeper than 500 levels';
  }
}

class EndlessExpansion extends Error {}

/** A part that is being counted has the count 0 until it is known: meeting it again is a cycle. */
function count(value: unknown, counts: Map<object, number>, depth: number): number {
  if (typeof value !== 'object' || value === null) return 1;
  const known = counts.get(value);
  if (known === 0 || depth > DEPTH_MAX) throw new EndlessExpansion();
  if (known !== undefined) return known;
  counts.set(value, 0);
  let sum = 1;
  for (const member of Object.values(value)) sum += count(member, counts, depth + 1);
  counts.set(value, sum);
  return sum;
}
