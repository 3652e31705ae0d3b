import { AUDIT_FILTERS, filterFault, readInstant } from '../observe/audit/audit-filters.ts';
import type { AuditFilters } from '../observe/audit/audit-filters.ts';
import { shownRow } from '../observe/audit/audit-row.ts';
import { STATS_BY } from '../observe/audit/audit-stats.ts';
import type { AuditReader } from '../observe/audit/audit-store.ts';
import { Problem } from '../problem.ts';
import { jsonAnswer } from './control-answer.ts';
import type { ControlAnswer } from './control-answer.ts';
import type { CallerAsked, ControlRoute } from './control-route.ts';
import { inputInvalid, readQuery } from './read-body.ts';

const PREFIX = '/api/v1/admin/audit';

/** What the control API serves to admins: rows of exchanges. */
export const AUDIT_ROUTES: readonly ControlRoute[] = [
  { method: 'GET', path: `${PREFIX}/events`, access: 'admin', answer: withReader(listEvents) },
  { method: 'GET', path: `${PREFIX}/events/{id}`, access: 'admin', answer: withReader(showEvent) },
  { method: 'GET', path: `${PREFIX}/stats`, access: 'admin', answer: withReader(showStats) },
];

/** How many rows a page has, and may have. */
const PAGE = { usual: 50, most: 500 };
/** How many lines of numbers. */
const GROUPS = { usual: 20, most: 200 };
const DAY_MS = 24 * 60 * 60_000;
const SORTS = ['newest', 'oldest'] as const;
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

interface AuditAsked {
  readonly reader: AuditReader;
  readonly values: ReadonlyMap<string, string>;
  readonly id: string;
  readonly now: () => number;
}

function withReader(
  answer: (asked: AuditAsked) => Promise<ControlAnswer | Problem>,
): (asked: CallerAsked) => Promise<ControlAnswer | Problem> {
  return async ({ audit, query, id, now }) => {
    if (audit === null)
      return new Problem('route_unknown', 'rows of audit are not kept in the store (gateway.audit.sink)');
    const known = id === '' ? [...AUDIT_FILTERS, 'limit', 'sort', 'next_token', 'by'] : [];
    const values = readQuery(query, known);
    return values instanceof Problem ? values : answer({ reader: audit, values, id, now });
  };
}

async function listEvents({ reader, values }: AuditAsked): Promise<ControlAnswer | Problem> {
  const faults: string[] = values.has('by') ? ['"by" is a parameter of stats'] : [];
  const filters = filtersOf(values, faults);
  const limit = limitOf(values, PAGE, faults);
  const sort = wordOf(values, 'sort', SORTS, faults) ?? 'newest';
  const after = values.get('next_token') ?? null;
  if (after !== null && !ID.test(after)) faults.push('"next_token" is that of the page before');
  if (faults.length > 0) return inputInvalid(faults);
  const rows = await reader.events({ filters, sort, after, limit });
  return jsonAnswer(200, {
    events: rows.map(shownRow),
    next_token: rows.length < limit ? null : (rows.at(-1)?.id ?? null),
  });
}

async function showEvent({ reader, id }: AuditAsked): Promise<ControlAnswer | Problem> {
  const row = ID.test(id) ? await reader.event(id) : null;
  return row === null
    ? new Problem('route_unknown', 'there is no such row of audit')
    : jsonAnswer(200, { event: shownRow(row) });
}

async function showStats({ reader, values, now }: AuditAsked): Promise<ControlAnswer | Problem> {
  const faults = ['sort', 'next_token']
    .filter((name) => values.has(name))
    .map((name) => `"${name}" is a parameter of events`);
  const filters = { since: now() - DAY_MS, ...filtersOf(values, faults) };
  const limit = limitOf(values, GROUPS, faults);
  const by = wordOf(values, 'by', STATS_BY, faults) ?? 'outcome';
  if (faults.length > 0) return inputInvalid(faults);
  const stats = await reader.stats({ filters, by, limit });
  return jsonAnswer(200, { since: new Date(filters.since).toISOString(), ...stats });
}

function filtersOf(values: ReadonlyMap<string, string>, faults: string[]): AuditFilters {
  const filters: Record<string, string | number> = {};
  for (const name of AUDIT_FILTERS) {
    const value = values.get(name);
    if (value === undefined) continue;
    const fault = filterFault(name, value);
    if (fault !== null) faults.push(`"${name}": ${fault}`);
    else filters[name] = name === 'since' || name === 'until' ? (readInstant(value) ?? 0) : value;
  }
  return filters;
}

function limitOf(
  values: ReadonlyMap<string, string>,
  { usual, most }: { readonly usual: number; readonly most: number },
  faults: string[],
): number {
  const value = values.get('limit') ?? String(usual);
  if (/^[1-9]\d{0,5}$/.test(value) && Number(value) <= most) return Number(value);
  faults.push(`"limit" is a whole number from 1 to ${most}`);
  return usual;
}

function wordOf<W extends string>(
  values: ReadonlyMap<string, string>,
  name: string,
  words: readonly W[],
  faults: string[],
): W | undefined {
  const value = values.get(name);
  const word = words.find((one) => one === value);
  if (value !== undefined && word === undefined) faults.push(`"${name}" is one of ${words.join(', ')}`);
  return word;
}
