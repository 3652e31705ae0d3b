import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeTable } from '../../table/decode.ts';
import type { Table } from '../../table/types.ts';

/** A table and the digest that names it. */
export interface LoadedTable {
  readonly table: Table;
  readonly digest: string;
}

/** Where tables come from: a folder on disk, or memory (`gw dev`). */
export interface TableSource {
  /** Gives the digest that a load would find now, cheaply; null where nothing can be read. */
  digest(): Promise<string | null>;
  /** Gives the table; rejects with a TableError, or the file system's error. */
  load(): Promise<LoadedTable>;
}

/**
 * Gives the source that reads a folder: one written by `gw compile --out` (which has `current`), or one
 * that holds `table.json` and `digest` themselves (a volume, a ConfigMap).
 */
export function folderSource(folder: string): TableSource {
  return {
    digest: () => readDigest(folder).catch(() => null),
    load: async () => {
      const home = await tableHome(folder);
      const digest = await readDigest(home);
      return { table: decodeTable(await readFile(join(home, 'table.json')), digest), digest };
    },
  };
}

/** `current` is resolved once, so that a swap between two reads cannot mix two tables. */
async function tableHome(folder: string): Promise<string> {
  try {
    return join(folder, await readlink(join(folder, 'current')));
  } catch {
    return folder;
  }
}

async function readDigest(folder: string): Promise<string> {
  const text = await readFile(join(await tableHome(folder), 'digest'), 'utf8');
  return text.trim();
}
