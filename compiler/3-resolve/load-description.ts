import type { DescriptionRecords } from '../../table/operations.ts';
import type { CompileCache } from '../1-read/compile-cache.ts';
import type { CatalogFolder, ReadFault } from '../1-read/workspace.ts';
import { checkDocumentRules } from '../2-parse/openapi/document-rules.ts';
import { DocumentFaults } from '../2-parse/openapi/document-faults.ts';
import { DocumentSet } from '../2-parse/openapi/document-set.ts';
import { readDescription } from '../2-parse/openapi/read-description.ts';
import { setDigest } from '../2-parse/openapi/set-digest.ts';
import type { FileDigest } from '../2-parse/openapi/set-digest.ts';
import { pathOf } from '../2-parse/openapi/trail.ts';
import type { Trail } from '../2-parse/openapi/trail.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Span } from '../source/span.ts';
import { readKept, writeKept } from './kept-description.ts';

/** What the rules need of an operation. */
export interface DescribedOperation {
  readonly id: string;
  readonly method: string;
  /** The template without prefix. */
  readonly path: string;
  readonly summary: string | null;
  readonly tags: readonly string[];
}

/** A description as the rules see it. */
export interface Description {
  readonly operations: readonly DescribedOperation[];
  /** The path of the first server (or `basePath`), '' for none; null when it is unclear. */
  readonly serverPath: string | null;
  /** Where the server stands in the document. */
  readonly serverAt: Span;
}

/** A description with everything that was found in its files. */
export interface LoadedDescription {
  readonly files: readonly FileDigest[];
  /** Of the root alone where that is the only file. */
  readonly sha256: string;
  /** Of the root alone. */
  readonly rootSha256: string;
  readonly diagnostics: readonly Diagnostic[];
  /** null when the root is malformed. */
  readonly description: Description | null;
  /** Where the description was kept, the files are read again for them: what is made of them is kept by itself. */
  readonly records: () => DescriptionRecords | null;
}

/** Gives a description by its root's path in a catalog's folder, or why the root could not be read. */
export async function loadDescription(
  folder: CatalogFolder,
  path: string,
  cache: CompileCache | null,
): Promise<LoadedDescription | { readonly fault: ReadFault }> {
  const opened = keptOrParsed(folder, path, cache);
  if (!('set' in opened)) return opened;
  const loaded = await loadAnew(opened.set, path);
  if (cache !== null) writeKept(cache, { folder, path, sha256: loaded.rootSha256 }, loaded);
  return loaded;
}

/** The root's bytes are let go here: nothing that waits holds them. */
function keptOrParsed(
  folder: CatalogFolder,
  path: string,
  cache: CompileCache | null,
): LoadedDescription | { readonly fault: ReadFault } | { readonly set: DocumentSet } {
  const read = folder.readDocument(path);
  if ('fault' in read) return read;
  const kept = cache === null ? null : readKept(cache, { folder, path, bytes: read.bytes });
  if (kept !== null) return kept;
  const set = new DocumentSet(folder);
  const root = set.add(path, read.bytes);
  return root.fault === null ? { set } : { fault: root.fault };
}

async function loadAnew(set: DocumentSet, path: string): Promise<LoadedDescription> {
  const root = set.files.get(path)?.document ?? null;
  const faults = new DocumentFaults();
  const read = root === null ? null : readDescription(set, root, faults);
  if (read !== null && root !== null) await checkDocumentRules(set, root, { dialect: read.dialect, faults });
  const files = [...set.files].map(([name, file]): FileDigest => [name, file.sha256]);
  const found = faults.diagnostics();
  const records = read?.records ?? null;
  return {
    files,
    sha256: setDigest(files),
    rootSha256: set.files.get(path)?.sha256 ?? '',
    diagnostics: [...set.diagnostics, ...found],
    description:
      read === null
        ? null
        : {
            operations: read.records.operations.map(({ id, method, path: template, summary, tags }) => ({
              id,
              method,
              path: template,
              summary,
              tags,
            })),
            serverPath: read.serverPath,
            serverAt: serverSpan(read.serverAt, read.serverPath),
          },
    records: () => records,
  };
}

/** The place is needed for a fault alone. */
function serverSpan(at: Trail, path: string | null): Span {
  const { source } = at.document;
  if (path !== null) return { source, start: 0, end: 0 };
  const [range = { start: 0, end: 0 }] = at.document.locateAll([pathOf(at)]);
  return { source, ...range };
}
