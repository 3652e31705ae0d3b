import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
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

/** A text of another type than JSON. */
export interface ControlText {
  readonly contentType: string;
  readonly text: string;
}

/** What the control server answers with. */
export interface ControlParts {
  readonly readiness: () => Readiness;
  /** The metrics, or why this request does not get them. */
  readonly metrics: (request: IncomingMessage) => Promise<ControlText | Problem>;
  /** Is told what went wrong on our side. */
  readonly failed: (error: unknown) => void;
}

/**
 * Gives the control server: `/healthz` (the process answers), `/readyz` (it takes requests, and with which table)
 * and `/metrics`.
 */
export function controlServer({ readiness, metrics, failed }: ControlParts): Server {
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
      else if (path === '/metrics') {
        metrics(request)
          .then((found) => answerMetrics(response, found))
          .catch((error: unknown) => {
            failed(error);
            answerProblem(response, new Problem('internal', 'an internal error; the log has it'));
          });
      } else {
        const detail = 'this address serves /healthz, /readyz and /metrics';
        answerProblem(response, new Problem('route_unknown', detail));
      }
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

function answerMetrics(response: ServerResponse, found: ControlText | Problem): void {
  if (found instanceof Problem) answerProblem(response, found);
  else answer(response, 200, found);
}

function answerJson(response: ServerResponse, status: number, members: object): void {
  answer(response, status, { contentType: 'application/json', text: `${JSON.stringify(members)}\n` });
}

function answer(response: ServerResponse, status: number, { contentType, text }: ControlText): void {
  const body = Buffer.from(text);
  response.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
