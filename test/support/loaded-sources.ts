import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a process loaded: sources of ours by their path in the repository, and packages, in the bundle or installed. */
export interface Loaded {
  readonly sources: readonly string[];
  readonly packages: readonly string[];
}

const ROOT = join(import.meta.dirname, '../..');

/**
 * Gives what a process loaded that ended by itself, with `NODE_V8_COVERAGE` set to this folder: every script,
 * however it was loaded. `built` is the folder that holds `dist`.
 */
export function loadedOf(coverage: string, built: string): Loaded {
  const reports = readdirSync(coverage).map(
    (name) => JSON.parse(readFileSync(join(coverage, name), 'utf8')) as { result: { url: string }[] },
  );
  const paths = reports
    .flatMap(({ result }) => result.map(({ url }) => url))
    .filter((url) => url.startsWith('file:'))
    .map((url) => fileURLToPath(url));
  const inChunks = paths.filter((path) => path.startsWith(join(built, 'dist'))).flatMap(sourcesOfChunk);
  return {
    sources: inChunks.filter((path) => packageOf(path) === null).toSorted(),
    packages: [...new Set([...paths, ...inChunks].flatMap((path) => packageOf(path) ?? []))].toSorted(),
  };
}

/** Gives the packages whose code is in a build. */
export function bundledPackages(built: string): readonly string[] {
  const chunks = readdirSync(join(built, 'dist'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .flatMap((name) => sourcesOfChunk(join(built, 'dist', name)));
  return [...new Set(chunks.flatMap((path) => packageOf(path) ?? []))].toSorted();
}

/** The source map of a chunk says what is in it. One without holds what the bundler adds, and nothing of ours. */
function sourcesOfChunk(chunk: string): string[] {
  const map = `${chunk}.map`;
  if (!existsSync(map)) return [];
  const { sources } = JSON.parse(readFileSync(map, 'utf8')) as { readonly sources: readonly string[] };
  return sources.map((source) => relative(ROOT, resolve(dirname(chunk), source)));
}

function packageOf(path: string): string | null {
  const [first, second] = path.split('node_modules/').slice(1).at(-1)?.split('/') ?? [];
  return first?.startsWith('@') === true ? `${first}/${second ?? ''}` : (first ?? null);
}
