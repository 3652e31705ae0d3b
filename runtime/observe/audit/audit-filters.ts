import { byNearness } from '../../../table/rules/nearest-name.ts';
import type { SqlValue } from '../../store/database.ts';
import type { AuditRow } from './audit-row.ts';
import { AUDIT_WORDS } from './audit-words.ts';

/** Which rows are meant: those that fit all that is given. */
export interface AuditFilters {
  readonly caller?: string;
  readonly account?: string;
  readonly connection?: string;
  readonly operation?: string;
  readonly grant_id?: string;
  readonly method?: string;
  readonly door?: string;
  /** An outcome; `refused` is any refusal. */
  readonly outcome?: string;
  /** What the caller got: a status, or a class as `4xx`. */
  readonly status?: string;
  readonly request_id?: string;
  readonly trace_id?: string;
  /** Began then or later, milliseconds since the epoch. */
  readonly since?: number;
  /** Began before. */
  readonly until?: number;
}

/** Columns whose filter is a value that must be equal. */
const EQUAL = [
  'caller',
  'account',
  'connection',
  'operation',
  'grant_id',
  'method',
  'door',
  'request_id',
  'trace_id',
] as const satisfies readonly (keyof AuditFilters & keyof AuditRow)[];

/** The names of all filters. */
export const AUDIT_FILTERS: readonly (keyof AuditFilters)[] = [
  ...EQUAL,
  'outcome',
  'status',
  'since',
  'until',
];

/** Gives what is wrong with a value of a filter, null for what it takes. */
export function filterFault(name: keyof AuditFilters, value: string): string | null {
  if (name === 'status' && !/^[1-5](?:xx|\d\d)$/.test(value)) return 'a status is 200 or 4xx';
  if ((name === 'since' || name === 'until') && readInstant(value) === null)
    return 'a time is 2026-01-31T08:00:00Z';
  return name === 'door' || name === 'method' || name === 'outcome' ? wordFault(name, value) : null;
}

const WORDS_SHOWN = 8;

/** Nothing fits a word that no row can have: who is told of nothing takes it for an answer. */
function wordFault(name: keyof typeof AUDIT_WORDS, value: string): string | null {
  const words = AUDIT_WORDS[name];
  if (words.includes(value)) return null;
  const nearest = byNearness(value, words).slice(0, WORDS_SHOWN);
  const are = nearest.length === words.length ? 'there are' : 'nearest are';
  return `no row has the ${name} ${JSON.stringify(value.slice(0, 100))}; ${are}: ${nearest.join(', ')}`;
}

/** Gives the milliseconds since the epoch of a date, or date and time, of RFC 3339; null for any other text. */
export function readInstant(text: string): number | null {
  if (!/^\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:\d\d))?$/.test(text))
    return null;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? null : instant;
}

const REFUSED = 'refused:';

/** Tells whether a row is meant. */
export function isMeant(row: AuditRow, filters: AuditFilters): boolean {
  const { outcome, status, since, until } = filters;
  if (EQUAL.some((name) => filters[name] !== undefined && row[name] !== filters[name])) return false;
  if (
    outcome === 'refused'
      ? !row.outcome.startsWith(REFUSED)
      : outcome !== undefined && row.outcome !== outcome
  )
    return false;
  const [from, to] = statusRange(status);
  if (status !== undefined && (row.status === null || row.status < from || row.status > to)) return false;
  return row.occurred_at >= (since ?? -Infinity) && row.occurred_at < (until ?? Infinity);
}

function statusRange(status: string | undefined): readonly [from: number, to: number] {
  const from = Number(status?.replace('xx', '00'));
  return [from, status?.endsWith('xx') === true ? from + 99 : from];
}

/** A condition of SQL, `?` for its values. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** Gives the condition of rows that are meant. `more` conditions go with it. */
export function conditionOf(filters: AuditFilters, more: readonly Condition[] = []): Condition {
  const all: Condition[] = [...more];
  for (const name of EQUAL) {
    const value = filters[name];
    if (value !== undefined) all.push({ sql: `${name} = ?`, values: [value] });
  }
  const { outcome, status, since, until } = filters;
  if (outcome === 'refused') all.push({ sql: `outcome LIKE '${REFUSED}%'`, values: [] });
  else if (outcome !== undefined) all.push({ sql: 'outcome = ?', values: [outcome] });
  if (status !== undefined) all.push({ sql: 'status BETWEEN ? AND ?', values: statusRange(status) });
  // No row is made before its exchange began: the id leads to the place, and needs no index of its own.
  if (since !== undefined) all.push({ sql: 'id >= ? AND occurred_at >= ?', values: [idFloor(since), since] });
  if (until !== undefined) all.push({ sql: 'occurred_at < ?', values: [until] });
  return {
    sql: all.length === 0 ? '1 = 1' : all.map(({ sql }) => sql).join(' AND '),
    values: all.flatMap(({ values }) => values),
  };
}

/** Gives what every id that was made at an instant, or later, is not below. */
export function idFloor(instant: number): string {
  const hex = Math.max(0, Math.floor(instant)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7000-8000-000000000000`;
}
