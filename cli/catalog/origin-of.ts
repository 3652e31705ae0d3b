import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { FetchOptions } from '../fetch/guarded-fetch.ts';
import { UsageError } from '../usage-error.ts';
import { directoryOrigin } from './directory-origin.ts';
import { folderOrigin, urlOrigin } from './origin.ts';
import type { Origin } from './origin.ts';

/** Most of a file that is looked at to see whether it is an OpenAPI document. */
const HEAD_BYTES = 64 * 1024;

/**
 * Gives the origin that SOURCE means: an https URL, `directory:NAME`, a file, or a folder that holds one
 * OpenAPI document. Throws a UsageError where it means none.
 */
export function originOf(source: string, dir: string, options: FetchOptions): Origin {
  if (source.startsWith('directory:')) return directoryOrigin(dir, source.slice('directory:'.length));
  if (/^[A-Za-z][A-Za-z0-9+.-]+:\/\//.test(source)) {
    if (!URL.canParse(source)) throw new UsageError(`${JSON.stringify(source)} is not a URL`);
    return urlOrigin(source, options);
  }
  const found = statSync(source, { throwIfNoEntry: false });
  if (found === undefined) throw new UsageError(`there is no file or folder ${source}`);
  if (!found.isDirectory()) return folderOrigin(dirname(source), basename(source));
  return folderOrigin(source, rootIn(source));
}

/** Gives the one OpenAPI document of a folder: where there are more, people name the file. */
function rootIn(folder: string): string {
  const names = readdirSync(folder)
    .filter((name) => /\.(?:json|ya?ml)$/i.test(name))
    .sort()
    .filter((name) => looksLikeRoot(join(folder, name)));
  const [first] = names;
  if (first === undefined) throw new UsageError(`no file of ${folder} is an OpenAPI document`);
  if (names.length > 1)
    throw new UsageError(`${folder} holds several OpenAPI documents; name one: ${names.join(', ')}`);
  return first;
}

function looksLikeRoot(path: string): boolean {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
  const head = readFileSync(path).subarray(0, HEAD_BYTES).toString('utf8');
  return /^\uFEFF?\s*\{[^]*?"(?:openapi|swagger)"\s*:|^["']?(?:openapi|swagger)["']?\s*:/m.test(head);
}
