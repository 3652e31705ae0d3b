import type { AuditRow } from '../../runtime/observe/audit/audit-row.ts';
import type { AuditStats, ExchangeNumbers } from '../../runtime/observe/audit/audit-stats.ts';
import { escaped, fieldText } from './field-text.ts';

/**
 * Gives a row as one line for people: time, outcome, status, duration, method and path, then fields as `name=value`.
 * No value can be taken for another field. Parameters, JSON, come last.
 */
export function renderRow(row: AuditRow): string {
  const path = `${row.connection === null ? '' : `/${row.connection}`}${row.path ?? ''}`;
  return [
    new Date(row.occurred_at).toISOString(),
    fieldText(row.outcome),
    String(row.status ?? '---'),
    row.duration_ms === null ? null : `${row.duration_ms} ms`,
    row.method === null ? null : fieldText(row.method),
    path === '' ? null : fieldText(path),
    field('caller', row.caller),
    row.account === row.caller ? null : field('account', row.account),
    row.door === 'passthrough' ? null : field('door', row.door),
    field('operation', row.operation),
    field('grant', row.grant_id),
    field('rule', row.rule),
    field('request', row.request_id),
    row.parameters === null ? null : `parameters=${escaped(row.parameters)}`,
  ]
    .filter((one) => one !== null)
    .join(' ');
}

function field(name: string, value: string | null): string | null {
  return value === null ? null : `${name}=${fieldText(value)}`;
}

const COLUMNS: readonly [title: string, of: (numbers: ExchangeNumbers) => string][] = [
  ['exchanges', ({ exchanges }) => String(exchanges)],
  ['refused', ({ refused }) => String(refused)],
  ['4xx', ({ upstream_4xx }) => String(upstream_4xx)],
  ['failed', ({ failed }) => String(failed)],
  ['mean ms', ({ duration_ms }) => (duration_ms === null ? '-' : String(duration_ms.mean))],
  ['max ms', ({ duration_ms }) => (duration_ms === null ? '-' : String(duration_ms.max))],
  ['bytes in', ({ request_bytes }) => String(request_bytes)],
  ['bytes out', ({ response_bytes }) => String(response_bytes)],
];

/** Gives numbers as a table for people: a line for each group, then one for all. */
export function renderStats(stats: AuditStats): string {
  const lines = [
    [stats.by, ...COLUMNS.map(([title]) => title)],
    ...stats.groups.map((group) => [
      group.value === null ? '-' : fieldText(String(group.value)),
      ...COLUMNS.map(([, of]) => of(group)),
    ]),
    ['all', ...COLUMNS.map(([, of]) => of(stats))],
  ];
  const widths = lines[0]?.map((_, at) => Math.max(...lines.map((cells) => cells[at]?.length ?? 0))) ?? [];
  const text = lines.map((cells) =>
    cells
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  '),
  );
  const { quantiles_ms: q } = stats;
  const durations = q === null ? [] : [`p50 ${q.p50} ms, p95 ${q.p95} ms, p99 ${q.p99} ms`];
  return `${[...text, ...durations].join('\n')}\n`;
}
