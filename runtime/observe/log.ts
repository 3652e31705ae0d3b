import pino from 'pino';
import type { Logger } from 'pino';
import type { ExchangeRecord } from '../exchange.ts';
import type { Problem } from '../problem.ts';
import { lineBuffer } from './line-buffer.ts';
import type { LineBuffer } from './line-buffer.ts';

/** The log: JSON lines. Names of things, never values: no path, no query, no header value, no body. */
export interface Log {
  /** What happens beside exchanges: start, reload, drain, faults of ours. */
  readonly events: Logger;
  /** Writes the one line of an exchange. */
  exchange(record: ExchangeRecord): void;
  /** Writes the line of what was refused before it was a request. */
  refused(id: string, problem: Problem): void;
  /** Writes the line of what the control address refused, with what denied it. */
  controlRefused(id: string, problem: Problem): void;
  /** Where its lines go: rows of audit may stand among them. */
  readonly lines: LineBuffer;
  /** Resolves when everything so far is written. */
  flush(): Promise<void>;
}

/** Levels as pino has them. */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Gives a log that writes whole lines to `lines`; to standard output without. */
export function openLog(level: string, lines: LineBuffer = lineBuffer(1)): Log {
  const now = isoTime();
  const events = pino({ level, base: null, timestamp: () => `,"time":"${now()}"` }, lines);
  const told = events.isLevelEnabled('info');
  const names = namesInFront();
  return {
    events,
    exchange: (exchange) => {
      if (told) lines.write(exchangeLine(exchange, now(), names(exchange)));
    },
    refused: (id, { status, code }) => {
      events.info({ request_id: id, status, source: 'gateway', problem: code }, 'refused');
    },
    controlRefused: (id, { status, code, logged }) => {
      const line = { request_id: id, door: 'control', status, source: 'gateway', problem: code, ...logged };
      events.info(line, 'control request refused');
    },
    lines,
    flush: () => lines.flush(),
  };
}

/** Gives the instant in RFC 3339; the part before the milliseconds is worked out once a second. */
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
    return `${untilMilliseconds}${String(milliseconds).padStart(3, '0')}Z`;
  };
}

const NAMED_MAX = 10_000;

/** Gives the names of an exchange as JSON members, serialized once for each caller and connection that meet. */
function namesInFront(): (record: ExchangeRecord) => string {
  const known = new Map<string, string>();
  return ({ caller, account, connection }) => {
    // All three, each where it ends for certain: another table may give the caller another account.
    const key = caller === null ? '' : `${connection ?? ''} ${account?.length} ${account} ${caller}`;
    let names = known.get(key);
    if (names === undefined) {
      names = JSON.stringify({ caller, account, connection }).slice(1, -1);
      // Tables that come and go may bring other names.
      if (known.size >= NAMED_MAX) known.clear();
      known.set(key, names);
    }
    return names;
  };
}

/**
 * Gives the line of an exchange, in the form that pino writes. By hand, because it is written for each
 * request: what is not serialized here is made of digits, lower-case words and base64url alone.
 */
function exchangeLine(exchange: ExchangeRecord, time: string, names: string): string {
  const { operation, status, problem, source, upstream_ms, logged, checked } = exchange;
  const duration_ms = round(performance.now() - exchange.started_ms);
  let line = `{"level":30,"time":"${time}","request_id":"${exchange.id}",${names}`;
  line += `,"operation":${operation === null ? 'null' : JSON.stringify(operation)}`;
  line += `,"template":${exchange.template === null ? 'null' : JSON.stringify(exchange.template)}`;
  line += exchange.door === 'passthrough' ? '' : `,"door":"${exchange.door}"`;
  line += exchange.grant === null ? '' : `,"grant":${JSON.stringify(exchange.grant)}`;
  line += `,"method":"${exchange.method}","status":${status}`;
  line += source === null ? ',"source":null' : `,"source":"${source}"`;
  line += problem === null ? ',"problem":null' : `,"problem":"${problem}"`;
  for (const key in logged) line += `,${JSON.stringify(key)}:${JSON.stringify(logged[key])}`;
  if (checked !== null) line += `,${JSON.stringify(checked).slice(1, -1)}`;
  line += `,"cut":${exchange.cut},"duration_ms":${duration_ms}`;
  line += `,"upstream_ms":${upstream_ms === null ? 'null' : round(upstream_ms)}`;
  line += `,"request_bytes":${exchange.requestBytes},"response_bytes":${exchange.responseBytes}`;
  return `${line},"table":"${exchange.snapshot.digest.slice(0, 12)}","msg":"exchange"}\n`;
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}

/** Gives what the log has of an error that is a fault of ours: where it was thrown. */
export function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : 'not an Error';
}
