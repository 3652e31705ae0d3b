import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { EncodedTable } from '../../table/encode.ts';

/**
 * Writes a table to `OUT/<digest>/` and then turns `OUT/current` to it. The folder is written whole under
 * another name and renamed, and is never written again: a reader sees the old table or the new one. (With
 * 1-read the only place of the compiler that touches the file system.) Throws what the file system throws.
 */
export function writeTable(out: string, encoded: EncodedTable, records: Uint8Array): void {
  mkdirSync(out, { recursive: true });
  const folder = join(out, encoded.digest);
  if (!existsSync(folder)) {
    const temporary = mkdtempSync(join(out, '.new-'));
    try {
      writeFileSync(join(temporary, 'table.json'), encoded.bytes);
      writeFileSync(join(temporary, 'operations.bin'), records);
      writeFileSync(join(temporary, 'digest'), `${encoded.digest}\n`);
      // A temporary folder is for its owner alone; the table is read by whoever serves it.
      chmodSync(temporary, 0o755);
      renameInto(temporary, folder);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  }
  turnCurrent(out, encoded.digest);
}

/** Turns `OUT/current` to a table that was written before. Gives false where it is not there. Throws what the file system throws. */
export function turnToWritten(out: string, digest: string): boolean {
  if (!existsSync(join(out, digest))) return false;
  turnCurrent(out, digest);
  return true;
}

function turnCurrent(out: string, digest: string): void {
  if (linkIn(out) === digest) return;
  const temporary = mkdtempSync(join(out, '.new-'));
  try {
    symlinkSync(digest, join(temporary, 'current'));
    renameSync(join(temporary, 'current'), join(out, 'current'));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Gives where `OUT/current` leads, or null where it is no symlink, or not there: renaming then says why. */
function linkIn(out: string): string | null {
  try {
    return readlinkSync(join(out, 'current'));
  } catch {
    return null;
  }
}

/** Another compile of the same input may have been faster: its folder holds the same bytes. */
function renameInto(temporary: string, folder: string): void {
  try {
    renameSync(temporary, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}
