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
  // Not called .yaml: whoever reads the folder meanwhile does not read it.
  const written = files.map((file) => ({ ...file, beside: `${file.path}.${randomUUID()}` }));
  try {
    for (const { path, beside, bytes } of written) writeBeside(path, beside, bytes);
    for (const { path, beside } of written) renameSync(beside, path);
  } finally {
    for (const { beside } of written) rmSync(beside, { force: true });
  }
}

function writeBeside(path: string, beside: string, bytes: Buffer): void {
  try {
    const file = openSync(beside, 'wx', 0o600);
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
      fchmodSync(file, statSync(path).mode);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new UsageError(`${path} cannot be written anew (${codeOf(error)}); no file was changed`);
  }
}
