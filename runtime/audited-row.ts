import { pathOf } from '../table/rules/target.ts';
import { KEY_LEAST_CHARACTERS, keyDigest } from './3-authenticate/caller-key.ts';
import type { ExchangeRecord } from './exchange.ts';
import type { AuditOutcome, AuditRow } from './observe/audit/audit-row.ts';
import { OF_THE_UPSTREAM } from './observe/audit/audit-words.ts';
import { foldName, showParameters } from './observe/audit/show-parameters.ts';
import type { Problem } from './problem.ts';

/** Longer paths are cut: a target may be 16 KiB. */
const PATH_MAX_CHARACTERS = 2048;

/** How rows are made. */
export interface RowParts {
  readonly nextId: (now: number) => string;
  /** Whether parameters are kept, and names whose values are not; null: none are. */
  readonly parameters: { readonly redact_names: readonly string[] } | null;
}

/** Gives what makes the row of an exchange: of one that has ended, or, with an id, of one that begins under that id. */
export function auditedRows({
  nextId,
  parameters,
}: RowParts): (
  record: ExchangeRecord,
  made: { readonly id: string | null; readonly begins: boolean },
) => AuditRow {
  const names = new Set((parameters?.redact_names ?? []).map(foldName));
  return (record, { id, begins }) => {
    const now = Date.now();
    const duration_ms = Math.round((performance.now() - record.started_ms) * 100) / 100;
    return {
      id: id ?? nextId(now),
      occurred_at: Math.floor(now - duration_ms),
      duration_ms: begins ? null : duration_ms,
      caller: record.caller,
      account: record.account,
      persona: record.persona,
      door: record.door,
      connection: record.connection,
      grant_id: record.grant,
      operation: record.operation,
      method: record.method === '' ? null : record.method,
      template: record.template,
      path: shownPath(record),
      upstream_status: record.upstream_status,
      status: record.status,
      outcome: begins ? 'begun' : outcomeOf(record),
      request_bytes: record.requestBytes,
      response_bytes: record.responseBytes,
      table_digest: record.snapshot.digest,
      request_id: record.id,
      trace_id: record.trace,
      rule: record.logged['rule'] ?? null,
      parameters: parameters === null ? null : shownParameters(record, names),
    };
  };
}

/** Gives the row of what was refused before it was a request: who asked for what is not known. */
export function refusedRow(
  problem: Problem,
  { id, snapshot }: Pick<ExchangeRecord, 'id' | 'snapshot'>,
  nextId: RowParts['nextId'],
): AuditRow {
  const occurred_at = Date.now();
  return {
    id: nextId(occurred_at),
    occurred_at,
    duration_ms: 0,
    caller: null,
    account: null,
    persona: null,
    door: 'passthrough',
    connection: null,
    grant_id: null,
    operation: null,
    method: null,
    template: null,
    path: null,
    upstream_status: null,
    status: problem.status,
    outcome: `refused:${problem.code}`,
    request_bytes: 0,
    response_bytes: 0,
    table_digest: snapshot.digest,
    request_id: id,
    trace_id: null,
    rule: null,
    parameters: null,
  };
}

function outcomeOf(record: ExchangeRecord): AuditOutcome {
  const { problem, upstream_status, status, cut, gone, logged, source } = record;
  if (gone) return 'caller_gone';
  if (problem !== null) {
    const told = OF_THE_UPSTREAM.get(problem);
    if (told !== null) return told ?? `refused:${problem}`;
  }
  // An error beside a head that was sent already: the upstream broke off, or stood still.
  const { error } = logged;
  if (cut && error !== undefined) return error.endsWith('_TIMEOUT') ? 'upstream_timeout' : 'transport_error';
  if (cut || (source === null && status === null)) return 'caller_gone';
  if (upstream_status === null || upstream_status < 400) return 'ok';
  return upstream_status < 500 ? 'upstream_4xx' : 'upstream_5xx';
}

/** Gives the path without query, and without the connection's secrets; null where there is none, or nobody knows them. */
function shownPath({ path, hide }: ExchangeRecord): string | null {
  if (path === null || hide === null) return null;
  const shown = hide(pathOf(path));
  if (shown === '') return null;
  return shown.length <= PATH_MAX_CHARACTERS ? shown : `${shown.slice(0, PATH_MAX_CHARACTERS)}…`;
}

function shownParameters(record: ExchangeRecord, names: ReadonlySet<string>): string | null {
  const { path, content, snapshot, hide } = record;
  if (hide === null) return null;
  const query = path === null ? '' : path.slice(pathOf(path).length + 1);
  return showParameters(query, content, {
    names,
    redact: hide,
    // Shorter texts are no key of ours, and not worth a digest.
    isKey: (text) => text.length >= KEY_LEAST_CHARACTERS && snapshot.callers.has(keyDigest(text)),
  });
}
