import {
  closeSync,
  fstatSync,
  futimesSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { CompileCache } from './compile-cache.ts';
import { DAY_MS, pruneCache } from './prune-cache.ts';

let written = 0;

/**
 * Gives a cache of files in a folder. Each is written beside its place and renamed into it, so that none is ever
 * half there. Its time is that of its last use, to the day. Whoever writes also prunes the folder, once a day.
 */
export function fileCache(folder: string, version: string): CompileCache {
  return {
    version,
    read: (key) => {
      try {
        return readUsed(join(folder, key));
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
        pruneCache(folder);
      } catch {
        // A folder that cannot be written, or a full disk: the run goes on without.
        removeIfThere(temporary);
      }
    },
  };
}

/** Reads an entry and notes that it was used. */
function readUsed(path: string): Buffer {
  const handle = openSync(path, 'r');
  try {
    const bytes = readFileSync(handle);
    if (Date.now() - fstatSync(handle).mtimeMs > DAY_MS) noteUse(handle);
    return bytes;
  } finally {
    closeSync(handle);
  }
}

function noteUse(handle: number): void {
  try {
    const now_s = Date.now() / 1000;
    futimesSync(handle, now_s, now_s);
  } catch {
    // A folder that may only be read is never pruned by who reads it.
  }
}

function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // `force` forgives what is missing, and not a file where the folder would be.
  }
}
