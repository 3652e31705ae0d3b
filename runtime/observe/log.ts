import pino from 'pino';
import type { DestinationStream, Logger } from 'pino';
import type { Exchange } from '../exchange.ts';
import type { Problem } from '../problem.ts';

/** The log: JSON lines. Names of things, never values: no path, no query, no header value, no body. */
export type Log = Logger;

/** Levels as pino has them. */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Gives a log that writes to a stream; standard output, buffered, without one. */
export function openLog(level: string, destination?: DestinationStream): Log {
  const stream =
    destination ?? pino.destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 500 });
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream);
}

/** Writes the one line of an exchange. */
export function logExchange(log: Log, exchange: Exchange): void {
  const { snapshot, request, response } = exchange;
  log.info(
    {
      request_id: exchange.id,
      caller: exchange.caller,
      account: exchange.account,
      connection: exchange.connection,
      operation: exchange.operation,
      template: exchange.template,
      method: request.method,
      status: response.headersSent ? response.statusCode : null,
      source: exchange.source,
      problem: exchange.problem,
      ...exchange.logged,
      ...exchange.checked,
      cut: exchange.cut || !response.writableFinished,
      duration_ms: round(performance.now() - exchange.started_ms),
      upstream_ms: exchange.upstream_ms === null ? null : round(exchange.upstream_ms),
      request_bytes: exchange.requestBytes,
      response_bytes: exchange.responseBytes,
      table: snapshot.digest.slice(0, 12),
    },
    'exchange',
  );
}

/** Writes the line of what was refused before it was a request. */
export function logRefusal(log: Log, id: string, { status, code }: Problem): void {
  log.info({ request_id: id, status, source: 'gateway', problem: code }, 'refused');
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
