import { operationSets } from '../../runtime/operations/operation-sets.ts';
import type { OperationSets } from '../../runtime/operations/operation-sets.ts';
import type { Connection } from '../../table/types.ts';
import { compileOrTell } from '../compile-folder.ts';
import { loadTable } from '../load-table.ts';

/** Where operations are read from: a table on disk, or a folder that is compiled in memory. */
export interface TablePlace {
  readonly table: string;
  readonly dir?: string;
}

/** What a table knows of operations. */
export interface OpenedSets {
  readonly connections: readonly Connection[];
  readonly sets: OperationSets;
}

/** Gives the operations of every connection, or null where the folder does not compile, which is told. Throws a UsageError. */
export async function openSets(place: TablePlace): Promise<OpenedSets | null> {
  const opened =
    place.dir === undefined
      ? await loadTable(place.table, 'name a folder with --table or --dir')
      : await compileOrTell(place.dir);
  if (opened === null) return null;
  const { table, records } = opened;
  return { connections: table.connections, sets: operationSets(table, records) };
}
