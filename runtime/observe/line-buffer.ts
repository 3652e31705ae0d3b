import { write, writeSync } from 'node:fs';

/** Takes whole lines and writes them to a file descriptor, many at a time, in order. */
export interface LineBuffer {
  write(line: string): void;
  /** Resolves when every line taken so far is written. */
  flush(): Promise<void>;
}

/** How much is gathered before it is handed over. */
const GATHERED_CHARACTERS = 32 * 1024;
/** How long a line waits at most. */
const WAIT_MS = 500;
/** How much waits while the reader of a pipe stands still; lines beyond it are lost rather than memory. */
const WAITING_MAX_CHARACTERS = 16 * 1024 * 1024;
const RETRY_MS = 50;

/**
 * Gives the buffer of a descriptor. Writing never blocks the event loop; what is left when the process
 * exits is written then. (Measured: docs/decisions/0010.)
 */
export function lineBuffer(descriptor: number): LineBuffer {
  let lines: string[] = [];
  let characters = 0;
  let timer: NodeJS.Timeout | null = null;
  /** What is being written, and from where on. */
  let writing: Buffer | null = null;
  let waiting: (() => void)[] = [];

  const next = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (writing !== null) return;
    if (lines.length === 0) {
      for (const resolve of waiting) resolve();
      waiting = [];
      return;
    }
    writing = Buffer.from(lines.join(''), 'utf8');
    lines = [];
    characters = 0;
    writeOn();
  };
  const writeOn = (): void => {
    if (writing === null) return;
    write(descriptor, writing, (error, written) => {
      if (error?.code === 'EAGAIN') {
        // The reader of the pipe is slow.
        setTimeout(writeOn, RETRY_MS);
        return;
      }
      const rest = error === null ? writing?.subarray(written) : undefined;
      writing = rest === undefined || rest.length === 0 ? null : rest;
      if (writing === null) next();
      else writeOn();
    });
  };
  const writeWhatIsLeft = (): void => {
    // A write that is under way may repeat here what it has written: twice is better than never.
    const left = (writing?.toString('utf8') ?? '') + lines.join('');
    if (left !== '') writeLast(descriptor, left);
  };
  let begun = false;
  return {
    write: (line) => {
      if (characters > WAITING_MAX_CHARACTERS) return;
      if (!begun) process.on('exit', writeWhatIsLeft);
      begun = true;
      lines.push(line);
      characters += line.length;
      if (writing !== null) return;
      if (characters >= GATHERED_CHARACTERS) next();
      else timer ??= setTimeout(next, WAIT_MS).unref();
    },
    flush: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        next();
      }),
  };
}

function writeLast(descriptor: number, text: string): void {
  try {
    writeSync(descriptor, text);
  } catch {
    // Nobody reads any more, and there is nowhere left to say so.
  }
}
