import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs';
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
 * Makes a file that only this user can read, and closes one that is there to others. What SQLite puts beside a
 * database (`-wal`, `-shm`) gets the mode of the database.
 */
export function privateFile(path: string): void {
  privateFolder(dirname(path));
  told(path, () => {
    closeSync(openSync(path, 'a', 0o600));
    if (isOpenToOthers(path)) chmodSync(path, 0o600);
  });
}

/** Tells whether anybody else may read or write a file. */
export function isOpenToOthers(path: string): boolean {
  return HAS_MODES && (statSync(path).mode & OTHERS) !== 0;
}

function told(path: string, step: () => void): void {
  try {
    step();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new StoreFileError(
      `${path} cannot be made or kept from others (${code}): it needs a folder of ours`,
      {
        cause: error,
      },
    );
  }
}
