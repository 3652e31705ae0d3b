import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { encodeTable } from '../../table/encode.ts';
import { builtTable } from './table.ts';
import type { TableSpec } from './table.ts';

/** A folder of the file system that ends with the test. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gw-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder that tables are put into. */
export interface TableFolder {
  readonly path: string;
  /** Puts a table in place of the one before. Gives its digest. `spoil` breaks its bytes first. */
  put(spec: TableSpec, spoil?: (bytes: string) => string): string;
}

function writeTable(folder: string, spec: TableSpec, spoil: (bytes: string) => string): string {
  const built = builtTable(spec);
  const { bytes, digest } = encodeTable(built.table);
  mkdirSync(folder);
  writeFileSync(join(folder, 'table.json'), spoil(bytes.toString('utf8')));
  writeFileSync(join(folder, 'operations.bin'), built.bytes);
  writeFileSync(join(folder, 'digest'), `${digest}\n`);
  return digest;
}

function swapLink(folder: string, name: string, aim: string): void {
  symlinkSync(aim, join(folder, `${name}.new`));
  renameSync(join(folder, `${name}.new`), join(folder, name));
}

/** A folder as `gw compile --out` writes it: each table under its name, `current` renamed into place last. */
export function compiledFolder(): TableFolder {
  const path = scratchFolder();
  let count = 0;
  return {
    path,
    put: (spec, spoil = (bytes) => bytes) => {
      const name = `table-${(count += 1)}`;
      const digest = writeTable(join(path, name), spec, spoil);
      swapLink(path, 'current', name);
      return digest;
    },
  };
}

/** A volume of a Kubernetes ConfigMap: its files lead through `..data`, which is swapped. */
export function configMapFolder(): TableFolder {
  const path = scratchFolder();
  symlinkSync('..data/table.json', join(path, 'table.json'));
  symlinkSync('..data/digest', join(path, 'digest'));
  symlinkSync('..data/operations.bin', join(path, 'operations.bin'));
  let count = 0;
  return {
    path,
    put: (spec, spoil = (bytes) => bytes) => {
      const name = `..2026_${(count += 1)}`;
      const digest = writeTable(join(path, name), spec, spoil);
      swapLink(path, '..data', name);
      return digest;
    },
  };
}
