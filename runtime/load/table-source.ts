import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { readFile, readlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { decodeTable } from '../../table/decode.ts';
import type { RecordsFile } from '../../table/operations.ts';
import { openRecords, recordsInMemory } from '../../table/records/open-records.ts';
import type { RecordsReader } from '../../table/records/open-records.ts';
import { TableError } from '../../table/shape.ts';
import type { Table } from '../../table/types.ts';

/** A table, the digest that names it, and its operation records, which can be read until it is closed. */
export interface LoadedTable {
  readonly table: Table;
  readonly digest: string;
  readonly records: RecordsReader;
  close(): void;
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
 * that holds `table.json`, `digest` and `operations.bin` themselves (a volume, a ConfigMap). The file of the
 * records is held open: it stays readable where the folder is taken away.
 */
export function folderSource(folder: string): TableSource {
  return {
    digest: () => readDigest(folder).catch(() => null),
    load: async () => {
      const home = await tableHome(folder);
      const digest = await readDigest(home);
      const table = decodeTable(await readFile(join(home, 'table.json')), digest);
      return { table, digest, ...openRecordsFile(join(home, 'operations.bin'), table.records) };
    },
  };
}

function openRecordsFile(path: string, file: RecordsFile): Pick<LoadedTable, 'records' | 'close'> {
  if (file.bytes === 0) return { records: recordsInMemory(file, Buffer.alloc(0)), close: () => {} };
  const descriptor = openSync(path, 'r');
  const found = fstatSync(descriptor).size;
  if (found !== file.bytes) {
    closeSync(descriptor);
    throw new TableError(
      `operations.bin has ${found} bytes, the table vouches for ${file.bytes}: it is of another table, or was cut`,
    );
  }
  const records = openRecords(file, (offset, length) => {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, length, offset));
  });
  let open = true;
  const close = (): void => {
    if (open) closeSync(descriptor);
    open = false;
  };
  return { records, close };
}

/**
 * `current` is resolved once, so that a swap between two reads cannot mix two tables; likewise `..data`,
 * through which the files of a Kubernetes volume lead.
 */
async function tableHome(folder: string): Promise<string> {
  for (const link of ['current', '..data']) {
    try {
      return resolve(folder, await readlink(join(folder, link)));
    } catch {
      // No such link: the next one, or the folder itself.
    }
  }
  return folder;
}

async function readDigest(folder: string): Promise<string> {
  const text = await readFile(join(await tableHome(folder), 'digest'), 'utf8');
  return text.trim();
}
