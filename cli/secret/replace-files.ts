import { randomUUID } from 'node:crypto';
import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { codeOf } from '../../runtime/store/store-files.ts';
import { UsageError } from '../usage-error.ts';

/** A file and what is to stand in it. */
export interface Replacement {
  readonly path: string;
  readonly bytes: Buffer;
}

/**
 * Puts bytes in place of those of files, which keep their modes. All of them are on the disk before the first file is
 * replaced; each is replaced whole, so that nobody reads a half. Throws a UsageError where they cannot be written, and
 * then no file was changed.
 */
export function replaceFiles(files: readonly Replacement[]): void {
  const written: { readonly path: string; readonly beside: string }[] = [];
  try {
    for (const { path, bytes } of files) {
      // Not called .yaml: whoever reads the folder meanwhile does not read it.
      const beside = `${path}.${randomUUID()}`;
      const file = told(path, () => openSync(beside, 'wx', 0o600));
      written.push({ path, beside });
      told(path, () => writeWhole(file, bytes, statSync(path).mode));
    }
    for (const { path, beside } of written) renameSync(beside, path);
  } finally {
    for (const { beside } of written) rmSync(beside, { force: true });
  }
}

function writeWhole(file: number, bytes: Buffer, mode: number): void {
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    fchmodSync(file, mode);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function told<T>(path: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw new UsageError(`${path} cannot be written anew (${codeOf(error)}); no file was changed`);
  }
}
