import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { Problem } from '../problem.ts';

/** The caller broke off its own request: too slow, too large, or gone. Carries the answer where one can be given. */
export class CallerFault extends Error {
  override readonly name = 'CallerFault';
  readonly problem: Problem | null;

  constructor(problem: Problem | null) {
    super(problem === null ? 'the caller is gone' : problem.code);
    this.problem = problem;
  }
}

/** Limits on how a caller sends its body. */
export interface BodyLimits {
  readonly body_idle_timeout_ms: number;
  readonly body_max_bytes: number | null;
}

/** Gives the problem of a body over `body_max`. */
export function bodyTooLarge(max: number): Problem {
  return new Problem('body_too_large', `the request body is over ${max} bytes (limits.body_max)`);
}

/**
 * The caller's body on its way to the upstream, with backpressure: the caller is read only when the
 * upstream takes more. Destroying it leaves the caller's socket alone, so that an upstream that answers
 * early and stops reading is still heard by the caller.
 */
export class CallerBody extends Readable {
  readonly #request: IncomingMessage;
  readonly #limits: BodyLimits;
  readonly #idle: NodeJS.Timeout;
  #bytes = 0;

  constructor(request: IncomingMessage, limits: BodyLimits) {
    super({ highWaterMark: request.readableHighWaterMark });
    this.#request = request;
    this.#limits = limits;
    this.#idle = setTimeout(this.#onIdle, limits.body_idle_timeout_ms);
    request
      .on('data', this.#onData)
      .on('end', this.#onEnd)
      .on('error', this.#onGone)
      .on('close', this.#onGone);
  }

  /** Bytes of content that the caller has sent so far, its framing taken off. */
  get bytes(): number {
    return this.#bytes;
  }

  override _read(): void {
    if (this.#request.isPaused()) this.#idle.refresh();
    this.#request.resume();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#idle);
    const request = this.#request;
    request
      .off('data', this.#onData)
      .off('end', this.#onEnd)
      .off('close', this.#onGone)
      .off('error', this.#onGone);
    // Whoever answers decides what happens to the rest of the body; errors have been told by then.
    request.on('error', ignore);
    done(error);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#idle.refresh();
    this.#bytes += chunk.length;
    const max = this.#limits.body_max_bytes;
    if (max !== null && this.#bytes > max) this.destroy(new CallerFault(bodyTooLarge(max)));
    else if (!this.push(chunk)) this.#request.pause();
  };

  readonly #onEnd = (): void => {
    clearTimeout(this.#idle);
    this.push(null);
  };

  readonly #onGone = (): void => {
    if (!this.#request.complete) this.destroy(new CallerFault(null));
  };

  readonly #onIdle = (): void => {
    // While the upstream is what is slow, the caller is paused and not to blame.
    if (this.#request.isPaused()) this.#idle.refresh();
    else this.destroy(new CallerFault(bodyTooSlow()));
  };
}

function ignore(): void {}

function bodyTooSlow(): Problem {
  return new Problem('request_timeout', 'the request body came too slowly (body_idle_timeout)');
}

/** A body that fits is read whole before it is sent: one write, and nothing half-sent when the caller breaks off. */
export const SMALL_BODY_BYTES: number = 16 * 1024;

/** Gives a small body once it has arrived; rejects with a CallerFault. */
export function readSmallBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const idle = setTimeout(() => settle(new CallerFault(bodyTooSlow())), limits.body_idle_timeout_ms);
    const settle = (fault: CallerFault | null): void => {
      clearTimeout(idle);
      request.off('data', onData).off('end', onEnd).off('close', onGone);
      if (fault === null)
        resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
      else reject(fault);
    };
    const onData = (chunk: Buffer): void => {
      chunks.push(chunk);
      idle.refresh();
    };
    const onEnd = (): void => settle(null);
    const onGone = (): void => settle(new CallerFault(null));
    request.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone);
  });
}

/** Gives a body that ends within `max` bytes; null for a longer one, which is then as if nothing had been read. */
export function readUpTo(body: CallerBody, max: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = (): void => {
      body.off('data', onData).off('end', onEnd).off('error', onError);
    };
    const onData = (chunk: Buffer): void => {
      chunks.push(chunk);
      size += chunk.length;
      if (size <= max) return;
      body.pause();
      stop();
      body.unshift(Buffer.concat(chunks));
      resolve(null);
    };
    const onEnd = (): void => {
      stop();
      resolve(Buffer.concat(chunks));
    };
    const onError = (error: Error): void => {
      stop();
      reject(error);
    };
    body.on('data', onData).on('end', onEnd).on('error', onError);
  });
}
