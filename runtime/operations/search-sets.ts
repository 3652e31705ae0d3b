import { byNearness } from '../../table/rules/nearest-name.ts';
import { queryTerms } from '../../table/search/search-terms.ts';
import { apiPath } from './operation-set.ts';
import type { Found, OperationSet, Place } from './operation-set.ts';

/** What a search over descriptions found. */
export interface SearchResult {
  /** All of them, the best first. */
  readonly places: readonly Place[];
  /** What whoever searched should know: that not every word was found, or why there is nothing. */
  readonly note: string | null;
}

/**
 * Gives the operations that hold every word of a query; where none does, those in whose id, path, summary,
 * description's name or tags each word stands at least within another; where none does either, those that hold
 * some of the words. The note says which, and of words that are nowhere what was likely meant.
 */
export async function searchSets(sets: readonly OperationSet[], query: string): Promise<SearchResult> {
  const words = queryTerms(query);
  if (words.length === 0) return nothing('there is no word to search for: words are letters and digits');
  if (sets.length === 0) return nothing('no connection here has a catalog with descriptions');
  const all = await ranked(sets, query, 'all');
  if (all.places.length > 0) return { places: all.places, note: null };
  const within = sets.flatMap((set) => placesWithin(set, query));
  if (within.length > 0)
    return { places: within, note: 'no operation holds all of these words; these hold each within another' };
  const some = words.length === 1 ? [] : (await ranked(sets, query, 'some')).places;
  const unknown = all.unknown.map((look) => look());
  const why = explained(words, unknown, operationsIn(sets));
  if (some.length > 0) return { places: some, note: `${why}; these hold some of the words` };
  return nothing(words.length === 1 ? why : `${why}; try fewer words`);
}

function nothing(note: string): SearchResult {
  return { places: [], note };
}

interface Ranked {
  readonly places: readonly Place[];
  readonly unknown: readonly Found['unknown'][];
}

async function ranked(sets: readonly OperationSet[], query: string, words: 'all' | 'some'): Promise<Ranked> {
  const founds = await Promise.all(sets.map(async (set) => ({ set, found: await set.search(query, words) })));
  return {
    places: founds
      .flatMap(({ set, found }) => found.hits.map(({ index, score }) => ({ set, index, score })))
      .sort((one, other) => other.score - one.score),
    unknown: founds.map(({ found }) => found.unknown),
  };
}

/** Gives the operations of a set in which every word of a query stands somewhere, with upper and lower case alike. */
function placesWithin(set: OperationSet, query: string): Place[] {
  const tokens = query
    .toLowerCase()
    .split(/\s+/)
    .filter((token) => token !== '');
  return textsOf(set).flatMap((text, index) =>
    tokens.every((token) => text.includes(token)) ? [{ set, index }] : [],
  );
}

const texts = new WeakMap<OperationSet, readonly string[]>();

/** Gives what of each operation of a set is looked through, in lower case. Made once. */
function textsOf(set: OperationSet): readonly string[] {
  const before = texts.get(set);
  if (before !== undefined) return before;
  const { ids, summaries, tags } = set.list;
  const made = ids.map((id, index) => {
    const those = [id, apiPath({ set, index }), summaries[index], set.description, ...(tags[index] ?? [])];
    return those.join('\n').toLowerCase();
  });
  texts.set(set, made);
  return made;
}

function operationsIn(sets: readonly OperationSet[]): number {
  return sets.reduce((sum, { count }) => sum + count, 0);
}

function explained(
  words: readonly string[],
  unknown: readonly ReadonlyMap<string, string | null>[],
  operations: number,
): string {
  const missing = words.filter((word) => unknown.every((one) => one.has(word)));
  if (missing.length === 0) return `none of ${operations} operations holds all of: ${words.join(', ')}`;
  const said = missing.map((word) => {
    const [near] = byNearness(
      word,
      unknown.flatMap((one) => one.get(word) ?? []),
    );
    return JSON.stringify(word) + (near === undefined ? '' : ` (did you mean ${JSON.stringify(near)}?)`);
  });
  return `none of ${operations} operations holds ${said.join(' or ')}`;
}
