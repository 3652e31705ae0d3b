import { StoreUnavailable } from '../../store/store-errors.ts';
import type { AuditRow } from './audit-row.ts';
import type { RowSink } from './row-sink.ts';

/** How rows are gathered and given up. */
export interface QueueLimits {
  /** How long a row waits for others at most; 0: it does not. */
  readonly gather_ms: number;
  /** How many rows are written at once; as soon as so many wait, they are. */
  readonly together: number;
  /** How many rows may wait; those that come on top are dropped. */
  readonly rows_max: number;
  /** How many characters of parameters may wait, likewise. */
  readonly characters_max: number;
}

/** What a queue tells of. */
export interface QueueTeller {
  /** Rows were not kept: there was no room for them, or they cannot be written. */
  dropped(sink: string, rows: number): void;
  /** Rows could not be written, for the first time since they could. */
  failing(sink: string, error: unknown): void;
  /** Rows can be written again. */
  healed(sink: string): void;
}

/** Rows on their way to one sink. */
export interface RowQueue {
  /** Takes a row that is written in the background, or dropped. */
  add(row: AuditRow): void;
  /** Resolves when every row was written, or dropped because it cannot be just now. */
  end(): Promise<void>;
}

/** How long the next try waits where the error does not say. */
const RETRY_MS = 1000;
const RETRY_LONGEST_MS = 5000;

/** Gives a queue that writes to a sink, one batch at a time, in the order in which rows came. */
export function rowQueue(sink: RowSink, limits: QueueLimits, tell: QueueTeller): RowQueue {
  const waiting = waitingRows(limits);
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> | null = null;
  let isFailing = false;
  let ending = false;
  let wake = (): void => {};

  /** Writes one batch. Gives how long to wait before the next. */
  const writeOne = async (): Promise<number> => {
    const batch = waiting.take();
    try {
      await sink.write(batch);
      if (isFailing) tell.healed(sink.name);
      isFailing = false;
      return 0;
    } catch (error) {
      if (!isFailing) tell.failing(sink.name, error);
      isFailing = true;
      const retry_ms = error instanceof StoreUnavailable ? error.retry_after_ms : RETRY_MS;
      // At the end there is no later: what could not be written is told, and gone.
      if (ending || isOurFault(error)) tell.dropped(sink.name, batch.length);
      else waiting.putBack(batch);
      return Math.min(retry_ms, RETRY_LONGEST_MS);
    }
  };
  const pause = (wait_ms: number): Promise<void> =>
    new Promise((resolve) => {
      const pausing = setTimeout(resolve, wait_ms).unref();
      wake = () => {
        clearTimeout(pausing);
        resolve();
      };
    });
  const writeOn = async (): Promise<void> => {
    do {
      const wait_ms = await writeOne();
      if (wait_ms > 0 && !ending) await pause(wait_ms);
      // What is less than a batch waits for more.
    } while (waiting.length >= (ending || limits.gather_ms === 0 ? 1 : limits.together));
  };
  const begin = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (writing !== null || waiting.length === 0) return;
    writing = writeOn().finally(() => {
      writing = null;
      if (waiting.length > 0) beginSoon();
    });
  };
  const beginSoon = (): void => {
    if (limits.gather_ms === 0 || waiting.length >= limits.together) begin();
    else timer ??= setTimeout(begin, limits.gather_ms).unref();
  };
  return {
    add: (row) => {
      if (ending || !waiting.add(row)) tell.dropped(sink.name, 1);
      else if (writing === null) beginSoon();
    },
    end: async () => {
      ending = true;
      wake();
      // What came while the last batch was written is another.
      do {
        begin();
        await writing;
      } while (waiting.length > 0);
    },
  };
}

/** Rows that wait, as many as there is room for. */
interface WaitingRows {
  readonly length: number;
  /** Gives whether there was room. */
  add(row: AuditRow): boolean;
  /** Gives a batch of those that came first, which wait no more. */
  take(): readonly AuditRow[];
  putBack(batch: readonly AuditRow[]): void;
}

function waitingRows({ together, rows_max, characters_max }: QueueLimits): WaitingRows {
  let rows: AuditRow[] = [];
  let characters = 0;
  const lengthOf = ({ parameters }: AuditRow): number => parameters?.length ?? 0;
  return {
    get length() {
      return rows.length;
    },
    add: (row) => {
      if (rows.length >= rows_max || characters + lengthOf(row) > characters_max) return false;
      rows.push(row);
      characters += lengthOf(row);
      return true;
    },
    take: () => {
      const batch = rows.slice(0, together);
      rows = rows.slice(together);
      for (const row of batch) characters -= lengthOf(row);
      return batch;
    },
    putBack: (batch) => {
      rows = [...batch, ...rows];
      for (const row of batch) characters += lengthOf(row);
    },
  };
}

/** Errors of the database that pass, or that a person has to end; whatever else is thrown would be thrown again. */
const PASSING: ReadonlySet<string> = new Set(['StoreUnavailable', 'StoreFileError', 'StoreNewer']);

function isOurFault(error: unknown): boolean {
  if (!(error instanceof Error)) return true;
  // Of the file system: a full disk, a folder that is not there.
  return !PASSING.has(error.name) && !('syscall' in error);
}
