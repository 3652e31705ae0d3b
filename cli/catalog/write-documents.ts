import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { UsageError } from '../usage-error.ts';
import type { Collected } from './collect-documents.ts';

/**
 * Writes documents under `VERSION/` of a catalog's folder: one file as `DESCRIPTION.json`, several as they
 * stood to one another in a folder `DESCRIPTION`. Gives the path of the first, from the catalog's folder.
 * What is there is not overwritten: throws a UsageError.
 */
export function writeDocuments(
  folder: string,
  { version, description }: { readonly version: string; readonly description: string },
  collected: Collected,
): string {
  const place = (path: string): string =>
    collected.files.size === 1
      ? `${version}/${description}${endingOf(collected)}`
      : `${version}/${description}/${path}`;
  const files = [...collected.files].map(([path, bytes]) => ({ file: join(folder, place(path)), bytes }));
  const there = files.find(({ file }) => existsSync(file));
  if (there !== undefined) throw new UsageError(`${there.file} exists already, and is not overwritten`);
  for (const { file, bytes } of files) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes, { flag: 'wx' });
  }
  return place(collected.root);
}

function endingOf({ root, files }: Collected): string {
  const ending = extname(root).toLowerCase();
  if (['.json', '.yaml', '.yml'].includes(ending)) return ending;
  const begins = Buffer.from(files.get(root) ?? [])
    .subarray(0, 100)
    .toString('utf8');
  return begins
    .replace(/^\uFEFF/, '')
    .trimStart()
    .startsWith('{')
    ? '.json'
    : '.yaml';
}

/** Writes a text whole: who reads the file sees what was there before, or all of it. */
export function replaceFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.new`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}
