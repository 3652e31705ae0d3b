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

/** Gives progress as one line that is written over; nothing at all where the stream is no terminal. */
export function terminalProgress(
  terminal: Terminal,
  now_ms: () => number = () => performance.now(),
): Progress {
  if (terminal.isTTY !== true) return { document: () => {}, end: () => {} };
  let count = 0;
  let shown_ms = -Infinity;
  return {
    document: (path) => {
      count += 1;
      if (now_ms() - shown_ms < EVERY_MS) return;
      shown_ms = now_ms();
      // Less than a line: one that wraps would not be taken away as a whole.
      terminal.write(CLEAR + oneLine(`document ${count}: ${path}`, (terminal.columns ?? 80) - 1));
    },
    end: () => {
      if (shown_ms !== -Infinity) terminal.write(CLEAR);
    },
  };
}
