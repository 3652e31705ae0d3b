import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Problem, ProblemCode } from './problem.ts';
import type { UpstreamCall } from './6-forward/forward.ts';
import type { Snapshot } from './load/snapshot.ts';

/** Which way a request came in: as the API's own path, as an envelope over HTTP or MCP, or from the control plane. */
export type Door = 'passthrough' | 'invoke' | 'mcp' | 'control';

/** Who is told of exchanges: log, counts, audit. */
export interface Observer {
  /**
   * What has to be done before anything of an exchange is sent upstream: gives why it may not be sent, or null. Where
   * this is null itself, nothing has to be.
   */
  readonly beforeSending: ((record: ExchangeRecord) => Promise<Problem | null>) | null;
  /** One has ended: nothing of its record changes any more. */
  ended(record: ExchangeRecord): void;
  /** Something was refused before it was a request. */
  refused(problem: Problem, opened: Pick<ExchangeRecord, 'id' | 'snapshot'>): void;
  /** The control address refused a request; gives no row of audit. */
  controlRefused(id: string, problem: Problem): void;
  /** Something went wrong on our side, under the id of its exchange. */
  fault(id: string, error: unknown): void;
}

/** What is told of one exchange, whichever door it came through. */
export interface ExchangeRecord {
  readonly id: string;
  readonly snapshot: Snapshot;
  readonly observer: Observer;
  /** Monotonic milliseconds. */
  readonly started_ms: number;
  door: Door;
  /** Of the request to the upstream where that is another than the caller's. */
  method: string;
  caller: string | null;
  account: string | null;
  /** The persona that allowed the request. */
  persona: string | null;
  /** The trace that the caller's request belongs to, in 32 hex digits. */
  trace: string | null;
  connection: string | null;
  /** The id of the grant that proves us to the upstream, where it is one. */
  grant: string | null;
  /** Ends the use of what belongs to the grant: its route and sockets. */
  leave: (() => void) | null;
  /** It has ended. */
  over: boolean;
  /** The id of the operation that was matched, where operations are looked at. */
  operation: string | null;
  /** Its path template under this connection. */
  template: string | null;
  /**
   * Path and query at the upstream, without what is put in last: no credential is in it. What the caller asked of the
   * connection until the request is shaped.
   */
  path: string | null;
  /** Takes the connection's secrets out of a text; null where no connection is known. */
  hide: ((text: string) => string) | null;
  /** Content that was whole in memory, where the request came as an envelope. */
  content: { readonly contentType: string | null; readonly body: Buffer } | null;
  /** What the caller got; null where its answer never began. */
  status: number | null;
  upstream_status: number | null;
  /** Who made the status: the gateway (a problem) or the upstream. */
  source: 'gateway' | 'upstream' | null;
  problem: ProblemCode | null;
  /** From the problem, for the log: the rule that denied, the error's code. */
  logged: Readonly<Record<string, string>>;
  /** What validation found, for the log: null where nothing was checked. */
  checked: CheckedForLog | null;
  /** Until the upstream's response headers, in milliseconds since `started_ms`. */
  upstream_ms: number | null;
  requestBytes: number;
  responseBytes: number;
  /** The answer was cut after its head had been sent. */
  cut: boolean;
  /** What was under way for it was broken off, because nobody waits for it any more. */
  gone: boolean;
}

/** One request and its response through the gateway. */
export interface Exchange extends ExchangeRecord {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The answer is whole: if it has not ended, that only waits for the rest of the request. */
  answered: boolean;
  /** The caller's bytes stopped being HTTP: nothing more can be read from it. */
  broken: boolean;
  /** The caller holds its content back until it is told to continue. */
  awaitsContinue: boolean;
  /** The socket is closed behind this answer. */
  last: boolean;
  /** The exchange with the upstream, while there is one. */
  call: UpstreamCall | null;
}

/** What the log tells of a validation: no value and no pointer, whose names may be the caller's. */
export interface CheckedForLog {
  readonly validation: 'valid' | 'faulty' | 'unchecked';
  readonly faults: number;
  /** Where faults are: `query limit`, `body`; each once. */
  readonly faulty: readonly string[];
  /** Why the body was not looked at. */
  readonly unchecked: string | null;
}

/** What a record begins with. */
export type RecordOpening = Pick<ExchangeRecord, 'id' | 'snapshot' | 'observer' | 'method'>;

/** Opens a record. */
export function openRecord({ id, snapshot, observer, method }: RecordOpening): ExchangeRecord {
  return {
    id,
    snapshot,
    observer,
    started_ms: performance.now(),
    door: 'passthrough',
    method,
    caller: null,
    account: null,
    persona: null,
    trace: null,
    connection: null,
    grant: null,
    leave: null,
    over: false,
    operation: null,
    template: null,
    path: null,
    hide: null,
    content: null,
    status: null,
    upstream_status: null,
    source: null,
    problem: null,
    logged: {},
    checked: null,
    upstream_ms: null,
    requestBytes: 0,
    responseBytes: 0,
    cut: false,
    gone: false,
  };
}

/** What an exchange begins with. */
export type Opening = Pick<Exchange, 'id' | 'snapshot' | 'observer' | 'request' | 'response'>;

/** Opens an exchange. */
export function openExchange({ id, snapshot, observer, request, response }: Opening): Exchange {
  // Added to, not spread: a copy of so many members is an object that is looked up by hash (decision 0010).
  return Object.assign(openRecord({ id, snapshot, observer, method: request.method ?? '' }), {
    request,
    response,
    answered: false,
    broken: false,
    awaitsContinue: false,
    last: false,
    call: null,
  });
}

/** Notes in a record that the gateway itself answers. */
export function noteProblem(record: ExchangeRecord, problem: Problem): void {
  record.problem = problem.code;
  record.logged = problem.logged;
}
