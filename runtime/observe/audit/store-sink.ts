import type { Hidden } from '../../hidden.ts';
import { sqlitePath } from '../../store/open-database.ts';
import { valuesOf } from './audit-row.ts';
import type { AuditStore } from './audit-store.ts';
import { openedWhenAsked } from './opened-when-asked.ts';
import type { RowSink } from './row-sink.ts';
import { threadedStore } from './threaded-store.ts';

/** Gives the rows of a store for a process that serves: nothing is opened before the first call, and no call blocks. */
export function servedStore(url: Hidden<string>): AuditStore {
  if (sqlitePath(url) !== undefined) return threadedStore(url);
  // What a server answers is waited for without a thread.
  return openedWhenAsked(async () => (await import('./audit-store.ts')).openAuditStore(url));
}

/** Gives what writes rows to a store. */
export function storeSink(store: AuditStore): RowSink {
  return {
    name: 'store',
    write: (rows) => store.write(rows.map(valuesOf)),
    close: () => store.close(),
  };
}
