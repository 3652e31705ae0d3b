import { folderSource } from '../../runtime/load/table-source.ts';
import { operationSets } from '../../runtime/operations/operation-sets.ts';
import type { OperationSets } from '../../runtime/operations/operation-sets.ts';
import type { RecordsReader } from '../../table/records/open-records.ts';
import { TableError } from '../../table/shape.ts';
import type { Connection, Table } from '../../table/types.ts';
import { compileOrTell } from '../compile-folder.ts';
import { UsageError } from '../usage-error.ts';

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
  const opened = place.dir === undefined ? await loadTable(place.table) : await compileOrTell(place.dir);
  if (opened === null) return null;
  const { table, records } = opened;
  return { connections: table.connections, sets: operationSets(table, records) };
}

async function loadTable(folder: string): Promise<{ table: Table; records: RecordsReader }> {
  try {
    return await folderSource(folder).load();
  } catch (error) {
    if (error instanceof TableError)
      throw new UsageError(`the table in ${folder} cannot be read: ${error.message}`);
    if (error instanceof Error && 'code' in error)
      throw new UsageError(
        `there is no table in ${folder}: run gw compile, or name a folder with --table or --dir`,
      );
    throw error;
  }
}
