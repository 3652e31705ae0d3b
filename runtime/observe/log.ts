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
  return pino({ level, base: null, timestamp: isoTime() }, stream);
}

/** Gives pino's isoTime, faster by the part of an instant that is worked out once a second. */
function isoTime(): () => string {
  let second = Number.NaN;
  let untilMilliseconds = '';
  return () => {
    const now_ms = Date.now();
    const milliseconds = now_ms % 1000;
    if (now_ms - milliseconds !== second) {
      second = now_ms - milliseconds;
      untilMilliseconds = new Date(second).toISOString().slice(0, -4);
    }
    return `,"time":"${untilMilliseconds}${String(milliseconds).padStart(3, '0')}Z"`;
  };
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
      method: request.method,
      status: response.headersSent ? response.statusCode : null,
      source: exchange.source,
      problem: exchange.problem,
      ...exchange.logged,
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
