/** One text that people wrote, under the path that is shown to them. */
export class Source {
  /** Relative to the folder, with `/`; `builtin:NAME/…` for the package's own catalogs. Never absolute. */
  readonly path: string;
  readonly text: string;
  /** False where there is no text to show: a folder, or a file that was not read. */
  readonly readable: boolean;
  readonly #begin: Begin;
  readonly #hidden: Range[] = [];
  /** The hidden ranges in order, overlapping ones joined; null when they changed. */
  #merged: Range[] | null = null;
  #lineStarts: number[] | null = null;

  /** `begin` says where in the whole the text begins, where only a part of it is there. */
  constructor(path: string, text: string | null, begin: Begin = { offset: 0, line: 1, column: 1 }) {
    this.path = path;
    this.#begin = begin;
    this.text = text ?? '';
    this.readable = text !== null;
  }

  /** Keeps a range of the text out of every code frame, because a secret may stand there. */
  hide(range: Range): void {
    this.#hidden.push({ start: range.start, end: range.end });
    this.#merged = null;
  }

  /** Gives the hidden parts of a range, in order and without overlap. */
  hiddenIn(range: Range): Range[] {
    this.#merged ??= merge(this.#hidden);
    const merged = this.#merged;
    let low = 0;
    let high = merged.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((merged[middle]?.end ?? 0) <= range.start) low = middle + 1;
      else high = middle;
    }
    const parts: Range[] = [];
    for (let index = low; index < merged.length; index += 1) {
      const { start, end } = merged[index] ?? range;
      if (start >= range.end) break;
      const part = { start: Math.max(start, range.start), end: Math.min(end, range.end) };
      if (part.start < part.end) parts.push(part);
    }
    return parts;
  }

  /** Gives the text between two offsets. */
  slice(start: number, end: number): string {
    return this.text.slice(start - this.#begin.offset, end - this.#begin.offset);
  }

  /** Gives line and column of an offset, both counted from 1, the column in UTF-16 code units. */
  positionAt(at: number): Position {
    const offset = at - this.#begin.offset;
    const starts = this.#starts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const column = offset - (starts[low] ?? 0) + (low === 0 ? this.#begin.column : 1);
    return { line: low + this.#begin.line, column };
  }

  /** Gives the range of a line (counted from 1) without its line end. */
  lineRange(line: number): Range {
    const starts = this.#starts();
    const index = line - this.#begin.line;
    const start = starts[index] ?? this.text.length;
    const next = starts[index + 1] ?? this.text.length + 1;
    const end = this.text.charAt(next - 2) === '\r' ? next - 2 : next - 1;
    const { offset } = this.#begin;
    return { start: start + offset, end: Math.max(start, end) + offset };
  }

  #starts(): number[] {
    if (this.#lineStarts !== null) return this.#lineStarts;
    const starts = [0];
    for (let at = this.text.indexOf('\n'); at !== -1; at = this.text.indexOf('\n', at + 1))
      starts.push(at + 1);
    this.#lineStarts = starts;
    return starts;
  }
}

/** Where a text begins in the whole that it is a part of: offsets count in the whole. */
export interface Begin extends Position {
  readonly offset: number;
}

/** A pair of offsets, the end excluded. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Line and column, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

function merge(ranges: readonly Range[]): Range[] {
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}
