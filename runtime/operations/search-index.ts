import type MiniSearch from 'minisearch';
import type { DescriptionEntry } from '../../table/operations.ts';
import type { RecordsReader } from '../../table/records/open-records.ts';
import { byNearness } from '../../table/rules/nearest-name.ts';
import { SEARCH_OPTIONS, searchedTexts, searchTerms } from '../../table/rules/search-terms.ts';
import type { Found } from './operation-set.ts';

/** Indexes that are kept in memory: one of thousands of operations takes tens of megabytes. */
const KEPT = 4;

/** How far a word may be from one that was meant, as a share of its length. */
const FUZZY = 0.34;

/** What is searched for in one description. */
export interface Search {
  readonly query: string;
  /** Whether a hit holds every word of the query, or one is enough. */
  readonly words: 'all' | 'some';
  /** Tells which operations count. Of others not even a word is told. */
  readonly only: (index: number) => boolean;
}

/** The compiled indexes of a table, read when they are first searched. */
export interface SearchIndexes {
  readonly search: (entry: DescriptionEntry, search: Search) => Promise<Found>;
}

/** Gives the indexes of a table. Rejects with a TableError where one cannot be read. */
export function searchIndexes(records: RecordsReader): SearchIndexes {
  /** The newest last; promises, so that two searches at once load one index. */
  const kept = new Map<DescriptionEntry, Promise<MiniSearch<never>>>();
  const indexOf = (entry: DescriptionEntry): Promise<MiniSearch<never>> => {
    const index = kept.get(entry) ?? loadIndex(records, entry);
    kept.delete(entry);
    kept.set(entry, index);
    const oldest = kept.keys().next();
    if (kept.size > KEPT && oldest.done !== true) kept.delete(oldest.value);
    // What could not be read is read again by the next search, and told to this one.
    index.catch(() => kept.delete(entry));
    return index;
  };
  return { search: async (entry, search) => searchIn(await indexOf(entry), search) };
}

async function loadIndex(records: RecordsReader, entry: DescriptionEntry): Promise<MiniSearch<never>> {
  const { default: MiniSearchClass } = await import('minisearch');
  return MiniSearchClass.loadJSONAsync<never>(records.search(entry), SEARCH_OPTIONS);
}

/** Gives an index of operations that no table has, numbered as they stand. */
export async function indexOperations(operations: readonly Searched[]): Promise<MiniSearch<never>> {
  const { default: MiniSearchClass } = await import('minisearch');
  const index = new MiniSearchClass<Record<string, unknown>>(SEARCH_OPTIONS);
  const { fields } = SEARCH_OPTIONS;
  const documents = operations.map((operation, id) => {
    const texts = searchedTexts(operation);
    return { id, ...Object.fromEntries(fields.map((name, field) => [name, texts[field] ?? ''])) };
  });
  // In pieces: others get their turn between them.
  await index.addAllAsync(documents, { chunkSize: INDEXED_AT_ONCE });
  return index;
}

/** What of an operation an index is made of. */
type Searched = Parameters<typeof searchedTexts>[0];

/** Operations that are indexed before others get their turn. */
const INDEXED_AT_ONCE = 50;

/** Gives what a search finds in an index. */
export function searchIn(index: MiniSearch<never>, { query, words, only }: Search): Found {
  const filter = ({ id }: { readonly id: unknown }): boolean => only(Number(id));
  const hits = index
    .search(query, { combineWith: words === 'all' ? 'AND' : 'OR', filter })
    .map(({ id, score }) => ({ index: Number(id), score }));
  const unknown = new Map<string, string | null>();
  for (const word of hits.length === 0 ? searchTerms(query) : []) {
    if (index.search(word, { filter }).length > 0) continue;
    const near = index.autoSuggest(word, { fuzzy: FUZZY, prefix: false, filter });
    unknown.set(
      word,
      byNearness(
        word,
        near.flatMap(({ terms }) => terms),
      )[0] ?? null,
    );
  }
  return { hits, unknown };
}
