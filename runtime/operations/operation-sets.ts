import type { DescriptionEntry, OperationList } from '../../table/operations.ts';
import type { RecordsReader } from '../../table/records/open-records.ts';
import type { CatalogUse, Connection, Table } from '../../table/types.ts';
import type { OperationSet } from './operation-set.ts';
import { searchIndexes } from './search-index.ts';
import type { SearchIndexes } from './search-index.ts';

/** The operations of every connection of a table, by its name: one set for each description, none without a catalog. */
export type OperationSets = ReadonlyMap<string, readonly OperationSet[]>;

/** Gives the operations of every connection of a table. Nothing is read before it is looked at. */
export function operationSets(
  table: Pick<Table, 'connections' | 'descriptions'>,
  records: RecordsReader,
): OperationSets {
  const indexes = searchIndexes(records);
  return new Map(
    table.connections.map((connection) => [
      connection.name,
      setsOf(connection, table.descriptions, { records, indexes }),
    ]),
  );
}

interface Reading {
  readonly records: RecordsReader;
  readonly indexes: SearchIndexes;
}

function setsOf(
  { name: connection, catalog }: Connection,
  entries: readonly DescriptionEntry[],
  reading: Reading,
): OperationSet[] {
  return (catalog?.descriptions ?? []).flatMap(({ name, prefix, entry: index }) => {
    const entry = entries[index];
    if (entry === undefined || catalog === null) return [];
    const use = { connection, catalog: catalogName(catalog), description: name, prefix };
    return [readingSet(use, entry, reading)];
  });
}

/** Gives how a version of a catalog is named: `stripe@2025-01`, or its name where it has no versions. */
export function catalogName({ name, version }: CatalogUse): string {
  return version === null ? name : `${name}@${version}`;
}

/** The list is read once, when it is first looked at: other connections than the one asked for cost nothing. */
function readingSet(
  use: Pick<OperationSet, 'connection' | 'catalog' | 'description' | 'prefix'>,
  entry: DescriptionEntry,
  { records, indexes }: Reading,
): OperationSet {
  let list: OperationList | null = null;
  return {
    ...use,
    title: entry.title,
    summary: entry.summary,
    count: entry.operations,
    partial: null,
    get list() {
      list ??= records.list(entry);
      return list;
    },
    record: (index) => records.operation(entry, index),
    schema: (number) => records.schema(entry, number),
    search: async (query, words, only) => indexes.search(entry, { query, words, only: only ?? (() => true) }),
  };
}
