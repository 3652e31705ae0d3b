/** One text that people wrote, under the path that is shown to them. */
export class Source {
  /** Relative to the folder, with `/`; `builtin:NAME/…` for the package's own catalogs. Never absolute. */
  readonly path: string;
  readonly text: string;
  /** False where there is no text to show: a folder, or a file that was not read. */
  readonly readable: boolean;
  readonly #hidden: Range[] = [];
  #lineStarts: number[] | null = null;

  constructor(path: string, text: string | null) {
    this.path = path;
    this.text = text ?? '';
    this.readable = text !== null;
  }

  /** The ranges that are never shown, because a secret may stand there. */
  get hidden(): readonly Range[] {
    return this.#hidden;
  }

  /** Keeps a range of the text out of every code frame. */
  hide(range: Range): void {
    this.#hidden.push({ start: range.start, end: range.end });
  }

  /** Gives line and column of an offset, both counted from 1, the column in UTF-16 code units. */
  positionAt(offset: number): Position {
    const starts = this.#starts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  }

  /** Gives the range of a line (counted from 1) without its line end. */
  lineRange(line: number): Range {
    const starts = this.#starts();
    const start = starts[line - 1] ?? this.text.length;
    const next = starts[line] ?? this.text.length + 1;
    const end = this.text.charAt(next - 2) === '\r' ? next - 2 : next - 1;
    return { start, end: Math.max(start, end) };
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
