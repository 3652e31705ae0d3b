import { createHash } from 'node:crypto';
import type { DescriptionRecords } from '../../table/operations.ts';
import type { CompileCache } from '../1-read/compile-cache.ts';
import type { CatalogFolder } from '../1-read/workspace.ts';
import { DocumentFaults } from '../2-parse/openapi/document-faults.ts';
import { DocumentSet } from '../2-parse/openapi/document-set.ts';
import { readDescription } from '../2-parse/openapi/read-description.ts';
import { setDigest } from '../2-parse/openapi/set-digest.ts';
import type { FileDigest } from '../2-parse/openapi/set-digest.ts';
import type { Diagnostic, Note } from '../diagnostic/diagnostic.ts';
import { Source } from '../source/source.ts';
import type { Begin, Range } from '../source/source.ts';
import type { Span } from '../source/span.ts';
import type { DescribedOperation, LoadedDescription } from './load-description.ts';

/** A root document with its bytes. */
export interface RootDocument {
  readonly folder: CatalogFolder;
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Raised when what is kept has another form, or is made by other rules. */
const FORMAT = 4;
/** How much of a line is kept on either side of a place: more than a code frame shows. */
const AROUND = 200;

/** A place as it is kept, with the part of the text that is shown: the document is not decoded for it. */
interface KeptSpan extends Range {
  /** In the catalog's folder. */
  readonly path: string;
  readonly begin: Begin;
  readonly text: string;
}

interface KeptNote {
  readonly message: string;
  readonly span: KeptSpan | null;
}

interface KeptHead {
  readonly files: readonly FileDigest[];
  readonly operations: readonly DescribedOperation[] | null;
  readonly serverPath: string | null;
  readonly serverAt: KeptSpan | null;
  readonly diagnostics: readonly (Omit<Diagnostic, 'span' | 'notes' | 'details'> & {
    readonly span: KeptSpan;
    readonly notes: readonly KeptNote[];
    readonly details: readonly KeptNote[];
  })[];
}

/**
 * Gives what was kept of a description whose files are all as they were, or null. An entry is the digest of the rest,
 * and what the rules need. What is emitted is kept by itself (5-lower): where it is not, the files are read again.
 */
export function readKept(cache: CompileCache, root: RootDocument): LoadedDescription | null {
  const bytes = cache.read(keyOf(cache, root));
  if (bytes === null) return null;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = buffer.indexOf('\n');
  if (first !== 64) return null;
  if (digestOf(buffer.subarray(first + 1)) !== buffer.toString('latin1', 0, first)) return null;
  const head = JSON.parse(buffer.toString('utf8', first + 1)) as KeptHead;
  if (!areAsTheyWere(head.files, root)) return null;
  const spans = keptSpans(root.folder);
  return {
    files: head.files,
    sha256: setDigest(head.files),
    rootSha256: head.files.find(([name]) => name === root.path)?.[1] ?? '',
    diagnostics: head.diagnostics.map((one) => ({
      ...one,
      span: spans.spanOf(one.span),
      notes: one.notes.map(spans.noteOf),
      details: one.details.map(spans.noteOf),
    })),
    description:
      head.operations === null || head.serverAt === null
        ? null
        : {
            operations: head.operations,
            serverPath: head.serverPath,
            serverAt: spans.spanOf(head.serverAt),
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
export function writeKept(cache: CompileCache, root: RootDocument, loaded: LoadedDescription): void {
  const prefix = `${root.folder.path}/`.length;
  const spanOf = (span: Span): KeptSpan => keepSpan(span, prefix, AROUND);
  const noteOf = ({ message, span }: Note): KeptNote => ({ message, span: span && spanOf(span) });
  // There may be thousands of these, and no code is shown of them.
  const detailOf = ({ message, span }: Note): KeptNote => ({
    message,
    span: span && keepSpan(span, prefix, 0),
  });
  const head: KeptHead = {
    files: loaded.files,
    operations: loaded.description?.operations ?? null,
    serverPath: loaded.description?.serverPath ?? null,
    serverAt: loaded.description === null ? null : spanOf(loaded.description.serverAt),
    diagnostics: loaded.diagnostics.map((one) => ({
      ...one,
      span: spanOf(one.span),
      notes: one.notes.map(noteOf),
      details: one.details.map(detailOf),
    })),
  };
  const bytes = Buffer.from(JSON.stringify(head));
  cache.write(keyOf(cache, root), Buffer.concat([Buffer.from(`${digestOf(bytes)}\n`), bytes]));
}

/** The other files are part of what is kept: they are known only once the root was read. */
function keyOf({ version }: CompileCache, { path, bytes }: RootDocument): string {
  return digestOf(Buffer.from(JSON.stringify(['description', FORMAT, version, path, digestOf(bytes)])));
}

function keepSpan({ source, start, end }: Span, prefix: number, around: number): KeptSpan {
  const path = source.path.slice(prefix);
  const { line, column } = source.positionAt(start);
  if (around === 0) return { path, start, end, begin: { offset: start, line, column }, text: '' };
  const range = source.lineRange(line);
  const from = Math.max(range.start, start - around);
  const text = source.slice(from, Math.min(range.end, Math.max(start, end) + around));
  return { path, start, end, begin: { offset: from, line, column: column - (start - from) }, text };
}

interface KeptSpans {
  readonly spanOf: (kept: KeptSpan) => Span;
  readonly noteOf: (kept: KeptNote) => Note;
}

function keptSpans(folder: CatalogFolder): KeptSpans {
  const spanOf = ({ path, start, end, begin, text }: KeptSpan): Span => {
    return { source: new Source(`${folder.path}/${path}`, text, begin), start, end };
  };
  return { spanOf, noteOf: ({ message, span }) => ({ message, span: span && spanOf(span) }) };
}

function areAsTheyWere(files: readonly FileDigest[], { folder, path }: RootDocument): boolean {
  return files.every(([name, sha256]) => {
    // The key has the digest of the root.
    if (name === path) return true;
    const read = folder.readDocument(name);
    return ('bytes' in read ? digestOf(read.bytes) : null) === sha256;
  });
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
