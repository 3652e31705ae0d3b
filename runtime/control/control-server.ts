import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { ListenAddress } from '../../table/types.ts';
import { addressOf } from '../1-accept/address-of.ts';
import { Problem } from '../problem.ts';
import { jsonAnswer, writeAnswer, writeProblem } from './control-answer.ts';
import type { ControlAnswer } from './control-answer.ts';
import type { Served } from './control-route.ts';

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
  /** null where no connection is used through grants. Without it, what needs a grant that is not known yet waits. */
  readonly store: 'ready' | 'unavailable' | null;
}

/** A text of another type than JSON. */
export interface ControlText {
  readonly contentType: string;
  readonly text: string;
}

/** What the control server answers with. */
export interface ControlParts {
  readonly readiness: () => Promise<Readiness>;
  /** The metrics, or why this request does not get them. */
  readonly metrics: (request: IncomingMessage) => Promise<ControlText | Problem>;
  /** What serves now, and how it is left again. */
  readonly enter: () => { readonly served: Served; readonly leave: () => void };
  /** Is told what is refused. Gives the id that the log has it under. */
  readonly refused: (problem: Problem) => string;
  /** Is told what went wrong on our side. Gives the id that the log has it under. */
  readonly failed: (error: unknown) => string;
}

/** The server of the control address. */
export interface ControlServer {
  readonly server: Server;
  /** Waits until nothing is under way: a consent that comes to its end is written, and its page sent. */
  idle(): Promise<void>;
}

/**
 * Gives the control server: `/healthz` (the process answers), `/readyz` (it takes requests, and with which table),
 * `/metrics`, and the routes of control-routes.ts, which are loaded when they are first asked for.
 */
export function controlServer(parts: ControlParts): ControlServer {
  const underWay = new Set<Promise<void>>();
  const server = createServer(
    { headersTimeout: 5_000, requestTimeout: 10_000, keepAliveTimeout: 5_000 },
    (request, response) => {
      const taken = take(parts, request, response, listeningAt(server))
        .catch((error: unknown) => {
          // Whoever broke its request off waits for no answer.
          if (response.destroyed) return;
          const id = parts.failed(error);
          writeProblem(
            response,
            new Problem('internal', `an internal error; the log has it under ${id}`),
            id,
          );
        })
        .finally(() => underWay.delete(taken));
      underWay.add(taken);
    },
  );
  server.maxConnections = 256;
  return {
    server,
    idle: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

function listeningAt(server: Server): ListenAddress {
  const { address, port } = addressOf(server);
  return { host: address, port };
}

async function take(
  parts: ControlParts,
  request: IncomingMessage,
  response: ServerResponse,
  listening: ListenAddress,
): Promise<void> {
  const answer = (await probe(parts, request)) ?? (await answerRouted(parts, request, listening));
  if (answer instanceof Problem) writeProblem(response, answer, parts.refused(answer));
  else writeAnswer(response, answer);
}

/** Gives the answer to whoever looks whether this process is well; null for everything else. */
async function probe(
  { readiness, metrics }: ControlParts,
  request: IncomingMessage,
): Promise<ControlAnswer | Problem | null> {
  const path = (request.url ?? '').replace(/\?.*$/s, '');
  if (path !== '/healthz' && path !== '/readyz' && path !== '/metrics') return null;
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return new Problem('method_not_allowed', 'this path is read only', { headers: ['Allow', 'GET, HEAD'] });
  if (path === '/healthz') return jsonAnswer(200, { status: 'ok' });
  if (path === '/readyz') {
    const ready = await readiness();
    return jsonAnswer(ready.state === 'ready' ? 200 : 503, ready);
  }
  const found = await metrics(request);
  return found instanceof Problem ? found : { status: 200, ...found };
}

async function answerRouted(
  parts: ControlParts,
  request: IncomingMessage,
  listening: ListenAddress,
): Promise<ControlAnswer | Problem> {
  const [{ CONTROL_ROUTES }, { answerControl }] = await Promise.all([
    import('./control-routes.ts'),
    import('./answer-control.ts'),
  ]);
  const { served, leave } = parts.enter();
  try {
    return await answerControl(CONTROL_ROUTES, { request, served, listening });
  } finally {
    leave();
  }
}
