import type { IncomingMessage } from 'node:http';
import { callUpstream } from './call-upstream.ts';
import type { StatusAsk } from './control/control-route.ts';
import { controlServer } from './control/control-server.ts';
import type { ControlServer, Readiness } from './control/control-server.ts';
import type { CurrentTable } from './current-table.ts';
import { noteProblem, openRecord } from './exchange.ts';
import type { Observer, RecordOpening } from './exchange.ts';
import { inTime } from './in-time.ts';
import type { AuditReader } from './observe/audit/audit-store.ts';
import type { Counts } from './observe/counts.ts';
import { Problem } from './problem.ts';
import { readMetrics } from './read-metrics.ts';
import { requestIds } from './request-id.ts';

/** What the control plane tells of, and who is told of it. */
export interface ControlPlaneParts {
  readonly observer: Observer;
  readonly counts: Counts;
  /** Rows of exchanges; null where none are kept in the store. */
  readonly audit: AuditReader | null;
  readonly isDraining: () => boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Gives the server of the control address. It answers from the table that serves when a request comes. */
export function controlPlane(table: CurrentTable, parts: ControlPlaneParts): ControlServer {
  const { observer, counts, audit, isDraining, now } = parts;
  const nextId = requestIds();
  const failed = (error: unknown): string => {
    const id = nextId();
    observer.fault(id, error);
    return id;
  };
  const refused = (problem: Problem): string => {
    const id = nextId();
    observer.controlRefused(id, problem);
    return id;
  };
  return controlServer({
    readiness: () => readiness(table, isDraining()),
    metrics: (request: IncomingMessage) => readMetrics(request, table.snapshot, counts),
    refused,
    failed,
    enter: () => {
      const { snapshot, loadedAt, grants } = table;
      const statusOf = (ask: StatusAsk): Promise<number | Problem> =>
        upstreamStatus({ id: nextId(), snapshot, observer }, ask);
      const served = { snapshot, loadedAt, grants, audit, now, failed, statusOf, callOf: table.callOf };
      return { served, leave: table.enter() };
    },
  });
}

/** Sends a request of the gateway's own, which is logged and counted like any other. */
async function upstreamStatus(
  opened: Omit<RecordOpening, 'method'>,
  ask: StatusAsk,
): Promise<number | Problem> {
  const { route, caller, grant, method, rest, from } = ask;
  const record = openRecord({ ...opened, method });
  record.door = 'control';
  record.caller = caller.name;
  record.account = caller.account;
  record.grant = grant;
  const answer = await callUpstream(record, {
    caller,
    route,
    method,
    rest,
    written: false,
    headers: ['Accept', '*/*', 'User-Agent', 'gw'],
    body: null,
    timeout_ms: route.connection.limits.call_timeout_ms,
    from,
    signal: new AbortController().signal,
  }).catch((error: unknown) => {
    noteProblem(record, new Problem('internal', 'an internal error'));
    opened.observer.ended(record);
    throw error;
  });
  record.status = answer.status;
  // Its status is all that is looked at.
  if (!(answer instanceof Problem)) answer.content.destroy();
  opened.observer.ended(record);
  return answer instanceof Problem ? answer : answer.status;
}

async function readiness(table: CurrentTable, draining: boolean): Promise<Readiness> {
  const { failed, loadedAt, snapshot, grants } = table;
  return {
    state: draining ? 'draining' : 'ready',
    table: snapshot.digest,
    loaded_at: loadedAt.toISOString(),
    last_reload_failed: failed === null ? null : { at: failed.at.toISOString(), reason: failed.reason },
    store: grants === null ? null : await inTime(grants.store.health(), HEALTH_MS, () => 'unavailable'),
  };
}

/** How long readiness waits for the store: whoever probes gives up after a second or two. */
const HEALTH_MS = 500;
