import { keyOf, readSealed, writeSealed } from './1-read/compile-cache.ts';
import type { CompileCache } from './1-read/compile-cache.ts';
import { readAsNoted } from './1-read/note-reads.ts';
import type { NotedRead, NotedWorkspace } from './1-read/note-reads.ts';
import type { Workspace } from './1-read/workspace.ts';
import type { Compiled } from './compile.ts';
import { keepDiagnostic, partOf, restoreDiagnostic } from './diagnostic/kept-diagnostic.ts';
import type { KeptDiagnostic, KeptSpan } from './diagnostic/kept-diagnostic.ts';
import { Source } from './source/source.ts';
import type { Range } from './source/source.ts';
import type { Span } from './source/span.ts';

/** What a run without errors came to: the digest of its table, and everything that is printed. */
export interface RunOutcome extends Pick<Compiled, 'diagnostics' | 'summary'> {
  readonly digest: string;
}

/** Raised when what is kept has another form. */
const FORMAT = 1;

interface Kept extends Omit<RunOutcome, 'diagnostics'> {
  readonly reads: readonly NotedRead[];
  readonly diagnostics: readonly KeptDiagnostic[];
  /** What no code frame shows of the files that people wrote. */
  readonly hidden: readonly (readonly [path: string, ranges: readonly Range[]])[];
}

/**
 * Gives what compiling this workspace came to before, with `literalSecrets: 'error'`, or null: when it never
 * was, or when something that was read then is not as it was. Compiling is a function of what it reads, so this
 * is what compiling would give; of the compiler nothing is needed for it.
 */
export function readKeptRun(cache: CompileCache, workspace: Workspace): RunOutcome | null {
  const entry = readSealed(cache, keyOfRun(cache, workspace));
  if (entry === null) return null;
  const kept = JSON.parse(entry.toString('utf8')) as Kept;
  const texts = readAsNoted(workspace, kept.reads);
  if (texts === null) return null;
  const sources = new Map(
    writtenTexts(workspace, texts).map(([path, text]) => [path, new Source(path, text)]),
  );
  for (const [path, ranges] of kept.hidden) for (const range of ranges) sources.get(path)?.hide(range);
  const sourceOf = ({ path, part }: KeptSpan): Source =>
    part === null ? (sources.get(path) ?? new Source(path, null)) : new Source(path, part.text, part.begin);
  return {
    digest: kept.digest,
    summary: kept.summary,
    diagnostics: kept.diagnostics.map((one) => restoreDiagnostic(one, sourceOf)),
  };
}

/**
 * Keeps what a run came to that made a table. Nothing of the files of gateway.d and of catalog.yaml is in it but
 * digests and offsets: a secret may stand there in a comment.
 */
export function writeKeptRun(
  cache: CompileCache,
  { workspace, reads }: NotedWorkspace,
  { digest, summary, diagnostics }: RunOutcome,
): void {
  const written = new Set([
    ...workspace.gatewayFiles.map(({ path }) => path),
    ...workspace.catalogs.map(({ path }) => catalogFile(path)),
  ]);
  const hidden = new Map<string, readonly Range[]>();
  const keep = (span: Span, framed: boolean): KeptSpan => {
    const { source, start, end } = span;
    const { path, readable, text } = source;
    if (written.has(path) && !hidden.has(path))
      hidden.set(path, source.hiddenIn({ start: 0, end: text.length }));
    return { path, start, end, part: written.has(path) || !readable ? null : partOf(span, framed) };
  };
  const kept: Kept = {
    digest,
    summary,
    reads,
    diagnostics: diagnostics.map((one) => keepDiagnostic(one, keep)),
    hidden: [...hidden],
  };
  writeSealed(cache, keyOfRun(cache, workspace), Buffer.from(JSON.stringify(kept)));
}

/** What is known before a catalog is asked for anything: names and texts, and what reading them found. */
function keyOfRun(cache: CompileCache, { gatewayFiles, catalogs, diagnostics }: Workspace): string {
  return keyOf(cache, [
    'run',
    FORMAT,
    gatewayFiles.map(({ path, text }) => [path, text]),
    catalogs.map(({ name, origin, path }) => [name, origin, path]),
    diagnostics.map(({ code, span, message }) => [code, span.source.path, message]),
  ]);
}

function writtenTexts(
  { gatewayFiles }: Workspace,
  catalogTexts: ReadonlyMap<string, string>,
): (readonly [path: string, text: string])[] {
  return [
    ...gatewayFiles.map(({ path, text }) => [path, text] as const),
    ...[...catalogTexts].map(([path, text]) => [catalogFile(path), text] as const),
  ];
}

function catalogFile(folder: string): string {
  return `${folder}/catalog.yaml`;
}
