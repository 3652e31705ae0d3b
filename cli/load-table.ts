import { folderSource } from '../runtime/load/table-source.ts';
import type { LoadedTable } from '../runtime/load/table-source.ts';
import { TableError } from '../table/shape.ts';
import { UsageError } from './usage-error.ts';

/** Gives the compiled table of a folder. Throws a UsageError where there is none that can be read: `otherwise` says what else to do. */
export async function loadTable(folder: string, otherwise: string): Promise<LoadedTable> {
  try {
    return await folderSource(folder).load();
  } catch (error) {
    if (error instanceof TableError)
      throw new UsageError(`the table in ${folder} cannot be read: ${error.message}`);
    if (error instanceof Error && 'code' in error)
      throw new UsageError(`there is no table in ${folder}: run gw compile, or ${otherwise}`);
    throw error;
  }
}
