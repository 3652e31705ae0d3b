import type { Row, SqlValue } from '../../store/database.ts';
import type { ProblemCode } from '../../problem.ts';

/** By which front door an exchange came. */
export type AuditDoor = 'passthrough' | 'invoke' | 'mcp' | 'control';

/**
 * What an exchange came to. `begun`: nothing is known yet, or the process ended first; the upstream may have got the
 * request. `caller_gone`: the caller left before its answer was whole. `transport_error`: no answer, or one that broke off.
 */
export type AuditOutcome =
  | 'begun'
  | 'ok'
  | 'upstream_4xx'
  | 'upstream_5xx'
  | 'upstream_timeout'
  | 'transport_error'
  | 'caller_gone'
  | `refused:${ProblemCode}`;

/** The row of one exchange. Names and numbers, and no value of a header or body, but for `parameters`. */
export interface AuditRow {
  /** UUID, version 7, of the moment in which the row was made. */
  readonly id: string;
  /** When the exchange began, milliseconds since the epoch. */
  readonly occurred_at: number;
  /** null: it has not ended, or its end was lost with the process. */
  readonly duration_ms: number | null;
  readonly caller: string | null;
  readonly account: string | null;
  /** The persona that allowed it. */
  readonly persona: string | null;
  readonly door: AuditDoor;
  readonly connection: string | null;
  readonly grant_id: string | null;
  readonly operation: string | null;
  readonly method: string | null;
  /** The operation's path, as its description writes it. */
  readonly template: string | null;
  /** The path that was asked of the upstream, without query; secrets are redacted. */
  readonly path: string | null;
  readonly upstream_status: number | null;
  /** What the caller got. */
  readonly status: number | null;
  readonly outcome: AuditOutcome;
  readonly request_bytes: number;
  readonly response_bytes: number;
  readonly table_digest: string;
  readonly request_id: string;
  /** Of the caller's `traceparent` (W3C Trace Context). */
  readonly trace_id: string | null;
  /** What denied: file, line and column. For operators. */
  readonly rule: string | null;
  /** JSON, where `parameters: true` asks for it. */
  readonly parameters: string | null;
}

/** The columns, in the order of the table. One that lacks here does not compile. */
const COLUMNS = {
  id: true,
  occurred_at: true,
  duration_ms: true,
  caller: true,
  account: true,
  persona: true,
  door: true,
  connection: true,
  grant_id: true,
  operation: true,
  method: true,
  template: true,
  path: true,
  upstream_status: true,
  status: true,
  outcome: true,
  request_bytes: true,
  response_bytes: true,
  table_digest: true,
  request_id: true,
  trace_id: true,
  rule: true,
  parameters: true,
} as const satisfies Record<keyof AuditRow, true>;

/** The names of the columns, in the order of the table. */
export const AUDIT_COLUMNS: readonly (keyof AuditRow)[] = Object.keys(COLUMNS) as (keyof AuditRow)[];

/** Gives the values of a row, in the order of the columns. */
export function valuesOf(row: AuditRow): SqlValue[] {
  return AUDIT_COLUMNS.map((column) => row[column]);
}

/** Gives the row that a database gave: both give text and numbers alone for these columns. */
export function rowOf(found: Row): AuditRow {
  return Object.fromEntries(
    AUDIT_COLUMNS.map((column) => [column, found[column] ?? null]),
  ) as unknown as AuditRow;
}

/** A row as people and programs read it: in answers, on the command line and in files. */
export interface ShownRow extends Omit<AuditRow, 'occurred_at' | 'parameters'> {
  /** When the exchange began, RFC 3339. */
  readonly time: string;
  readonly parameters: unknown;
}

/** Gives a row in the form in which it is shown. */
export function shownRow({ id, occurred_at, parameters, ...row }: AuditRow): ShownRow {
  return {
    id,
    time: new Date(occurred_at).toISOString(),
    ...row,
    parameters: parameters === null ? null : (JSON.parse(parameters) as unknown),
  };
}

/** Gives the row of a text that `shownRow` came to; null for any other text, such as a line of the log or half a line. */
export function readShownRow(text: string): AuditRow | null {
  let shown: unknown;
  try {
    shown = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof shown !== 'object' || shown === null) return null;
  const { time, parameters, ...row } = shown as Partial<ShownRow>;
  const occurred_at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(occurred_at) || typeof row.id !== 'string' || typeof row.outcome !== 'string') return null;
  const whole = {
    ...row,
    occurred_at,
    parameters: parameters === null || parameters === undefined ? null : JSON.stringify(parameters),
  };
  return rowOf(whole);
}
