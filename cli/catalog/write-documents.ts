import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { UsageError } from '../usage-error.ts';
import type { Collected } from './collect-documents.ts';

/** Gives where a file of a description stands in a catalog's folder. */
export type PlaceOf = (path: string) => string;

/** One file is `VERSION/DESCRIPTION.json`; several keep their places to one another in a folder `VERSION/DESCRIPTION`. */
export function placesOf(version: string, description: string, collected: Collected): PlaceOf {
  if (collected.files.size === 1) return () => `${version}/${description}${endingOf(collected)}`;
  return (path) => `${version}/${description}/${path}`;
}

/** Writes documents into a catalog's folder. What is there is not overwritten: throws a UsageError. */
export function writeDocuments(folder: string, placeOf: PlaceOf, collected: Collected): void {
  const files = [...collected.files].map(([path, bytes]) => ({ file: join(folder, placeOf(path)), bytes }));
  const there = files.find(({ file }) => existsSync(file));
  if (there !== undefined) throw new UsageError(`${there.file} exists already, and is not overwritten`);
  for (const { file, bytes } of files) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes, { flag: 'wx' });
  }
}

/** Tells whether documents are those that stand in a catalog's folder, byte for byte. */
export function areWritten(folder: string, placeOf: PlaceOf, collected: Collected): boolean {
  return [...collected.files].every(([path, bytes]) => {
    const file = join(folder, placeOf(path));
    return existsSync(file) && readFileSync(file).equals(bytes);
  });
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
