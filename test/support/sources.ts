import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** What is made here and not kept, and what belongs to one person's machine. */
const NOT_OURS: ReadonlySet<string> = new Set([
  '.git',
  '.env',
  'build',
  'coverage',
  'dist',
  'node_modules',
  'state',
]);

/** A file of the repository. */
export interface SourceFile {
  /** From the root, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Gives the files of a folder of the repository whose names end in `ending`, in name order. */
export function sourcesIn(folder: string, ending = ''): SourceFile[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter(({ name }) => !NOT_OURS.has(name))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry): SourceFile[] => {
      const path = posix.join(folder, entry.name);
      if (entry.isDirectory()) return sourcesIn(path, ending);
      if (!entry.isFile() || !path.endsWith(ending)) return [];
      return [{ path, text: readFileSync(join(ROOT, path), 'utf8') }];
    });
}

/** An import of a file. */
export interface Import {
  /** A path from the root for a file of ours, else the specifier. */
  readonly to: string;
  readonly isType: boolean;
}

/** Gives what a TypeScript file imports or exports from elsewhere, also by `import()`. */
export function importsOf({ path, text }: SourceFile): Import[] {
  const found = text.matchAll(
    /^(?:import|export)\s+(type\s)?[^;'"]*?\bfrom\s+'([^']+)'|^import\s+()'([^']+)'|\bimport\(()'([^']+)'\)/gms,
  );
  return [...found].map((match) => {
    const to = match[2] ?? match[4] ?? match[6] ?? '';
    return {
      to: to.startsWith('.') ? posix.join(posix.dirname(path), to) : to,
      isType: match[1] !== undefined,
    };
  });
}
