import type { AuditRow } from '../../runtime/observe/audit/audit-row.ts';
import type { AuditStats, ExchangeNumbers } from '../../runtime/observe/audit/audit-stats.ts';
import { oneLine } from '../ops/one-line.ts';

/** Gives a row as one line for people. */
export function renderRow(row: AuditRow): string {
  const what = [row.method, row.connection === null ? null : `/${row.connection}`, row.path];
  const who =
    row.caller === null
      ? ''
      : ` caller=${row.caller}${row.account === row.caller ? '' : ` account=${row.account}`}`;
  const rest = [
    row.door === 'passthrough' ? null : `door=${row.door}`,
    row.operation === null ? null : `operation=${row.operation}`,
    row.grant_id === null ? null : `grant=${row.grant_id}`,
    row.rule === null ? null : `rule=${row.rule}`,
    `request=${row.request_id}`,
    row.parameters === null ? null : `parameters=${row.parameters}`,
  ].filter((one) => one !== null);
  const [method = '', ...path] = what.map((one) => one ?? '');
  return oneLine(
    [
      new Date(row.occurred_at).toISOString(),
      row.outcome,
      String(row.status ?? '---'),
      row.duration_ms === null ? '' : `${row.duration_ms} ms`,
      method,
      `${path.join('')}${who}`,
      ...rest,
    ].join(' '),
  );
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
      oneLine(String(group.value ?? '-')),
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
