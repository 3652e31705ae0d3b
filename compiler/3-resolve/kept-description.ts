import { createHash } from 'node:crypto';
import type { DescriptionRecords } from '../../table/operations.ts';
import type { CompileCache } from '../1-read/compile-cache.ts';
import { decodeText } from '../1-read/read-file-inside.ts';
import type { CatalogFolder } from '../1-read/workspace.ts';
import { setDigest } from '../2-parse/openapi/set-digest.ts';
import type { FileDigest } from '../2-parse/openapi/set-digest.ts';
import type { Diagnostic, Note } from '../diagnostic/diagnostic.ts';
import { Source } from '../source/source.ts';
import type { Span } from '../source/span.ts';
import type { DescribedOperation, LoadedDescription } from './load-description.ts';

/** A root document with its bytes. */
export interface RootDocument {
  readonly folder: CatalogFolder;
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Raised when what is kept has another form, or is made by other rules. */
const FORMAT = 1;

/** A place as it is kept: a path in the catalog's folder, and offsets. */
type KeptSpan = readonly [path: string, start: number, end: number];

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
 * Gives what was kept of a description whose files are all as they were, or null. An entry is three lines: the
 * digest of the two others, what the rules need, and the records, which are parsed when they are asked for.
 */
export function readKept(cache: CompileCache, root: RootDocument): LoadedDescription | null {
  const bytes = cache.read(keyOf(cache, root));
  if (bytes === null) return null;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = buffer.indexOf('\n');
  const second = buffer.indexOf('\n', first + 1);
  if (first !== 64 || second < 0) return null;
  if (digestOf(buffer.subarray(first + 1)) !== buffer.toString('latin1', 0, first)) return null;
  const head = JSON.parse(buffer.toString('utf8', first + 1, second)) as KeptHead;
  const sources = sourcesOf(head, root);
  if (sources === null) return null;
  let records: DescriptionRecords | null | undefined;
  return {
    files: head.files,
    sha256: setDigest(head.files),
    rootSha256: head.files.find(([name]) => name === root.path)?.[1] ?? '',
    diagnostics: head.diagnostics.map((one) => ({
      ...one,
      span: sources.spanOf(one.span),
      notes: one.notes.map(sources.noteOf),
      details: one.details.map(sources.noteOf),
    })),
    description:
      head.operations === null || head.serverAt === null
        ? null
        : {
            operations: head.operations,
            serverPath: head.serverPath,
            serverAt: sources.spanOf(head.serverAt),
          },
    records: () => (records ??= JSON.parse(buffer.toString('utf8', second + 1)) as DescriptionRecords | null),
  };
}

/** Keeps a description that was made anew. */
export function writeKept(cache: CompileCache, root: RootDocument, loaded: LoadedDescription): void {
  const prefix = `${root.folder.path}/`.length;
  const spanOf = ({ source, start, end }: Span): KeptSpan => [source.path.slice(prefix), start, end];
  const noteOf = ({ message, span }: Note): KeptNote => ({
    message,
    span: span === null ? null : spanOf(span),
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
      details: one.details.map(noteOf),
    })),
  };
  const text = `${JSON.stringify(head)}\n${JSON.stringify(loaded.records())}`;
  const bytes = Buffer.from(text);
  cache.write(keyOf(cache, root), Buffer.concat([Buffer.from(`${digestOf(bytes)}\n`), bytes]));
}

/** The other files are part of what is kept: they are known only once the root was read. */
function keyOf({ version }: CompileCache, { path, bytes }: RootDocument): string {
  return digestOf(Buffer.from(JSON.stringify(['description', FORMAT, version, path, digestOf(bytes)])));
}

interface KeptSources {
  readonly spanOf: (kept: KeptSpan) => Span;
  readonly noteOf: (kept: KeptNote) => Note;
}

/** Gives the sources of the files, or null when one of them is not as it was. Text is decoded only where it is shown. */
function sourcesOf(head: KeptHead, { folder, path, bytes }: RootDocument): KeptSources | null {
  const contents = new Map<string, Uint8Array>();
  for (const [name, sha256] of head.files) {
    const read = name === path ? { bytes } : folder.readDocument(name);
    const digest = 'bytes' in read ? digestOf(read.bytes) : null;
    if (digest !== sha256) return null;
    if ('bytes' in read) contents.set(name, read.bytes);
  }
  const sources = new Map<string, Source>();
  const sourceOf = (name: string): Source => {
    const known = sources.get(name);
    if (known !== undefined) return known;
    const decoded = decodeText(contents.get(name) ?? new Uint8Array());
    const source = new Source(`${folder.path}/${name}`, 'text' in decoded ? decoded.text : null);
    sources.set(name, source);
    return source;
  };
  const spanOf = ([name, start, end]: KeptSpan): Span => ({ source: sourceOf(name), start, end });
  return { spanOf, noteOf: ({ message, span }) => ({ message, span: span === null ? null : spanOf(span) }) };
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
