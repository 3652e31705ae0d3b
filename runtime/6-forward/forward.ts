import type { Dispatcher } from 'undici';
import type { ConnectionLimits } from '../../table/types.ts';
import { CallerBody } from './caller-body.ts';
import type { UpstreamPool } from './upstream-pool.ts';

/** A request as it goes out. `headers` is flat and complete but for Host, which is the pool's. */
export interface UpstreamRequest {
  readonly method: string;
  /** Path and query, as assembled by `upstreamPath`. */
  readonly path: string;
  readonly headers: string[];
  readonly body: Buffer | CallerBody | null;
}

/** Who takes the answer. One of `end` and `fail` is called last, once. */
export interface AnswerSink {
  /** The head of the final response; raw names and values in turn. Gives whether to go on reading at once. */
  head(status: number, reason: string, raw: readonly Buffer[]): boolean;
  /** Content. Gives whether to go on reading at once; `resume` of the call goes on later. */
  data(chunk: Buffer): boolean;
  end(trailers: readonly Buffer[]): void;
  fail(error: Error): void;
}

/** An exchange with an upstream under way. */
export interface UpstreamCall {
  resume(): void;
  /** Breaks the exchange off; nothing more reaches the sink. */
  cancel(): void;
}

/** No response headers within call_timeout, the wait for a free socket and for its connection included. */
class CallTimeout extends Error {
  readonly code = 'UND_ERR_HEADERS_TIMEOUT';
}

/** The upstream switched protocols unasked: an answer that cannot be relayed. */
class UnaskedUpgrade extends Error {
  readonly code = 'HPE_UNASKED_UPGRADE';
}

/**
 * Sends a request and tells the sink of its answer. No redirect is followed and nothing is sent twice.
 *
 * This uses undici's dispatch with its older handler calls on purpose: they give raw header buffers
 * without first parsing them into an object that nobody here reads. What that saves is small, and was
 * measured (docs/decisions/0004-undici-raw-dispatch.md).
 */
export function forward(
  pool: UpstreamPool,
  request: UpstreamRequest,
  limits: ConnectionLimits,
  sink: AnswerSink,
): UpstreamCall {
  const streamed = request.body instanceof CallerBody ? request.body : null;
  // Where undici is not loaded yet it is now, in time that is not the upstream's.
  const dispatcher = pool.dispatcher.reveal();
  const call = new Call(pool, sink, { call_timeout_ms: limits.call_timeout_ms, streamed });
  streamed?.on('error', (error) => call.contentFailed(error));
  dispatcher.dispatch(
    {
      method: request.method,
      path: request.path,
      headers: request.headers,
      body: request.body,
      // undici's timer stands still while content is written; without content ours is the exact one.
      headersTimeout: streamed === null ? 0 : limits.call_timeout_ms,
      bodyTimeout: limits.upstream_idle_timeout_ms,
    },
    call,
  );
  return call;
}

interface CallOptions {
  readonly call_timeout_ms: number;
  /** Content that is sent as it comes: how long that takes is the caller's business. */
  readonly streamed: CallerBody | null;
}

class Call implements UpstreamCall, Dispatcher.DispatchHandler {
  readonly #pool: UpstreamPool;
  #sink: AnswerSink | null;
  #abort: ((error?: Error) => void) | null = null;
  #resume: (() => void) | null = null;
  /** The request is still in the pool: it counts against upstream_queue_max. */
  #held = true;
  readonly #streamed: CallerBody | null;
  readonly #call_timeout_ms: number;
  /** Runs until the response headers; where the content is streamed, until a socket takes the request. */
  #waiting: NodeJS.Timeout | null = null;

  constructor(pool: UpstreamPool, sink: AnswerSink, { call_timeout_ms, streamed }: CallOptions) {
    this.#pool = pool;
    this.#sink = sink;
    this.#streamed = streamed;
    this.#call_timeout_ms = call_timeout_ms;
    this.#wait();
    pool.exchanges += 1;
  }

  /** The caller broke its content off. Until a socket takes the request, nobody in undici listens for that. */
  contentFailed(error: Error): void {
    if (this.#abort === null) this.#finish()?.fail(error);
  }

  resume(): void {
    this.#resume?.();
  }

  cancel(): void {
    if (this.#finish() !== null) this.#abort?.(new Error('cancelled'));
  }

  onConnect(abort: (error?: Error) => void): void {
    this.#abort = abort;
    if (this.#streamed !== null) this.#stopWaiting();
    if (this.#sink === null) abort(new Error('cancelled'));
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void, reason: string): boolean {
    // Interim responses are between the upstream and us (RFC 9110 15.2).
    if (status < 200) {
      // undici's timer takes them for the response headers: without ours they could go on for ever.
      if (this.#sink !== null && this.#waiting === null) this.#wait();
      return true;
    }
    this.#stopWaiting();
    this.#resume = resume;
    return this.#sink?.head(status, reason, raw) ?? false;
  }

  onData(chunk: Buffer): boolean {
    return this.#sink?.data(chunk) ?? false;
  }

  onComplete(trailers: string[] | null): void {
    this.#letGo();
    // Typed as text, given as buffers: the bytes as they came.
    this.#finish()?.end((trailers ?? []) as unknown as Buffer[]);
  }

  onUpgrade(): void {
    this.#abort?.(new UnaskedUpgrade());
    this.onError(new UnaskedUpgrade());
  }

  onError(error: Error): void {
    this.#letGo();
    this.#finish()?.fail(error);
  }

  #wait(): void {
    this.#waiting = setTimeout(() => this.#onTimeout(), this.#call_timeout_ms);
  }

  #onTimeout(): void {
    if (this.#abort !== null && this.#streamed?.readableEnded === false) {
      // Content is still on its way: no time counts before its end.
      this.#wait();
      return;
    }
    const error = new CallTimeout();
    this.#finish()?.fail(error);
    this.#abort?.(error);
  }

  /** Gives the sink if the call was still under way, and ends it. */
  #finish(): AnswerSink | null {
    const sink = this.#sink;
    if (sink === null) return null;
    this.#sink = null;
    this.#stopWaiting();
    return sink;
  }

  /** undici is done with the request. One that was cancelled while it waits for a socket counts until then. */
  #letGo(): void {
    if (this.#held) this.#pool.exchanges -= 1;
    this.#held = false;
  }

  #stopWaiting(): void {
    if (this.#waiting !== null) clearTimeout(this.#waiting);
    this.#waiting = null;
  }
}
