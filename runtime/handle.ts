import { admit } from './admit.ts';
import type { Admitted } from './admit.ts';
import { answerProblem, cutAnswer, endAnswer } from './answer.ts';
import type { Exchange } from './exchange.ts';
import { bodyLimits, checkRequest, letContinue } from './check-request.ts';
import type { CheckedRequest } from './check-request.ts';
import { CallerBody, CallerFault, readSmallBody, SMALL_BODY_BYTES } from './6-forward/caller-body.ts';
import { forward } from './6-forward/forward.ts';
import { upstreamFault } from './6-forward/upstream-fault.ts';
import { relay } from './7-relay/relay.ts';
import type { Relay } from './7-relay/relay.ts';
import { Problem } from './problem.ts';

/**
 * Takes one request from top to bottom: accept, match, authenticate, shape, credential (`admit`), then
 * forward and relay. Whatever happens, the caller gets one answer or sees it cut, and the upstream gets
 * one request or none.
 */
export function handle(exchange: Exchange): void {
  const admitted = admit(exchange);
  if (admitted instanceof Problem) {
    answerProblem(exchange, admitted);
    return;
  }
  const { operation, route } = admitted;
  if (route.validation !== null && operation !== null) {
    checkRequest(exchange, admitted, { validation: route.validation, operation })
      .then((checked) => proceed(exchange, admitted, checked))
      .catch((error: unknown) => fail(exchange, admitted, error));
  } else {
    stream(exchange, admitted);
  }
}

/** Goes on with a request that was checked; its caller may have gone away meanwhile, or have been answered. */
function proceed(exchange: Exchange, admitted: Admitted, checked: CheckedRequest): void {
  const { response, answered, broken } = exchange;
  if (response.destroyed || answered || broken) return;
  if (checked instanceof Problem) answerProblem(exchange, checked);
  else if (checked.body === null) stream(exchange, admitted);
  else {
    if (Buffer.isBuffer(checked.body)) {
      admitted.headers.push('Content-Length', String(checked.body.length));
      exchange.requestBytes = checked.body.length;
    }
    send(exchange, admitted, checked.body);
  }
}

/** Sends a request on while its body still comes in. */
function stream(exchange: Exchange, admitted: Admitted): void {
  letContinue(exchange);
  const { framing } = admitted;
  if (framing.kind === 'none') {
    send(exchange, admitted, null);
  } else if (framing.kind === 'length' && framing.bytes <= SMALL_BODY_BYTES) {
    admitted.headers.push('Content-Length', String(framing.bytes));
    sendWhole(exchange, admitted).catch((error: unknown) => fail(exchange, admitted, error));
  } else {
    if (framing.kind === 'length') admitted.headers.push('Content-Length', String(framing.bytes));
    send(exchange, admitted, new CallerBody(exchange.request, bodyLimits(exchange, admitted)));
  }
}

async function sendWhole(exchange: Exchange, admitted: Admitted): Promise<void> {
  const body = await readSmallBody(exchange.request, bodyLimits(exchange, admitted));
  exchange.requestBytes = body.length;
  send(exchange, admitted, body);
}

function send(exchange: Exchange, admitted: Admitted, body: Buffer | CallerBody | null): void {
  const { response } = exchange;
  const { route, pool, asked, method, path, headers } = admitted;
  const onward: Relay = relay({ response, asked, onDrain: () => exchange.call?.resume() }, route.relay);
  const countBody = (): void => {
    if (body instanceof CallerBody) exchange.requestBytes = body.bytes;
  };
  exchange.call = forward(pool, { method, path, headers, body }, route.connection.limits, {
    head: (status, reason, raw) => {
      exchange.upstream_ms = performance.now() - exchange.started_ms;
      exchange.source = 'upstream';
      onward.head(status, reason, raw);
      if (hasContent(method, status)) return true;
      // Nothing follows, whatever its Content-Length says: the answer is complete here.
      endAnswer(exchange);
      return true;
    },
    data: (chunk) => {
      exchange.responseBytes += chunk.length;
      return onward.data(chunk);
    },
    end: (trailers) => {
      countBody();
      onward.trailers(trailers);
      endAnswer(exchange);
    },
    fail: (error) => {
      countBody();
      fail(exchange, admitted, error);
    },
  });
}

/** RFC 9110 6.4.1: no content behind HEAD, 204 and 304. */
function hasContent(method: string, status: number): boolean {
  return method !== 'HEAD' && status !== 204 && status !== 304;
}

function fail(exchange: Exchange, { route }: Admitted, error: unknown): void {
  if (!(error instanceof Error)) throw error;
  if (exchange.response.writableEnded) return;
  const problem = upstreamFault(error, route.connection.name);
  if (exchange.response.headersSent || (problem === null && error instanceof CallerFault)) {
    if (problem !== null) exchange.logged = problem.logged;
    cutAnswer(exchange);
  } else if (problem !== null) {
    answerProblem(exchange, problem);
  }
}
