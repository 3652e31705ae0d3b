import { setImmediate } from 'node:timers/promises';
import type { DescriptionEntry } from '../../table/operations.ts';
import type { RecordsReader } from '../../table/records/open-records.ts';
import { openSearch } from '../../table/search/open-search.ts';
import type { SearchAsk, SearchIndex } from '../../table/search/open-search.ts';
import { queryTerms } from '../../table/search/search-terms.ts';
import type { SearchedOperation } from '../../table/search/search-terms.ts';
import { SearchWriter } from '../../table/search/write-search.ts';
import type { Found } from './operation-set.ts';

/** Indexes that are kept in memory: one of thousands of operations takes megabytes. */
const KEPT = 8;

/** Words that others are suggested for: each is compared with every word of the index. */
const SUGGESTED_FOR = 4;

/** What is searched for in one description. */
export interface Search {
  readonly query: string;
  /** Whether a hit holds every word of the query, or one is enough. */
  readonly words: SearchAsk['match'];
  /** Tells which operations count. Of others not even a word is told. */
  readonly only: SearchAsk['only'];
}

/** The compiled indexes of a table, read when they are first searched. */
export interface SearchIndexes {
  /** Throws a TableError where an index cannot be read. */
  readonly search: (entry: DescriptionEntry, search: Search) => Found;
}

/** Gives the indexes of a table. */
export function searchIndexes(records: RecordsReader): SearchIndexes {
  /** The newest last. */
  const kept = new Map<DescriptionEntry, SearchIndex>();
  const indexOf = (entry: DescriptionEntry): SearchIndex => {
    const index = kept.get(entry) ?? openSearch(records.search(entry), entry.operations);
    kept.delete(entry);
    kept.set(entry, index);
    const oldest = kept.keys().next();
    if (kept.size > KEPT && oldest.done !== true) kept.delete(oldest.value);
    return index;
  };
  return { search: (entry, search) => searchIn(indexOf(entry), search) };
}

/** Operations that are indexed before others get their turn. */
const INDEXED_AT_ONCE = 50;

/** Gives an index of operations that no table has, numbered as they stand. */
export async function indexOperations(operations: readonly SearchedOperation[]): Promise<SearchIndex> {
  const writer = new SearchWriter();
  for (const [at, operation] of operations.entries()) {
    if (at > 0 && at % INDEXED_AT_ONCE === 0) await setImmediate();
    writer.add(operation);
  }
  return openSearch(writer.bytes(), operations.length);
}

/** Gives what a search finds in an index. */
export function searchIn(index: SearchIndex, { query, words, only }: Search): Found {
  const terms = queryTerms(query);
  const unknown = (): Map<string, string | null> => {
    const missing = terms.filter((term) => !index.has(term, only));
    return new Map(missing.map((term, at) => [term, at < SUGGESTED_FOR ? index.nearest(term, only) : null]));
  };
  return { hits: index.search({ terms, match: words, only }), unknown };
}
