import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import { Problem } from '../problem.ts';

/** Why a newer table was not taken. */
export type ReloadFailure = 'table_invalid' | 'table_unservable' | 'table_unreadable';

/** What readiness tells. Names no connection: the address is public to whoever probes it. */
export interface Readiness {
  readonly state: 'ready' | 'draining';
  /** The digest of the table that serves. */
  readonly table: string;
  /** When it was loaded, RFC 3339. */
  readonly loaded_at: string;
  /** null: the last load is the one that serves. Otherwise why a newer one was not taken; the log has the detail. */
  readonly last_reload_failed: { readonly at: string; readonly reason: ReloadFailure } | null;
}

/** Gives the control server: `/healthz` (the process answers) and `/readyz` (it takes requests, and with which table). */
export function controlServer(readiness: () => Readiness): Server {
  const server = createServer(
    { headersTimeout: 5_000, requestTimeout: 10_000, keepAliveTimeout: 5_000 },
    (request, response) => {
      const path = (request.url ?? '').replace(/\?.*$/s, '');
      const reads = request.method === 'GET' || request.method === 'HEAD';
      if (!reads)
        answerProblem(
          response,
          new Problem('method_not_allowed', 'this address is read only', { headers: ['Allow', 'GET, HEAD'] }),
        );
      else if (path === '/healthz') answerJson(response, 200, { status: 'ok' });
      else if (path === '/readyz') answerReadiness(response, readiness());
      else answerProblem(response, new Problem('route_unknown', 'this address serves /healthz and /readyz'));
    },
  );
  server.maxConnections = 256;
  return server;
}

function answerReadiness(response: ServerResponse, readiness: Readiness): void {
  answerJson(response, readiness.state === 'ready' ? 200 : 503, readiness);
}

function answerProblem(response: ServerResponse, problem: Problem): void {
  const body = problem.toBody('-');
  response.writeHead(problem.status, problem.toHeaders(body));
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

function answerJson(response: ServerResponse, status: number, members: object): void {
  const body = Buffer.from(`${JSON.stringify(members)}\n`);
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
