import type { Span } from '../source/span.ts';
import { CODES } from './codes.ts';
import type { Code, Severity } from './codes.ts';

/** A finding of the compiler: a value, shown by the renderers beside this file. */
export interface Diagnostic {
  readonly code: Code;
  readonly severity: Severity;
  readonly message: string;
  readonly span: Span;
  /** What stands under the place; may be empty. */
  readonly label: string;
  readonly notes: readonly Note[];
  /** Further places of the same fault: in JSON alone, because they may be thousands. */
  readonly details: readonly Note[];
  readonly help: string | null;
}

/** A second place of a fault, or a remark without one. */
export interface Note {
  readonly message: string;
  readonly span: Span | null;
}

/** Takes a finding. Phases report and go on; they never throw for what people wrote. */
export type Report = (diagnostic: Diagnostic) => void;

/** The parts of a diagnostic that its code does not settle. */
export interface DiagnosticParts {
  readonly message: string;
  readonly label?: string;
  readonly notes?: readonly Note[];
  readonly details?: readonly Note[];
  readonly help?: string | null;
  /** Where it differs from the code's default. */
  readonly severity?: Severity;
}

/** Gives a diagnostic with the default severity of its code. */
export function diagnostic(code: Code, span: Span, parts: DiagnosticParts): Diagnostic {
  return {
    code,
    severity: parts.severity ?? CODES[code].severity,
    message: parts.message,
    span,
    label: parts.label ?? '',
    notes: parts.notes ?? [],
    details: parts.details ?? [],
    help: parts.help ?? null,
  };
}

/** Gives diagnostics in the order of their places: path by code unit, offset, code. Equal ones appear once. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const sorted = [...diagnostics].sort(compare);
  return sorted.filter((one, index) => {
    const before = sorted[index - 1];
    return before === undefined || compare(before, one) !== 0 || before.message !== one.message;
  });
}

function compare(a: Diagnostic, b: Diagnostic): number {
  if (a.span.source.path !== b.span.source.path) return a.span.source.path < b.span.source.path ? -1 : 1;
  if (a.span.start !== b.span.start) return a.span.start - b.span.start;
  if (a.code !== b.code) return a.code < b.code ? -1 : 1;
  if (a.message !== b.message) return a.message < b.message ? -1 : 1;
  return 0;
}
