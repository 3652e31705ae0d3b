import type { Span } from '../source/span.ts';

/** One line of source with the place marked. */
export interface Frame {
  readonly line: number;
  readonly column: number;
  /** The line as it may be shown: secrets masked, control characters replaced, cut when long. */
  readonly text: string;
  /** What stands before the carets: spaces, with the line's own tabs. */
  readonly indent: string;
  readonly carets: string;
}

const MASK = '••••';
const WIDTH = 160;
const BEFORE = 40;

/** Gives the frame of a span: its first line, every hidden range of it masked. Null where no text can be shown. */
export function frameOf(span: Span): Frame | null {
  if (!span.source.readable) return null;
  const { line, column } = span.source.positionAt(span.start);
  const range = span.source.lineRange(line);
  const window = windowOf(range, span.start);
  const end = Math.max(span.start, Math.min(span.end, window.end));
  const marked = shown(span, span.start, end);
  const lead = shown(span, window.start, span.start);
  const after = shown(span, end, window.end);
  // A hidden range that runs over a border is masked on either side of it: one mask is enough.
  const before = lead.endsWith(MASK) && marked.startsWith(MASK) ? lead.slice(0, -MASK.length) : lead;
  const joined = marked.endsWith(MASK) && after.startsWith(MASK) ? after.slice(MASK.length) : after;
  const cutLeft = window.start > range.start ? '…' : '';
  const cutRight = window.end < range.end ? '…' : '';
  const text = `${cutLeft}${before}${marked}${joined}${cutRight}`;
  return {
    line,
    column,
    text,
    indent: `${cutLeft}${before}`.replace(/[^\t]/gu, ' '),
    carets: '^'.repeat(Math.max(1, Array.from(marked).length)),
  };
}

function windowOf(range: { start: number; end: number }, at: number): { start: number; end: number } {
  if (range.end - range.start <= WIDTH) return range;
  const start = Math.max(range.start, at - BEFORE);
  return { start, end: Math.min(range.end, start + WIDTH) };
}

function shown(span: Span, start: number, end: number): string {
  let text = '';
  let at = start;
  for (const hidden of span.source.hiddenIn({ start, end })) {
    text += `${clean(span.source.slice(at, hidden.start))}${MASK}`;
    at = hidden.end;
  }
  return text + clean(span.source.slice(at, end));
}

/** Replaces what a terminal would act on, or what would turn the line around. */
export function clean(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is replaced
  return text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/g, '\ufffd');
}
