import { oneLine } from './ops/one-line.ts';

/** Tells a person at a terminal how far long work is. */
export interface Progress {
  readonly document: (path: string) => void;
  /** Takes the line away again: what follows begins at the left. */
  readonly end: () => void;
}

/** A stream that may be a terminal. */
export interface Terminal {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Least time between two lines: thousands of files are read in a second. */
const EVERY_MS = 50;
const CLEAR = '\r\u001b[2K';

/** Gives how far the reading of documents is, as a line of a terminal. */
export function terminalProgress(terminal: Terminal, now_ms?: () => number): Progress {
  const { show, end } = terminalLine(terminal, now_ms);
  let count = 0;
  return {
    document: (path) => {
      count += 1;
      show(`document ${count}: ${path}`);
    },
    end,
  };
}

/** A line that is written over. */
interface TerminalLine {
  readonly show: (text: string) => void;
  /** Takes it away. */
  readonly end: () => void;
}

/** Gives one line of a terminal; nothing is written where the stream is none. */
export function terminalLine(
  terminal: Terminal,
  now_ms: () => number = () => performance.now(),
): TerminalLine {
  if (terminal.isTTY !== true) return { show: () => {}, end: () => {} };
  let shown_ms = -Infinity;
  return {
    show: (text) => {
      if (now_ms() - shown_ms < EVERY_MS) return;
      shown_ms = now_ms();
      // Less than a line: one that wraps would not be taken away as a whole. A terminal that has no size says 0.
      const columns = terminal.columns === undefined || terminal.columns < 2 ? 80 : terminal.columns;
      terminal.write(CLEAR + oneLine(text, columns - 1));
    },
    end: () => {
      if (shown_ms !== -Infinity) terminal.write(CLEAR);
    },
  };
}
