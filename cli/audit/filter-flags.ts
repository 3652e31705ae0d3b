import type { Command } from 'commander';
import { readDuration } from '../../compiler/fields/quantity.ts';
import { AUDIT_FILTERS, filterFault, readInstant } from '../../runtime/observe/audit/audit-filters.ts';
import type { AuditFilters } from '../../runtime/observe/audit/audit-filters.ts';
import { UsageError } from '../usage-error.ts';

/** Filters as they are written: by the name of the flag as commander has it. */
export type FilterFlags = Readonly<Partial<Record<string, unknown>>>;

const SAID: Readonly<Record<keyof AuditFilters, string>> = {
  caller: 'of this caller',
  account: 'of this account',
  connection: 'to this connection',
  operation: 'of the operation with this id',
  grant_id: 'with this grant',
  method: 'with this method, in upper case',
  door: 'passthrough, invoke, mcp or control',
  request_id: 'the request with this id',
  trace_id: 'of this trace',
  outcome: 'ok, refused, refused:CODE, upstream_4xx, upstream_5xx, upstream_timeout, transport_error, …',
  status: 'a status, or a class: 4xx',
  since: 'begun then or later: 2026-01-31T08:00:00Z, or 15m for fifteen minutes ago',
  until: 'begun before',
};

/** Adds a flag for each filter. */
export function withFilters(command: Command): Command {
  return AUDIT_FILTERS.reduce(
    (one, name) => one.option(`${flagOf(name)} <${wordOf(name)}>`, SAID[name]),
    command,
  );
}

/** Gives the filters of flags. Throws a UsageError for what none takes. */
export function readFilters(flags: FilterFlags): AuditFilters {
  const filters: Record<string, string | number> = {};
  for (const name of AUDIT_FILTERS) {
    const written = flags[keyOf(name)];
    if (typeof written !== 'string') continue;
    if (name === 'since' || name === 'until') {
      filters[name] = instantOf(name, written);
      continue;
    }
    const fault = filterFault(name, written);
    if (fault !== null) throw new UsageError(`${flagOf(name)}: ${fault}`);
    filters[name] = written;
  }
  return filters;
}

function instantOf(name: keyof AuditFilters, written: string): number {
  const ago_ms = readDuration(written);
  const instant = ago_ms === null ? readInstant(written) : Date.now() - ago_ms;
  if (instant === null)
    throw new UsageError(`${flagOf(name)}: a time is 2026-01-31T08:00:00Z, or 15m, 2h, 7d for so long ago`);
  return instant;
}

function flagOf(name: string): string {
  return `--${name.replaceAll('_', '-')}`;
}

function wordOf(name: keyof AuditFilters): string {
  return name === 'since' || name === 'until' ? 'time' : 'value';
}

/** commander's key for a flag: `--request-id` is `requestId`. */
function keyOf(name: string): string {
  return name.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase());
}
