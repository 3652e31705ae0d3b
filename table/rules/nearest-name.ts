/** Longer names are compared by their beginning: the distance costs the product of two lengths. */
const NEARNESS_CHARACTERS = 64;

/**
 * Gives the candidate that `name` most likely means, or null when none is near enough: at most a third
 * of its letters may differ (Damerau-Levenshtein, adjacent letters swapped count once).
 */
export function nearestName(name: string, candidates: Iterable<string>): string | null {
  if (name.length > 64) return null;
  let best: string | null = null;
  let least = Infinity;
  for (const candidate of candidates) {
    const limit = Math.max(1, Math.floor(Math.max(name.length, candidate.length) / 3));
    const most = Math.min(limit, least - 1);
    if (Math.abs(candidate.length - name.length) > most) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase(), most);
    if (distance <= most) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

/** Gives the candidates with those nearest to `name` first: equal but for case, beginning with it, holding it, then by distance. */
export function byNearness(name: string, candidates: Iterable<string>): string[] {
  const wanted = name.toLowerCase().slice(0, NEARNESS_CHARACTERS);
  const rank = (candidate: string): number => {
    const at = candidate.toLowerCase().indexOf(wanted);
    if (wanted !== '' && at !== -1) return at === 0 ? candidate.length - wanted.length : 1000 + at;
    return 10_000 + editDistance(wanted, candidate.toLowerCase().slice(0, NEARNESS_CHARACTERS));
  };
  return [...candidates]
    .map((candidate): [string, number] => [candidate, rank(candidate)])
    .sort(([, one], [, other]) => one - other)
    .map(([candidate]) => candidate);
}

/** Gives `did you mean "x"?`, or an empty text when no candidate is near. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const nearest = nearestName(name, candidates);
  return nearest === null ? '' : `did you mean ${JSON.stringify(nearest)}?`;
}

/** Gives the distance of two texts; of those that are further apart than `most`, only some number above it. */
function editDistance(a: string, b: string, most: number = Infinity): number {
  let leastOfLast = 0;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    let leastOfRow = i;
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1);
      row.push(least);
      if (least < leastOfRow) leastOfRow = least;
    }
    // What follows grows from this row, or by a swap of letters from the one before.
    if (leastOfRow > most && leastOfLast >= most) return most + 1;
    leastOfLast = leastOfRow;
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
