import type { Span } from '../source/span.ts';
import { CODES } from './codes.ts';
import type { Diagnostic, Note } from './diagnostic.ts';

/** Gives diagnostics as a JSON document. It holds places and messages, no source text. */
export function renderJson(diagnostics: readonly Diagnostic[]): string {
  return `${JSON.stringify({ diagnostics: diagnostics.map(toJson) }, null, 2)}\n`;
}

function toJson(one: Diagnostic): object {
  return {
    code: one.code,
    slug: CODES[one.code].slug,
    severity: one.severity,
    message: one.message,
    ...placeJson(one.span),
    label: one.label === '' ? null : one.label,
    notes: one.notes.map(noteJson),
    ...(one.details.length === 0 ? {} : { details: one.details.map(noteJson) }),
    help: one.help,
  };
}

function noteJson(note: Note): object {
  return { message: note.message, ...(note.span === null ? {} : placeJson(note.span)) };
}

function placeJson(span: Span): object {
  if (!span.source.readable) return { file: span.source.path };
  const start = span.source.positionAt(span.start);
  const end = span.source.positionAt(span.end);
  return {
    file: span.source.path,
    line: start.line,
    column: start.column,
    end_line: end.line,
    end_column: end.column,
  };
}
