import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { dataServer } from './1-accept/data-server.ts';
import { answerProblem, cutAnswer } from './answer.ts';
import type { CurrentTable } from './current-table.ts';
import { openExchange } from './exchange.ts';
import type { Exchange, Observer } from './exchange.ts';
import { handle } from './handle.ts';
import { Problem } from './problem.ts';
import { requestIds } from './request-id.ts';

/** What the exchanges of a process have in common. */
export interface DataState {
  draining: boolean;
  /** How many are in flight. */
  exchanges: number;
}

/** Gives the data plane's server: every request becomes an exchange on the table that serves when it comes. */
export function dataPlane(table: CurrentTable, state: DataState, observer: Observer): Server {
  const nextId = requestIds();
  /** The newest exchange of a socket: with pipelining there may be several, and the newest is the one still read. */
  const underWay = new WeakMap<Duplex, Exchange>();
  const server = dataServer(table.gateway.limits, {
    refused: (problem) => {
      const id = nextId();
      observer.refused(problem, { id, snapshot: table.snapshot });
      return id;
    },
    request: (request, response) => {
      const { socket } = request;
      const before = underWay.get(socket);
      // What is pipelined behind a request that ended its socket is never looked at (RFC 9112 9.6).
      if (before?.last === true) return;
      const exchange = openExchange({
        id: nextId(),
        snapshot: table.snapshot,
        observer,
        request,
        response,
      });
      const leave = table.enter();
      state.exchanges += 1;
      let inFlight = true;
      const land = (): void => {
        if (inFlight) state.exchanges -= 1;
        inFlight = false;
      };
      underWay.set(socket, exchange);
      const end = (): void => {
        response.off('close', end);
        if (before !== undefined) socket.off('close', end);
        exchange.call?.cancel();
        // One that ended its socket stays: bytes may still come in until the socket is gone.
        if (!exchange.last && underWay.get(socket) === exchange) underWay.delete(socket);
        land();
        leave();
        exchange.status = response.headersSent ? response.statusCode : null;
        exchange.cut ||= !response.writableFinished;
        observer.ended(exchange);
        if (state.draining) setImmediate(() => server.closeIdleConnections());
      };
      response.on('close', end);
      // node tells a response that waits behind another nothing of the end of their socket.
      if (before !== undefined) socket.setMaxListeners(0).on('close', end);
      begin(exchange, state);
      // An answer that only waits to be read, or for those before it on its socket, keeps nobody else out.
      if (exchange.answered) land();
    },
    busy: (socket) => underWay.has(socket),
    broken: (socket) => {
      const exchange = underWay.get(socket);
      if (exchange === undefined) return false;
      breakOff(exchange);
      return true;
    },
  });
  return server;
}

function begin(exchange: Exchange, state: DataState): void {
  const refusal = refusedBecause(exchange, state);
  try {
    if (refusal === null) handle(exchange);
    else answerProblem(exchange, refusal);
  } catch (error) {
    // A fault of ours: the caller learns nothing but the id under which the log has it.
    exchange.observer.fault(exchange.id, error);
    answerProblem(
      exchange,
      new Problem('internal', `an internal error; the log has it under ${exchange.id}`),
    );
  }
}

function refusedBecause({ snapshot }: Exchange, state: DataState): Problem | null {
  const headers = { headers: ['Retry-After', '1'] };
  if (state.draining)
    return new Problem('draining', 'the gateway is shutting down; send the request again', headers);
  if (state.exchanges <= snapshot.limits.requests_in_flight_max) return null;
  return new Problem('overloaded', 'too many requests are in flight (requests_in_flight_max)', headers);
}

/** The bytes behind a request's head are not HTTP. What was already answered goes out; the rest is refused. */
function breakOff(exchange: Exchange): void {
  const { request, response } = exchange;
  exchange.broken = true;
  if (request.complete) {
    // Garbage behind a whole request: that request is answered, then the socket is closed.
    response.shouldKeepAlive = false;
    // A head that has gone out already has said keep-alive.
    if (response.headersSent) response.once('finish', () => request.socket.destroySoon());
  } else if (!response.writableEnded) {
    exchange.call?.cancel();
    // node fires 'request' before its parser objects to some heads: the answer to those is on its way.
    if (exchange.answered) response.end();
    else if (response.headersSent) cutAnswer(exchange);
    else
      answerProblem(
        exchange,
        new Problem('message_malformed', 'the content of the request is not framed as HTTP/1.1 says'),
      );
  }
}
