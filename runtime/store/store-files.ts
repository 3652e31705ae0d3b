import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreFileError } from './store-errors.ts';

/** Bits of a mode that let others in. POSIX only: Windows has none of them. */
const OTHERS = 0o077;
const HAS_MODES = process.platform !== 'win32';

/** Makes a folder that only this user can look into; one that is there stays as it is. */
export function privateFolder(path: string): void {
  told(path, () => mkdirSync(path, { recursive: true, mode: 0o700 }));
}

/**
 * Makes an empty file that only this user can read, and closes one that is there to others. What SQLite puts beside
 * a database (`-wal`, `-shm`) gets the mode of the database.
 *
 * A file that is there is not opened: whoever closes a file ends all locks that its process has on it (POSIX fcntl),
 * those of SQLite too (sqlite.org/howtocorrupt.html, 2.2).
 */
export function privateFile(path: string): void {
  privateFolder(dirname(path));
  told(path, () => {
    if (!existsSync(path)) makeFile(path);
    if (!statSync(path).isFile()) throw new StoreFileError(`${path} is no file`);
    if (isOpenToOthers(path)) chmodSync(path, 0o600);
  });
}

/** Another process may make the file at the same time: then it is not opened here. */
function makeFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

/** Tells whether anybody else may read or write a file. */
export function isOpenToOthers(path: string): boolean {
  return HAS_MODES && (statSync(path).mode & OTHERS) !== 0;
}

function told(path: string, step: () => void): void {
  try {
    step();
  } catch (error) {
    if (error instanceof StoreFileError) throw error;
    throw new StoreFileError(
      `${path} cannot be made or kept from others (${codeOf(error)}): it needs a folder of ours`,
      { cause: error },
    );
  }
}

/** Gives the system's code for an error: `EACCES`. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
