import type { CompileCache } from '../../compiler/1-read/compile-cache.ts';
import type { CatalogFolder } from '../../compiler/1-read/workspace.ts';
import { loadDescription } from '../../compiler/3-resolve/load-description.ts';
import type { LoadedDescription } from '../../compiler/3-resolve/load-description.ts';
import type { DescriptionRecords } from '../../table/operations.ts';

/** Gives a folder in memory, and which of its files were read. */
export function documentFolder(
  files: Readonly<Record<string, string>>,
): CatalogFolder & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    name: 'acme',
    origin: 'folder',
    path: 'catalogs/acme',
    asked,
    readCatalog: () => ({ fault: 'missing' }),
    readDocument: (path) => {
      asked.push(path);
      const text = files[path];
      return text === undefined ? { fault: 'missing' } : { bytes: Buffer.from(text) };
    },
  };
}

/** Gives a description of files in memory: the first is its root. */
export async function loadDocuments(
  files: Readonly<Record<string, string>>,
  cache: CompileCache | null = null,
): Promise<LoadedDescription> {
  const loaded = await loadDescription(documentFolder(files), Object.keys(files)[0] ?? '', cache);
  if ('fault' in loaded) throw new Error(loaded.fault);
  return loaded;
}

/** Gives the records of a document that is given as a value, and the codes that were found. */
export async function readDocument(
  document: object,
): Promise<{ readonly records: DescriptionRecords; readonly codes: readonly string[] }> {
  const loaded = await loadDocuments({
    'a.json': JSON.stringify({ info: { title: 'A', version: '1' }, ...document }),
  });
  const records = loaded.records();
  if (records === null) throw new Error('the document was not read');
  return { records, codes: loaded.diagnostics.map((one) => one.code) };
}

/** A response list, for operations that are about something else. */
export const FINE = { responses: { 200: { description: 'fine' } } };
