import type { Queries } from '../../store/database.ts';
import { conditionOf, isMeant } from './audit-filters.ts';
import type { AuditFilters, Condition } from './audit-filters.ts';
import type { AuditRow } from './audit-row.ts';

/** What numbers can be told by. */
export type StatsBy = keyof AuditRow &
  ('outcome' | 'connection' | 'caller' | 'account' | 'operation' | 'door' | 'method' | 'status');

export const STATS_BY: readonly StatsBy[] = [
  'outcome',
  'connection',
  'caller',
  'account',
  'operation',
  'door',
  'method',
  'status',
];

export interface StatsQuery {
  readonly filters: AuditFilters;
  readonly by: StatsBy;
  /** How many groups, those with the most exchanges first. */
  readonly limit: number;
}

/** Numbers of some exchanges. */
export interface ExchangeNumbers {
  readonly exchanges: number;
  /** The gateway answered itself. */
  readonly refused: number;
  /** The upstream answered 4xx. */
  readonly upstream_4xx: number;
  /** The upstream answered 5xx, too late, or not at all. */
  readonly failed: number;
  readonly request_bytes: number;
  readonly response_bytes: number;
  /** Milliseconds, over exchanges that have ended; null where none has. */
  readonly duration_ms: { readonly mean: number; readonly max: number } | null;
}

export interface AuditStats extends ExchangeNumbers {
  /** The duration that a share of the exchanges did not exceed, nearest rank; null where none has ended. */
  readonly quantiles_ms: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  readonly by: StatsBy;
  /** Those with the most exchanges; equal ones by their value. */
  readonly groups: readonly (ExchangeNumbers & { readonly value: string | number | null })[];
}

const FAILED = ['upstream_5xx', 'upstream_timeout', 'transport_error'];
const NUMBERS = `COUNT(*) AS exchanges,
  COUNT(CASE WHEN outcome LIKE 'refused:%' THEN 1 END) AS refused,
  COUNT(CASE WHEN outcome = 'upstream_4xx' THEN 1 END) AS upstream_4xx,
  COUNT(CASE WHEN outcome IN (${FAILED.map((one) => `'${one}'`).join(', ')}) THEN 1 END) AS failed,
  CAST(COALESCE(SUM(request_bytes), 0) AS BIGINT) AS request_bytes,
  CAST(COALESCE(SUM(response_bytes), 0) AS BIGINT) AS response_bytes,
  COUNT(duration_ms) AS ended, AVG(duration_ms) AS mean, MAX(duration_ms) AS max`;

const SHARES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;

/** Gives the numbers of the rows of a database that are meant. */
export async function storedStats(
  database: Pick<Queries, 'read'>,
  { filters, by, limit }: StatsQuery,
): Promise<AuditStats> {
  const { sql, values } = conditionOf(filters);
  const [all] = await database.read(`SELECT ${NUMBERS} FROM gw_audit WHERE ${sql}`, values);
  const groups = await database.read(
    `SELECT ${by} AS value, ${NUMBERS} FROM gw_audit WHERE ${sql}
     GROUP BY ${by} ORDER BY COUNT(*) DESC, ${by} IS NULL, ${by} LIMIT ?`,
    [...values, limit],
  );
  return {
    ...numbersOf(all ?? {}),
    quantiles_ms: await storedQuantiles(database, { sql, values }, Number(all?.['ended'])),
    by,
    groups: groups.map((row) => ({ value: row['value'] ?? null, ...numbersOf(row) })),
  };
}

function numbersOf(row: Readonly<Record<string, unknown>>): ExchangeNumbers {
  const number = (name: string): number => Number(row[name]);
  return {
    exchanges: number('exchanges'),
    refused: number('refused'),
    upstream_4xx: number('upstream_4xx'),
    failed: number('failed'),
    request_bytes: number('request_bytes'),
    response_bytes: number('response_bytes'),
    duration_ms: number('ended') === 0 ? null : { mean: rounded(number('mean')), max: number('max') },
  };
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}

async function storedQuantiles(
  database: Pick<Queries, 'read'>,
  { sql, values }: Condition,
  ended: number,
): Promise<AuditStats['quantiles_ms']> {
  if (ended === 0) return null;
  const at = async (share: number): Promise<number> => {
    const [row] = await database.read(
      `SELECT duration_ms FROM gw_audit WHERE ${sql} AND duration_ms IS NOT NULL
       ORDER BY duration_ms LIMIT 1 OFFSET ?`,
      [...values, rankOf(share, ended)],
    );
    return Number(row?.['duration_ms']);
  };
  return { p50: await at(SHARES.p50), p95: await at(SHARES.p95), p99: await at(SHARES.p99) };
}

/** The nearest rank, from 0. */
function rankOf(share: number, count: number): number {
  return Math.max(0, Math.ceil(share * count) - 1);
}

/** Gives the numbers of rows in memory: the same as a database of them would. */
export function statsOf(rows: readonly AuditRow[], { filters, by, limit }: StatsQuery): AuditStats {
  const meant = rows.filter((row) => isMeant(row, filters));
  const groups = new Map<string | number | null, AuditRow[]>();
  for (const row of meant) {
    const group = groups.get(row[by]);
    if (group === undefined) groups.set(row[by], [row]);
    else group.push(row);
  }
  const durations = durationsOf(meant);
  const at = (share: number): number => durations[rankOf(share, durations.length)] ?? Number.NaN;
  return {
    ...countedOf(meant),
    quantiles_ms:
      durations.length === 0 ? null : { p50: at(SHARES.p50), p95: at(SHARES.p95), p99: at(SHARES.p99) },
    by,
    groups: [...groups]
      .map(([value, members]) => ({ value, ...countedOf(members) }))
      .sort((one, other) => other.exchanges - one.exchanges || byValue(one.value, other.value))
      .slice(0, limit),
  };
}

function durationsOf(rows: readonly AuditRow[]): number[] {
  return rows.flatMap(({ duration_ms }) => duration_ms ?? []).sort((one, other) => one - other);
}

function countedOf(rows: readonly AuditRow[]): ExchangeNumbers {
  const count = (isOne: (outcome: string) => boolean): number =>
    rows.filter(({ outcome }) => isOne(outcome)).length;
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
  const durations = durationsOf(rows);
  return {
    exchanges: rows.length,
    refused: count((outcome) => outcome.startsWith('refused:')),
    upstream_4xx: count((outcome) => outcome === 'upstream_4xx'),
    failed: count((outcome) => FAILED.includes(outcome)),
    request_bytes: sum(rows.map(({ request_bytes }) => request_bytes)),
    response_bytes: sum(rows.map(({ response_bytes }) => response_bytes)),
    duration_ms:
      durations.length === 0
        ? null
        : { mean: rounded(sum(durations) / durations.length), max: durations.at(-1) ?? 0 },
  };
}

/** Nothing comes last, as in the databases. */
function byValue(one: string | number | null, other: string | number | null): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  return one < other ? -1 : Number(one > other);
}
