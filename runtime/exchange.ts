import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ProblemCode } from './problem.ts';
import type { UpstreamCall } from './6-forward/forward.ts';
import type { Snapshot } from './load/snapshot.ts';

/** One request and its response through the gateway, and what is told of them in the log. */
export interface Exchange {
  readonly id: string;
  readonly snapshot: Snapshot;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Monotonic milliseconds. */
  readonly started_ms: number;
  caller: string | null;
  account: string | null;
  /** The persona that allowed the request. */
  persona: string | null;
  connection: string | null;
  /** The id of the operation that was matched, where operations are looked at. */
  operation: string | null;
  /** Its path template under this connection. */
  template: string | null;
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

/** Opens an exchange. */
export function openExchange(
  id: string,
  snapshot: Snapshot,
  request: IncomingMessage,
  response: ServerResponse,
): Exchange {
  return {
    id,
    snapshot,
    request,
    response,
    started_ms: performance.now(),
    caller: null,
    account: null,
    persona: null,
    connection: null,
    operation: null,
    template: null,
    source: null,
    problem: null,
    logged: {},
    checked: null,
    upstream_ms: null,
    requestBytes: 0,
    responseBytes: 0,
    cut: false,
    answered: false,
    broken: false,
    awaitsContinue: false,
    last: false,
    call: null,
  };
}
