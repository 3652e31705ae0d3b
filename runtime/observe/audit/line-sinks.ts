import { mkdir, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { LineBuffer } from '../line-buffer.ts';
import { shownRow } from './audit-row.ts';
import type { AuditRow } from './audit-row.ts';
import type { RowSink } from './row-sink.ts';

/** A file that may be moved away while it is written. */
export interface FileSink extends RowSink {
  /** The next row opens the file anew. */
  reopen(): void;
}

/**
 * Gives what adds rows to a file, one JSON object a line, whole lines always: behind half a line, which a full disk may
 * leave, a new one begins. With `durable` the disk has them when it resolves. Only this user can read a file that is
 * made here.
 */
export function fileSink(path: string, { durable }: { readonly durable: boolean }): FileSink {
  let file: FileHandle | null = null;
  let isTorn = false;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  };
  const close = async (): Promise<void> => {
    const closing = file;
    file = null;
    await closing?.close();
  };
  const add = async (text: string): Promise<void> => {
    file ??= await openFile(path);
    const bytes = Buffer.from(isTorn ? `\n${text}` : text);
    let written = 0;
    try {
      while (written < bytes.length) written += (await file.write(bytes, written)).bytesWritten;
      isTorn = false;
      if (durable) await file.datasync();
    } catch (error) {
      isTorn ||= written > 0;
      await close();
      throw error;
    }
  };
  return {
    name: 'jsonl',
    write: (rows) => inTurn(() => add(rows.map(lineOf).join(''))),
    reopen: () => void inTurn(close),
    close: () => inTurn(close),
  };
}

async function openFile(path: string): Promise<FileHandle> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  return open(path, 'a', 0o600);
}

/** Gives what puts rows among the lines of the log, on standard output. `msg` tells them apart. */
export function outputSink(lines: Pick<LineBuffer, 'write' | 'flush'>): RowSink {
  return {
    name: 'jsonl',
    write: (rows) => {
      for (const row of rows) lines.write(lineOf(row));
      return Promise.resolve();
    },
    close: () => lines.flush(),
  };
}

function lineOf(row: AuditRow): string {
  return `${JSON.stringify({ ...shownRow(row), msg: 'audit' })}\n`;
}
