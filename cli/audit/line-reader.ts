import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { isMeant } from '../../runtime/observe/audit/audit-filters.ts';
import { readShownRow } from '../../runtime/observe/audit/audit-row.ts';
import type { AuditRow } from '../../runtime/observe/audit/audit-row.ts';
import { statsOf } from '../../runtime/observe/audit/audit-stats.ts';
import type { AuditReader } from '../../runtime/observe/audit/audit-store.ts';

/**
 * Gives the rows of a file of JSON lines; other lines, such as those of the log, are passed over. The file is read anew
 * for each question, and its rows are held in memory while it is answered.
 */
export function lineReader(path: string): AuditReader {
  return {
    events: async ({ filters, sort, after, limit }) => {
      const isBeyond = ({ id }: AuditRow): boolean =>
        after === null || (sort === 'newest' ? id < after : id > after);
      const rows = (await rowsOf(path)).filter((row) => isBeyond(row) && isMeant(row, filters));
      rows.sort((one, other) => (one.id < other.id ? -1 : 1));
      return (sort === 'newest' ? rows.toReversed() : rows).slice(0, limit);
    },
    event: async (id) => (await rowsOf(path)).find((row) => row.id === id) ?? null,
    stats: async (query) => statsOf(await rowsOf(path), query),
    close: () => Promise.resolve(),
  };
}

/** The line of an ended exchange takes the place of the one from when it began. */
async function rowsOf(path: string): Promise<AuditRow[]> {
  const rows = new Map<string, AuditRow>();
  for await (const line of createInterface({ input: createReadStream(path, 'utf8') })) {
    const row = readShownRow(line);
    if (row !== null && !(row.outcome === 'begun' && rows.has(row.id))) rows.set(row.id, row);
  }
  return [...rows.values()];
}
