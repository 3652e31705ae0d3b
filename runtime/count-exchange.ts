import type { ExchangeRecord } from './exchange.ts';
import type { Counts } from './observe/counts.ts';

/** Counts what an exchange came to, once it is over. */
export function countExchange(
  { connection, problem, checked, snapshot }: ExchangeRecord,
  counts: Counts,
): void {
  if (connection === null || (problem === null && checked === null)) return;
  const mode = snapshot.routes.get(connection)?.validation?.mode;
  counts.add({
    connection,
    problem,
    checked: checked === null || mode === undefined ? null : { mode, ...checked },
  });
}
