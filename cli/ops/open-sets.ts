import { byNearness } from '../../compiler/diagnostic/nearest-name.ts';
import type { DescriptionEntry, OperationList } from '../../table/operations.ts';
import type { RecordsReader } from '../../table/records/open-records.ts';
import { SEARCH_OPTIONS, searchTerms } from '../../table/rules/search-terms.ts';
import type { CatalogUse, Connection, Table } from '../../table/types.ts';
import { compileOrTell } from '../compile-folder.ts';
import { loadTable } from '../load-table.ts';
import type { Found, OperationSet } from './operation-set.ts';

/** Where operations are read from: a table on disk, or a folder that is compiled in memory. */
export interface TablePlace {
  readonly table: string;
  readonly dir?: string;
}

/** What a table knows of operations. */
export interface OpenedSets {
  readonly connections: readonly Connection[];
  readonly sets: readonly OperationSet[];
}

/** Gives the operations of every connection, or null where the folder does not compile, which is told. Throws a UsageError. */
export async function openSets(place: TablePlace): Promise<OpenedSets | null> {
  const opened =
    place.dir === undefined
      ? await loadTable(place.table, 'name a folder with --table or --dir')
      : await compileOrTell(place.dir);
  if (opened === null) return null;
  const { table, records } = opened;
  return { connections: table.connections, sets: setsOf(table, records) };
}

/** Gives the operations of every connection of a table. */
export function setsOf(table: Table, records: RecordsReader): OperationSet[] {
  return table.connections.flatMap((connection) => setsOfConnection(table, connection, records));
}

function setsOfConnection(table: Table, connection: Connection, records: RecordsReader): OperationSet[] {
  const { catalog } = connection;
  return (catalog?.descriptions ?? []).flatMap(({ name, prefix, entry: index }) => {
    const entry = table.descriptions[index];
    if (entry === undefined || catalog === null) return [];
    const use = { connection: connection.name, catalog: catalogName(catalog), description: name, prefix };
    return [readingSet(use, entry, records)];
  });
}

function catalogName({ name, version }: CatalogUse): string {
  return version === null ? name : `${name}@${version}`;
}

/** The list is read once, when it is first looked at: other connections than the one asked for cost nothing. */
function readingSet(
  use: Pick<OperationSet, 'connection' | 'catalog' | 'description' | 'prefix'>,
  entry: DescriptionEntry,
  records: RecordsReader,
): OperationSet {
  let list: OperationList | null = null;
  return {
    ...use,
    get list() {
      list ??= records.list(entry);
      return list;
    },
    record: (index) => records.operation(entry, index),
    schema: (number) => records.schema(entry, number),
    search: (query) => search(records.search(entry), query),
  };
}

/** How far a word may be from one that was meant, as a share of its length. */
const FUZZY = 0.34;

async function search(text: string, query: string): Promise<Found> {
  const { default: MiniSearch } = await import('minisearch');
  const index = MiniSearch.loadJSON<never>(text, SEARCH_OPTIONS);
  const hits = index
    .search(query, { combineWith: 'AND' })
    .map(({ id, score }) => ({ index: Number(id), score }));
  const unknown = new Map<string, string | null>();
  for (const word of hits.length === 0 ? searchTerms(query) : []) {
    if (index.search(word).length > 0) continue;
    const terms = index.autoSuggest(word, { fuzzy: FUZZY, prefix: false }).flatMap((one) => one.terms);
    unknown.set(word, byNearness(word, terms)[0] ?? null);
  }
  return { hits, unknown };
}
