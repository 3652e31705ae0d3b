import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { GatewayLimits } from '../../table/types.ts';
import type { Problem } from '../problem.ts';
import { answerOnSocket, clientProblem, lingerOn } from './client-error.ts';

/** What a server hands on. */
export interface RequestListener {
  request(request: IncomingMessage, response: ServerResponse): void;
  /** The parser refused what came on a socket while this exchange, or none, was under way. Gives whether it was dealt with. */
  broken(socket: Duplex): boolean;
  /** Tells whether an exchange is under way on a socket. */
  busy(socket: Duplex): boolean;
  /** A problem is answered without an exchange: there is no request that could be read. Gives the id to answer it under. */
  refused(problem: Problem): string;
}

/**
 * Gives the HTTP server of the data plane, every limit explicit. Requests that node would answer by
 * itself (Expect, Upgrade, no Host) come to the listener instead, so that each refusal is a problem.
 */
export function dataServer(limits: GatewayLimits, listener: RequestListener): Server {
  const server = createServer({
    // The request line and all fields; each has a limit of its own, checked by the listener.
    maxHeaderSize: limits.target_max_bytes + limits.headers_max_bytes + 1024,
    headersTimeout: limits.headers_timeout_ms,
    // A body may take as long as it likes, if it does not stand still: see body_idle_timeout.
    requestTimeout: 0,
    connectionsCheckingInterval: Math.max(100, Math.min(1_000, limits.headers_timeout_ms / 4)),
    keepAliveTimeout: limits.keep_alive_timeout_ms,
    requireHostHeader: false,
    insecureHTTPParser: false,
  });
  // Otherwise node cuts rawHeaders silently: a late Transfer-Encoding would be invisible to us.
  server.maxHeadersCount = 0;
  server.maxConnections = limits.sockets_max;
  // Silence on a socket is fine while an upstream is waited for. It is not for a caller that has stopped
  // reading its answer, nor (keep_alive_timeout) where nothing is under way.
  server.setTimeout(limits.body_idle_timeout_ms, (socket) => {
    if (socket.writableLength > 0 || !listener.busy(socket)) socket.destroy();
  });
  const refuse = (socket: Duplex, code: string): void => {
    const problem = clientProblem(code);
    answerOnSocket(socket, problem, listener.refused(problem));
  };
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    response.sendDate = true;
    listener.request(request, response);
  };
  server.on('request', onRequest).on('checkContinue', onRequest).on('checkExpectation', onRequest);
  server.on('connect', (_request, socket) => {
    if (!listener.broken(socket)) return refuse(socket, 'CONNECT');
    // Pipelined behind a request that is being answered: that answer goes first, if it comes soon. node has
    // let go of the socket, so nobody else hears of its errors, and an answer that waits for room would stall.
    lingerOn(socket);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (listener.broken(socket)) return;
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else refuse(socket, error.code ?? '');
  });
  return server;
}
