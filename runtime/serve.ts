import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ListenAddress } from '../table/types.ts';
import { dataServer } from './1-accept/data-server.ts';
import { answerProblem, cutAnswer } from './answer.ts';
import { controlServer } from './control/control-server.ts';
import type { Readiness } from './control/control-server.ts';
import { countExchange } from './count-exchange.ts';
import { openTable } from './current-table.ts';
import type { CurrentTable } from './current-table.ts';
import { openExchange } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { SYSTEM_NETWORK } from './6-forward/network.ts';
import type { Network } from './6-forward/network.ts';
import type { TokenParts } from './grants/oauth/client-tokens.ts';
import { OAUTH_TIMEOUT_MS } from './grants/oauth/request-token.ts';
import { handle } from './handle.ts';
import type { Environment } from './load/resolve-secrets.ts';
import type { TableSource } from './load/table-source.ts';
import { openCounts } from './observe/counts.ts';
import type { Counts } from './observe/counts.ts';
import type { Log } from './observe/log.ts';
import { Problem } from './problem.ts';
import { readMetrics } from './read-metrics.ts';
import { requestIds } from './request-id.ts';
import { loadAjv } from './validate/load-ajv.ts';
import { reloadAndTell } from './reload-and-tell.ts';
import { tellStore } from './tell-grants.ts';
import { tellTokens } from './tell-tokens.ts';
import { watchTable } from './watch-table.ts';

/** What serving needs beside the table. */
export interface ServeOptions {
  readonly source: TableSource;
  /** What `${env:NAME}` reads. */
  readonly environment: Environment;
  /** False: no code that the table brings is run (`--no-codegen`). */
  readonly codegen?: boolean;
  /** How upstreams are found; without it as the machine finds them. */
  readonly network?: Network;
  /** In place of the clock (milliseconds since the epoch), and of the time that an authorization server has. */
  readonly oauth?: Partial<Pick<TokenParts, 'now' | 'timeout_ms'>>;
  readonly log: Log;
  /** In place of the table's addresses. */
  readonly listen: ListenAddress | null;
  readonly control: ListenAddress | null;
  /** How often the digest is looked at; null: only `reload` swaps. */
  readonly watch_ms: number | null;
}

/** A gateway that serves. */
export interface Serving {
  readonly address: AddressInfo;
  readonly controlAddress: AddressInfo;
  readonly digest: string;
  /** Loads the table and its secrets again. Gives whether it was taken; where not, the log and /readyz say why. */
  reload(): Promise<boolean>;
  /** Stops taking connections, lets requests in flight finish within drain_timeout, then closes. */
  drain(): Promise<void>;
  /** Ends at once. */
  close(): Promise<void>;
}

