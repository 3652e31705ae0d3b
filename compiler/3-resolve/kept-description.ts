import { digestOf } from '../../table/encode.ts';
import type { DescriptionRecords } from '../../table/operations.ts';
import { keyOf, readSealed, writeSealed } from '../1-read/compile-cache.ts';
import type { CompileCache } from '../1-read/compile-cache.ts';
import type { CatalogFolder } from '../1-read/workspace.ts';
import { DocumentFaults } from '../2-parse/openapi/document-faults.ts';
import { DocumentSet } from '../2-parse/openapi/document-set.ts';
import { readDescription } from '../2-parse/openapi/read-description.ts';
import { setDigest } from '../2-parse/openapi/set-digest.ts';
import type { FileDigest } from '../2-parse/openapi/set-digest.ts';
import { keepDiagnostic, partOf, restoreDiagnostic, restoreSpan } from '../diagnostic/kept-diagnostic.ts';
import type { KeptDiagnostic, KeptSpan } from '../diagnostic/kept-diagnostic.ts';
import { Source } from '../source/source.ts';
import type { Span } from '../source/span.ts';
import type { DescribedOperation, LoadedDescription } from './load-description.ts';

/** A root document with its bytes. */
export interface RootDocument {
  readonly folder: CatalogFolder;
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A root document that was read. */
export interface ReadRoot extends Pick<RootDocument, 'folder' | 'path'> {
  /** Of its bytes, in hex. */
  readonly sha256: string;
}

/** Raised when what is kept has another form, or is made by other rules. */
const FORMAT = 8;

interface KeptHead {
  readonly files: readonly FileDigest[];
  readonly operations: readonly DescribedOperation[] | null;
  readonly serverPath: string | null;
  readonly serverAt: KeptSpan | null;
  readonly diagnostics: readonly KeptDiagnostic[];
}

/**
 * Gives what was kept of a description whose files are all as they were, or null: what the rules need of it. What is
 * emitted is kept by itself (5-lower): where it is not, the files are read again.
 */
export function readKept(cache: CompileCache, root: RootDocument): LoadedDescription | null {
  const entry = readSealed(cache, keyOfRoot(cache, root.path, digestOf(root.bytes)));
  if (entry === null) return null;
  const head = JSON.parse(entry.toString('utf8')) as KeptHead;
  if (!areAsTheyWere(head.files, root)) return null;
  const sourceOf = ({ path, part }: KeptSpan): Source =>
    new Source(`${root.folder.path}/${path}`, part?.text ?? null, part?.begin);
  return {
    files: head.files,
    sha256: setDigest(head.files),
    rootSha256: head.files.find(([name]) => name === root.path)?.[1] ?? '',
    diagnostics: head.diagnostics.map((one) => restoreDiagnostic(one, sourceOf)),
    description:
      head.operations === null || head.serverAt === null
        ? null
        : {
            operations: head.operations,
            serverPath: head.serverPath,
            serverAt: restoreSpan(head.serverAt, sourceOf),
          },
    records: () => readAgain(root),
  };
}

function readAgain({ folder, path, bytes }: RootDocument): DescriptionRecords | null {
  const set = new DocumentSet(folder);
  const { document } = set.add(path, bytes);
  return document === null ? null : (readDescription(set, document, new DocumentFaults())?.records ?? null);
}

/** Keeps a description that was made anew. */
export function writeKept(cache: CompileCache, root: ReadRoot, loaded: LoadedDescription): void {
  const prefix = `${root.folder.path}/`.length;
  const keep = (span: Span, framed: boolean): KeptSpan => ({
    path: span.source.path.slice(prefix),
    start: span.start,
    end: span.end,
    part: span.source.readable ? partOf(span, framed) : null,
  });
  const head: KeptHead = {
    files: loaded.files,
    operations: loaded.description?.operations ?? null,
    serverPath: loaded.description?.serverPath ?? null,
    serverAt: loaded.description === null ? null : keep(loaded.description.serverAt, true),
    diagnostics: loaded.diagnostics.map((one) => keepDiagnostic(one, keep)),
  };
  writeSealed(cache, keyOfRoot(cache, root.path, root.sha256), Buffer.from(JSON.stringify(head)));
}

/** The other files are part of what is kept: they are known only once the root was read. */
function keyOfRoot(cache: CompileCache, path: string, sha256: string): string {
  return keyOf(cache, ['description', FORMAT, path, sha256]);
}

function areAsTheyWere(files: readonly FileDigest[], { folder, path }: RootDocument): boolean {
  return files.every(([name, sha256]) => {
    // The key has the digest of the root.
    if (name === path) return true;
    const read = folder.readDocument(name);
    return ('bytes' in read ? digestOf(read.bytes) : null) === sha256;
  });
}
