import { randomUUID } from 'node:crypto';
import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';

/** A file and what is to stand in it. */
export interface Replacement {
  readonly path: string;
  readonly bytes: Buffer;
}

/**
 * Puts bytes in place of those of files, which keep their modes. All of them are on the disk before the first file is
 * replaced; each is replaced whole, so that nobody reads a half, and a full disk changes none.
 */
export function replaceFiles(files: readonly Replacement[]): void {
  const written: { readonly path: string; readonly beside: string }[] = [];
  try {
    for (const { path, bytes } of files) {
      // Not called .yaml: whoever reads the folder meanwhile does not read it.
      const beside = `${path}.${randomUUID()}`;
      written.push({ path, beside });
      writeWhole(beside, bytes, statSync(path).mode);
    }
    for (const { path, beside } of written) renameSync(beside, path);
  } finally {
    for (const { beside } of written) rmSync(beside, { force: true });
  }
}

function writeWhole(path: string, bytes: Buffer, mode: number): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    fchmodSync(file, mode);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
