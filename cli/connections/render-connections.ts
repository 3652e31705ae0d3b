import { oneLine } from '../ops/one-line.ts';
import type { ShownConnection } from './ask-control.ts';

/** Gives a status with the reason for it. */
export function statusText({ status, reason }: Pick<ShownConnection, 'status' | 'reason'>): string {
  return reason === undefined ? status : `${status} (${oneLine(reason)})`;
}

/** Gives connections as lines: id, name, status, method, and where it comes from. */
export function renderConnections(connections: readonly ShownConnection[]): string {
  return columns(
    connections.map((one) => [
      one.connection_id,
      one.app,
      statusText(one),
      one.method ?? 'none',
      sourceOf(one.metadata),
    ]),
  );
}

/** Gives one connection, a member in a line. */
export function renderConnection(connection: ShownConnection): string {
  const { connection_id, app, method, creation_time, last_updated_time, metadata } = connection;
  return columns([
    ['id', connection_id],
    ['connection', app],
    ['status', statusText(connection)],
    ['method', method ?? 'none'],
    ['source', sourceOf(metadata)],
    ['created', creation_time],
    ['updated', last_updated_time],
  ]);
}

/** Gives events as lines, in the order that they came in: time, type, who, why. */
export function renderEvents(events: readonly Readonly<Record<string, unknown>>[]): string {
  return columns(
    events.map(({ occurred_at, event_type, actor, reason }) => [
      textOf(occurred_at),
      textOf(event_type),
      actor === null ? 'gateway' : textOf(actor),
      textOf(reason),
    ]),
  );
}

/** The account's own has none. */
function sourceOf(metadata: Readonly<Record<string, unknown>>): string {
  return textOf(metadata['source']) === '' ? 'own' : textOf(metadata['source']);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function columns(rows: readonly (readonly string[])[]): string {
  const lines = rows.map((row) => row.map((cell) => oneLine(cell)));
  const widths = (lines[0] ?? []).map((_, at) => Math.max(...lines.map((row) => (row[at] ?? '').length)));
  return lines
    .map(
      (row) =>
        `${row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