/** Loads the table, listens on both addresses and serves. Rejects where the table, a secret or an address is not to be had. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { log, source } = options;
  const table = await openTable(source, {
    environment: options.environment,
    codegen: options.codegen ?? true,
    network: options.network ?? SYSTEM_NETWORK,
    oauth: { now: Date.now, timeout_ms: OAUTH_TIMEOUT_MS, ...options.oauth, tell: tellTokens(log) },
    tellStore: tellStore(log),
  });
  const state = { draining: false, exchanges: 0 };
  const counts = openCounts();
  const data = dataPlane(table, state, { log, counts });
  const control = controlServer({
    readiness: () => readiness(table, state.draining),
    metrics: (request) => readMetrics(request, table.snapshot, counts),
    failed: (error) => tellFault(log, '-', error),
  });
  for (const notice of table.snapshot.notices) log.events.warn(notice);
  try {
    await listen(data, options.listen ?? table.gateway.listen);
    await listen(control, options.control ?? table.gateway.control);
  } catch (error) {
    // The second address may be the one that is taken: the first is given back.
    data.close();
    await table.retire();
    throw error;
  }
  const reload = () => reloadAndTell(table, log);
  const stopWatching =
    options.watch_ms === null
      ? () => {}
      : watchTable(source, () => table.snapshot.digest, { every_ms: options.watch_ms, reload });
  log.events.info(
    { address: addressOf(data), control: addressOf(control), table: table.snapshot.digest },
    'serving',
  );
  // Whoever started this waits for that line.
  await log.flush();
  if ([...table.snapshot.routes.values()].some(({ validation }) => validation !== null)) {
    // Now rather than with the first request; where it fails, that request tells.
    setImmediate(() => void loadAjv().catch(() => {}));
  }
  const end = async (): Promise<void> => {
    stopWatching();
    data.closeAllConnections();
    control.closeAllConnections();
    control.close();
    await closed(data);
    await table.retire();
    await log.flush();
  };
  return {
    address: addressOf(data),
    controlAddress: addressOf(control),
    get digest() {
      return table.snapshot.digest;
    },
    reload,
    drain: async () => {
      state.draining = true;
      log.events.info({ exchanges: state.exchanges }, 'draining');
      await drained(data, table.gateway.limits.drain_timeout_ms);
      await end();
    },
    close: end,
  };
}

interface DataState {
  draining: boolean;
  exchanges: number;
}

/** What is told of exchanges. */
interface Told {
  readonly log: Log;
  readonly counts: Counts;
}

function dataPlane(table: CurrentTable, state: DataState, { log, counts }: Told): Server {
  const nextId = requestIds();
  /** The newest exchange of a socket: with pipelining there may be several, and the newest is the one still read. */
  const underWay = new WeakMap<Duplex, Exchange>();
  const server = dataServer(table.gateway.limits, {
    refused: (problem) => {
      const id = nextId();
      log.refused(id, problem);
      return id;
    },
    request: (request, response) => {
      const { socket } = request;
      const before = underWay.get(socket);
      // What is pipelined behind a request that ended its socket is never looked at (RFC 9112 9.6).
      if (before?.last === true) return;
      const exchange = openExchange(nextId(), table.snapshot, request, response);
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
        log.exchange(exchange);
        countExchange(exchange, counts);
        if (state.draining) setImmediate(() => server.closeIdleConnections());
      };
      response.on('close', end);
      // node tells a response that waits behind another nothing of the end of their socket.
      if (before !== undefined) socket.setMaxListeners(0).on('close', end);
      begin(exchange, state, log);
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

function begin(exchange: Exchange, state: DataState, log: Log): void {
  const refusal = refusedBecause(exchange, state);
  try {
    if (refusal === null) handle(exchange);
    else answerProblem(exchange, refusal);
  } catch (error) {
    // A fault of ours: the caller learns nothing but the id under which the log has it.
    tellFault(log, exchange.id, error);
    answerProblem(
      exchange,
      new Problem('internal', `an internal error; the log has it under ${exchange.id}`),
    );
  }
}

function tellFault(log: Log, id: string, error: unknown): void {
  log.events.error(
    { request_id: id, error: error instanceof Error ? error.stack : 'not an Error' },
    'internal error',
  );
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

function readiness(table: CurrentTable, draining: boolean): Readiness {
  const { failed, loadedAt, snapshot } = table;
  return {
    state: draining ? 'draining' : 'ready',
    table: snapshot.digest,
    loaded_at: loadedAt.toISOString(),
    last_reload_failed: failed === null ? null : { at: failed.at.toISOString(), reason: failed.reason },
  };
}

async function listen(server: Server, { host, port }: ListenAddress): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening');
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('the server does not listen on a port');
  return address;
}

/** Waits until no connection is left, or the time is over. */
async function drained(server: Server, timeout_ms: number): Promise<void> {
  const all = closed(server);
  server.closeIdleConnections();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeout_ms);
  });
  await Promise.race([all, timeout]);
  clearTimeout(timer);
}

/** Stops listening, and waits until every connection has ended. */
async function closed(server: Server): Promise<void> {
  if (!server.listening) return;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}
