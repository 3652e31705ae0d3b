import { setTimeout as pause } from 'node:timers/promises';
import { idFloor, isMeant } from '../../runtime/observe/audit/audit-filters.ts';
import type { AuditFilters } from '../../runtime/observe/audit/audit-filters.ts';
import type { AuditRow } from '../../runtime/observe/audit/audit-row.ts';
import type { AuditReader } from '../../runtime/observe/audit/audit-store.ts';

/** What is followed, and who gets it. */
export interface Following {
  readonly filters: AuditFilters;
  /** How many rows that are there already come first. */
  readonly first: number;
  readonly every_ms: number;
  /** Ends it. */
  readonly signal: AbortSignal;
  readonly take: (rows: AuditRow[]) => Promise<void>;
}

/** Rows of several processes are not written in the order of their ids: so far back it is looked once more. */
const OVERLAP_MS = 10_000;
const PAGE = 1000;
/** When a row is beyond every overlap. */
const FORGOTTEN_MS = 3 * OVERLAP_MS;

/** Takes rows as their exchanges end, each once, until the signal. */
export async function followRows(reader: AuditReader, following: Following): Promise<void> {
  const { filters, first, every_ms, signal, take } = following;
  const seen = seenRows();
  // What an exchange comes to is not known when it begins.
  const { outcome: _outcome, status: _status, ...known } = filters;
  const look = async (): Promise<AuditRow[]> => {
    const from = idFloor(Date.now() - OVERLAP_MS);
    const found = [...(await rowsFrom(reader, known, from))];
    for (const id of seen.begun()) {
      const row = id < from ? await reader.event(id) : null;
      if (row !== null) found.push(row);
    }
    return seen.ended(found).filter((row) => isMeant(row, filters));
  };
  // Those that are there are not new.
  await look();
  const before = await reader.events({ filters, sort: 'newest', after: null, limit: first });
  seen.ended(before);
  await take(before.filter(({ outcome }) => outcome !== 'begun').toReversed());
  while (!signal.aborted) {
    await pause(every_ms, undefined, { signal }).catch(() => {});
    await take(await look());
  }
}

async function rowsFrom(reader: AuditReader, filters: AuditFilters, from: string): Promise<AuditRow[]> {
  const rows: AuditRow[] = [];
  for (;;) {
    const after = rows.at(-1)?.id ?? from;
    const page = await reader.events({ filters, sort: 'oldest', after, limit: PAGE });
    rows.push(...page);
    if (page.length < PAGE) return rows;
  }
}

/** Which rows were seen: those of ended exchanges count once. */
interface SeenRows {
  /** Gives those of ended exchanges that were not given before. */
  ended(rows: readonly AuditRow[]): AuditRow[];
  /** The ids of exchanges that had not ended. */
  begun(): string[];
}

function seenRows(): SeenRows {
  const given = new Map<string, number>();
  const open = new Set<string>();
  return {
    ended: (rows) => {
      for (const [id, at] of given) if (Date.now() - at > FORGOTTEN_MS) given.delete(id);
      return rows.filter(({ id, outcome }) => {
        if (given.has(id)) return false;
        if (outcome === 'begun') {
          open.add(id);
          return false;
        }
        open.delete(id);
        given.set(id, Date.now());
        return true;
      });
    },
    begun: () => [...open],
  };
}
