import { byNearness } from '../../compiler/diagnostic/nearest-name.ts';
import { searchTerms } from '../../table/rules/search-terms.ts';
import type { OperationSet, Place } from './operation-set.ts';

/** What a search over connections found. */
export interface SearchResult {
  readonly places: readonly Place[];
  /** How many there are in all. */
  readonly count: number;
  /** What people should know: that there is more, or why there is nothing. */
  readonly note: string | null;
}

/** Gives the operations that hold every word, the best first, and says why where there are none. */
export async function searchSets(
  sets: readonly OperationSet[],
  query: string,
  limit: number,
): Promise<SearchResult> {
  const words = searchTerms(query);
  if (words.length === 0) return nothing('there is no word to search for: words are letters and digits');
  if (sets.length === 0) return nothing('no connection here has a catalog with descriptions');
  const founds = await Promise.all(sets.map(async (set) => ({ set, found: await set.search(query) })));
  const hits = founds
    .flatMap(({ set, found }) => found.hits.map(({ index, score }) => ({ place: { set, index }, score })))
    .sort((one, other) => other.score - one.score);
  if (hits.length === 0) {
    const unknown = founds.map(({ found }) => found.unknown);
    return nothing(explained(words, unknown, operationsIn(sets)));
  }
  const places = hits.slice(0, limit).map(({ place }) => place);
  const more = hits.length - places.length;
  return {
    places,
    count: hits.length,
    note: more > 0 ? `and ${more} more; --limit ${hits.length} shows all` : null,
  };
}

function nothing(note: string): SearchResult {
  return { places: [], count: 0, note };
}

function operationsIn(sets: readonly OperationSet[]): number {
  return sets.reduce((sum, { list }) => sum + list.ids.length, 0);
}

function explained(
  words: readonly string[],
  unknown: readonly ReadonlyMap<string, string | null>[],
  operations: number,
): string {
  const missing = words.filter((word) => unknown.every((one) => one.has(word)));
  if (missing.length === 0)
    return `none of ${operations} operations holds all of: ${words.join(', ')}; try fewer words`;
  const said = missing.map((word) => {
    const [near] = byNearness(
      word,
      unknown.flatMap((one) => one.get(word) ?? []),
    );
    return JSON.stringify(word) + (near === undefined ? '' : ` (did you mean ${JSON.stringify(near)}?)`);
  });
  return `none of ${operations} operations holds ${said.join(' or ')}`;
}
