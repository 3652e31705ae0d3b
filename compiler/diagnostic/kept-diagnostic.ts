import type { Begin, Range, Source } from '../source/source.ts';
import type { Span } from '../source/span.ts';
import type { Diagnostic, Note } from './diagnostic.ts';

/** A place as it is kept between runs. */
export interface KeptSpan extends Range {
  readonly path: string;
  /** What is shown of the text; null where the text is at hand when this is read again, or there is none. */
  readonly part: KeptPart | null;
}

/** A part of a text: the whole is not decoded for it. */
export interface KeptPart {
  readonly begin: Begin;
  readonly text: string;
}

interface KeptNote {
  readonly message: string;
  readonly span: KeptSpan | null;
}

/** A finding as it is kept between runs, as JSON. */
export type KeptDiagnostic = Omit<Diagnostic, 'span' | 'notes' | 'details'> & {
  readonly span: KeptSpan;
  readonly notes: readonly KeptNote[];
  readonly details: readonly KeptNote[];
};

/** How much of a line is kept on either side of a place: more than a code frame shows. */
const AROUND = 200;

/** Gives a diagnostic as it is kept. `keep` gives its places; `framed` tells it whether code is shown there. */
export function keepDiagnostic(
  one: Diagnostic,
  keep: (span: Span, framed: boolean) => KeptSpan,
): KeptDiagnostic {
  const note =
    (framed: boolean) =>
    ({ message, span }: Note): KeptNote => ({ message, span: span && keep(span, framed) });
  return {
    ...one,
    span: keep(one.span, true),
    notes: one.notes.map(note(true)),
    // There may be thousands of these, and no code is shown of them.
    details: one.details.map(note(false)),
  };
}

/** Gives a diagnostic that was kept. `sourceOf` gives the source that a place is in. */
export function restoreDiagnostic(kept: KeptDiagnostic, sourceOf: (span: KeptSpan) => Source): Diagnostic {
  const note = ({ message, span }: KeptNote): Note => ({
    message,
    span: span && restoreSpan(span, sourceOf),
  });
  return {
    ...kept,
    span: restoreSpan(kept.span, sourceOf),
    notes: kept.notes.map(note),
    details: kept.details.map(note),
  };
}

/** Gives a place that was kept. */
export function restoreSpan(kept: KeptSpan, sourceOf: (span: KeptSpan) => Source): Span {
  return { source: sourceOf(kept), start: kept.start, end: kept.end };
}

/** Gives the part of the text that is shown of a place; its position alone where no code is shown. */
export function partOf({ source, start, end }: Span, framed: boolean): KeptPart {
  const { line, column } = source.positionAt(start);
  if (!framed) return { begin: { offset: start, line, column }, text: '' };
  const range = source.lineRange(line);
  const from = Math.max(range.start, start - AROUND);
  const text = source.slice(from, Math.min(range.end, Math.max(start, end) + AROUND));
  return { begin: { offset: from, line, column: column - (start - from) }, text };
}
