import type { Range, Source } from './source.ts';

/** A part of a source: offsets until it is shown. */
export interface Span extends Range {
  readonly source: Source;
}

/** Gives the span of a whole source, for faults that concern it as such. */
export function wholeSource(source: Source): Span {
  return { source, start: 0, end: 0 };
}

/** Gives `path:line:column` of where a span starts, the form in which the table keeps places. */
export function placeOf(span: Span): string {
  const { line, column } = span.source.positionAt(span.start);
  return `${span.source.path}:${line}:${column}`;
}

/** Keeps a span out of every code frame, because a secret may stand there. */
export function hideSpan(span: Span): void {
  span.source.hide(span);
}
