import { readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { CompileCache } from '../compiler/1-read/compile-cache.ts';
import { fileCache } from '../compiler/1-read/file-cache.ts';
import { packageRoot, packageVersion } from './package-root.ts';

/** Gives the cache of this user: in `GW_CACHE_DIR`, else in `gw` under `XDG_CACHE_HOME`, else under `~/.cache`. */
export function userCache(environment: Readonly<Record<string, string | undefined>>): CompileCache {
  return fileCache(cacheFolder(environment), programVersion());
}

function cacheFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const own = environment['GW_CACHE_DIR'];
  if (own !== undefined && own !== '') return own;
  const shared = environment['XDG_CACHE_HOME'];
  // A relative path there is to be ignored (XDG Base Directory Specification).
  return join(shared !== undefined && isAbsolute(shared) ? shared : join(homedir(), '.cache'), 'gw');
}

/** The digest of the sources of the program and of what it depends on; the build puts it in (bundle.ts). */
declare const PROGRAM_DIGEST: string | undefined;

/** The version alone does not tell two builds of it apart while it is worked on. */
function programVersion(): string {
  return typeof PROGRAM_DIGEST === 'string' ? PROGRAM_DIGEST : `${packageVersion()} ${timeOfSources()}`;
}

function timeOfSources(): number {
  return Math.max(...['compiler', 'table'].map((half) => newestIn(join(packageRoot(), half))));
}

function newestIn(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.reduce((newest, file) => Math.max(newest, statSync(join(folder, file)).mtimeMs), 0);
}
