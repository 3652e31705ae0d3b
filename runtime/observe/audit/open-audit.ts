import { writesLines } from '../../../table/rules/audit-sinks.ts';
import type { AuditPlan } from '../../../table/types.ts';
import type { Hidden } from '../../hidden.ts';
import type { LineBuffer } from '../line-buffer.ts';
import type { AuditRow } from './audit-row.ts';
import type { AuditReader } from './audit-store.ts';
import { fileSink, outputSink } from './line-sinks.ts';
import type { FileSink } from './line-sinks.ts';
import { groupRows } from './group-rows.ts';
import { keepPruned } from './keep-pruned.ts';
import { rowQueue } from './row-queue.ts';
import type { QueueTeller } from './row-queue.ts';
import type { RowSink } from './row-sink.ts';
import { servedStore, storeSink } from './store-sink.ts';

/** What audit is opened with. */
export interface AuditParts {
  /** The store's URL; null where the plan has no use for it. */
  readonly store: Hidden<string> | null;
  /** Standard output. */
  readonly lines: Pick<LineBuffer, 'write' | 'flush'>;
  readonly tell: QueueTeller;
}

/** Where the rows of a process go. */
export interface Audit {
  /** Takes the row of an exchange that has ended. */
  add(row: AuditRow): void;
  /** Writes the row of an exchange that has begun to every sink; rejects where one cannot take it. null: nothing waits. */
  readonly begin: ((row: AuditRow) => Promise<void>) | null;
  /** Resolves when every sink takes rows; rejects with the first reason why one does not. */
  ready(): Promise<void>;
  /** The rows of the store; null where it has none. */
  readonly reader: AuditReader | null;
  /** Opens the file anew, which may have been moved away. */
  reopen(): void;
  /** Writes what waits, and closes. */
  end(): Promise<void>;
}

/** 250 ms are what a killed process may lose. */
const GATHER_MS = 250;
const TOGETHER = 500;
const ROWS_MAX = 20_000;
const CHARACTERS_MAX = 32 * 1024 * 1024;

/** Opens audit as the plan says. Nothing touches the disk or the network before the first row, or `ready`. */
export function openAudit(plan: AuditPlan, { store, lines, tell }: AuditParts): Audit {
  const isSync = plan.mode === 'sync';
  const written = store === null ? null : servedStore(store);
  const file = fileOf(plan, isSync);
  const sinks: RowSink[] = [
    ...(written === null ? [] : [storeSink(written)]),
    ...(file === null ? [] : [file]),
    ...(writesLines(plan) && file === null ? [outputSink(lines)] : []),
  ];
  const limits = {
    gather_ms: isSync ? 0 : GATHER_MS,
    together: TOGETHER,
    rows_max: ROWS_MAX,
    characters_max: CHARACTERS_MAX,
  };
  const queues = sinks.map((sink) => rowQueue(sink, limits, tell));
  const groups = sinks.map((sink) => groupRows(sink));
  // Of its own: whoever looks for something among millions of rows keeps nobody from writing.
  const reader = store === null ? null : servedStore(store);
  const stopPruning = written === null ? () => {} : keepPruned(written, plan.retention_ms, tell);
  return {
    add: (row) => {
      for (const queue of queues) queue.add(row);
    },
    begin: isSync ? async (row) => void (await Promise.all(groups.map((write) => write(row)))) : null,
    ready: async () => void (await Promise.all(sinks.map((sink) => sink.write([])))),
    reader,
    reopen: () => file?.reopen(),
    end: async () => {
      stopPruning();
      await Promise.all(queues.map((queue) => queue.end()));
      await Promise.all(sinks.map((sink) => sink.close()));
      await reader?.close();
    },
  };
}

function fileOf(plan: AuditPlan, durable: boolean): FileSink | null {
  return writesLines(plan) && plan.file !== 'stdout' ? fileSink(plan.file, { durable }) : null;
}
