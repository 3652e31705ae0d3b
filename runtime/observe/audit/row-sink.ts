import type { AuditRow } from './audit-row.ts';

/** Where rows are kept. */
export interface RowSink {
  readonly name: 'store' | 'jsonl';
  /**
   * Writes rows, those of exchanges that have begun and those of ones that have ended. Rejects where they cannot be
   * written now: a row may be there twice then, and is to be written again.
   */
  write(rows: readonly AuditRow[]): Promise<void>;
  close(): Promise<void>;
}
