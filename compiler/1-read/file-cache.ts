import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CompileCache } from './compile-cache.ts';

let written = 0;

/** Gives a cache of files in a folder. Each is written beside its place and renamed into it, so that none is ever half there. */
export function fileCache(folder: string, version: string): CompileCache {
  return {
    version,
    read: (key) => {
      try {
        return readFileSync(join(folder, key));
      } catch {
        return null;
      }
    },
    write: (key, bytes) => {
      written += 1;
      const temporary = join(folder, `.${key}.${process.pid}.${written}`);
      try {
        mkdirSync(folder, { recursive: true });
        writeFileSync(temporary, bytes);
        renameSync(temporary, join(folder, key));
      } catch {
        // A folder that cannot be written, or a full disk: the run goes on without.
        removeIfThere(temporary);
      }
    },
  };
}

function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // `force` forgives what is missing, and not a file where the folder would be.
  }
}
