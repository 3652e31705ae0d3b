import { noteProblem } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import type { Problem, ProblemCode } from './problem.ts';

/** How long the rest of an unread body is taken and thrown away, so that the caller gets to read its answer. */
const LINGER_MS = 2_000;

/**
 * Codes after which the socket is closed: what is refused in accept and match, where two readers might not
 * agree on the message, and what ends the socket by its nature.
 */
const CLOSING: ReadonlySet<ProblemCode> = new Set([
  'message_malformed',
  'target_invalid',
  'headers_too_large',
  'target_too_large',
  'method_unsupported',
  'expectation_failed',
  'upgrade_unsupported',
  'request_timeout',
  'draining',
]);

/** Bodies up to this are read to their end behind a refusal, so that the socket can serve the next request. */
const DRAINED_BYTES = 64 * 1024;

/** Answers an exchange with a problem, if its head has not been sent; cuts the answer otherwise. */
export function answerProblem(exchange: Exchange, problem: Problem): void {
  const { request, response } = exchange;
  noteProblem(exchange, problem);
  if (response.headersSent) {
    cutAnswer(exchange);
    return;
  }
  exchange.source = 'gateway';
  const body = problem.toBody(exchange.id);
  const headers = problem.toHeaders(body);
  exchange.last = CLOSING.has(problem.code) || !canBeDrained(exchange);
  if (exchange.last) headers.push('Connection', 'close');
  response.writeHead(problem.status, headers);
  countOwn(exchange, body);
  if (request.method !== 'HEAD') response.write(body);
  endAnswer(exchange);
}

/** An answer that the gateway makes whole, and that is no problem. */
export interface OwnAnswer {
  readonly status: number;
  /** Flat: name, value; without framing. */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** Answers an exchange of a front door whose answers are the gateway's own. */
export function answerWhole(exchange: Exchange, { status, headers, body }: OwnAnswer): void {
  const { request, response } = exchange;
  exchange.source ??= 'gateway';
  exchange.last = !canBeDrained(exchange);
  const fields = [...headers, 'Content-Length', String(body.length)];
  if (exchange.last) fields.push('Connection', 'close');
  response.writeHead(status, fields);
  countOwn(exchange, body);
  if (request.method !== 'HEAD') response.write(body);
  endAnswer(exchange);
}

/** Counts content of the gateway's own, where it does not tell of an upstream's, which was counted as it came. */
function countOwn(exchange: Exchange, body: Buffer): void {
  if (exchange.upstream_status === null) exchange.responseBytes += body.length;
}

/** Ends an answer that cannot be completed, so that the caller sees it: the socket is closed in the middle. */
export function cutAnswer(exchange: Exchange): void {
  exchange.cut = true;
  exchange.response.destroy();
}

/**
 * Ends an answer. While the caller is still sending, the end waits until it has sent all or LINGER_MS are
 * over: closing a socket with unread bytes resets it, and the caller would lose the answer (RFC 9112 9.6).
 */
export function endAnswer(exchange: Exchange): void {
  const { request, response, broken, awaitsContinue } = exchange;
  exchange.answered = true;
  if (request.complete || request.destroyed || broken || awaitsContinue) {
    response.end();
    return;
  }
  const stop = (): void => {
    clearTimeout(linger);
    request.off('end', onRead).off('close', onRead);
  };
  const onRead = (): void => {
    stop();
    response.end();
  };
  const linger = setTimeout(() => {
    stop();
    // The rest never came: a socket in the middle of a request is of no use to anybody.
    response.end(() => request.destroy());
  }, LINGER_MS);
  request.on('end', onRead).on('close', onRead).resume();
}

/** Tells whether what is left of a request's body is small enough to be read to its end. */
function canBeDrained({ request, awaitsContinue }: Exchange): boolean {
  if (request.complete) return true;
  if (awaitsContinue || request.headers['transfer-encoding'] !== undefined) return false;
  return Number(request.headers['content-length'] ?? 0) <= DRAINED_BYTES;
}
