import { inTime } from '../../in-time.ts';
import { StoreUnavailable } from '../../store/store-errors.ts';
import type { AuditRow } from './audit-row.ts';
import type { RowSink } from './row-sink.ts';

interface Waiting {
  readonly row: AuditRow;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** How long a row is waited for: longer than a database takes to give up. */
const WRITE_MS = 7000;

/**
 * Gives what writes a row and resolves when it is there. Rows that come while others are written go together in the
 * next turn, so that many wait for the disk once. Nothing is tried again: whoever waits is told.
 */
export function groupRows(sink: Pick<RowSink, 'write'>): (row: AuditRow) => Promise<void> {
  let waiting: Waiting[] = [];
  let isWriting = false;
  const writeOn = async (): Promise<void> => {
    isWriting = true;
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        await inTime(sink.write(group.map(({ row }) => row)), WRITE_MS, tooSlow);
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    isWriting = false;
  };
  return (row) =>
    new Promise((resolve, reject) => {
      waiting.push({ row, resolve, reject });
      if (!isWriting) void writeOn();
    });
}

function tooSlow(): never {
  throw new StoreUnavailable('too slow');
}
