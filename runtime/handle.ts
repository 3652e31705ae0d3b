import { admit } from './admit.ts';
import type { Admitted } from './admit.ts';
import { answerProblem, cutAnswer, endAnswer } from './answer.ts';
import type { Exchange } from './exchange.ts';
import { bodyLimits, checkRequest, letContinue } from './check-request.ts';
import type { CheckedRequest } from './check-request.ts';
import { CallerBody, CallerFault, readSmallBody, SMALL_BODY_BYTES } from './6-forward/caller-body.ts';
import { forward } from './6-forward/forward.ts';
import type { AnswerSink } from './6-forward/forward.ts';
import { upstreamFault } from './6-forward/upstream-fault.ts';
import { relay } from './7-relay/relay.ts';
import type { Relay } from './7-relay/relay.ts';
import { holdRefused } from './hold-refused.ts';
import { Problem } from './problem.ts';

/**
 * Takes one request from top to bottom: accept, match, authenticate, shape, credential (`admit`), then
 * forward and relay. Whatever happens, the caller gets one answer or sees it cut, and the upstream gets
 * one request or none; a second one only in place of one that it answered 401 to, with another credential.
 */
export function handle(exchange: Exchange): void {
  const admitted = admit(exchange);
  if (admitted instanceof Promise) {
    takeLate(exchange, admitted).catch((error: unknown) => fail(exchange, error));
  } else {
    take(exchange, admitted);
  }
}

async function takeLate(exchange: Exchange, admitting: Promise<Admitted | Problem>): Promise<void> {
  const admitted = await admitting;
  if (!isOver(exchange)) take(exchange, admitted);
}

function take(exchange: Exchange, admitted: Admitted | Problem): void {
  if (admitted instanceof Problem) {
    answerProblem(exchange, admitted);
    return;
  }
  const { operation, route } = admitted;
  if (route.validation !== null && operation !== null) {
    checkRequest(exchange, admitted, { validation: route.validation, operation })
      .then((checked) => proceed(exchange, admitted, checked))
      .catch((error: unknown) => fail(exchange, error));
  } else {
    stream(exchange, admitted);
  }
}

/** Tells whether nobody waits for an answer any more: the caller is gone, was answered, or broke its own request off. */
function isOver({ request, response, answered, broken }: Exchange): boolean {
  return response.destroyed || answered || (broken && !request.complete);
}

/** Goes on with a request that was checked. */
function proceed(exchange: Exchange, admitted: Admitted, checked: CheckedRequest): void {
  if (isOver(exchange)) return;
  if (checked instanceof Problem) answerProblem(exchange, checked);
  else if (checked.body === null) stream(exchange, admitted);
  else {
    if (Buffer.isBuffer(checked.body)) exchange.requestBytes = checked.body.length;
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
    sendWhole(exchange, admitted).catch((error: unknown) => fail(exchange, error));
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

type Body = Buffer | CallerBody | null;

function send(exchange: Exchange, admitted: Admitted, body: Body): void {
  const { route, pool, method, path, headers, renew } = admitted;
  if (Buffer.isBuffer(body)) headers.push('Content-Length', String(body.length));
  const onward = answerSink(exchange, admitted, body);
  const sink = renew === null ? onward : renewing(exchange, renew, body, onward);
  exchange.call = forward(pool, { method, path, headers, body }, route.connection.limits, sink);
}

function answerSink(exchange: Exchange, { route, asked, method }: Admitted, body: Body): AnswerSink {
  const { response } = exchange;
  const onward: Relay = relay({ response, asked, onDrain: () => exchange.call?.resume() }, route.relay);
  const countBody = (): void => {
    if (body instanceof CallerBody) exchange.requestBytes = body.bytes;
  };
  return {
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
      fail(exchange, error);
    },
  };
}

/**
 * Gives the sink of a request whose credential can be renewed. Where the upstream answers 401 and all of the request
 * is still there, the answer waits: with another credential the request goes out once more, without one the answer
 * is relayed. What was streamed is gone: then the next request has the new credential.
 */
function renewing(
  exchange: Exchange,
  renew: NonNullable<Admitted['renew']>,
  body: Body,
  onward: AnswerSink,
): AnswerSink {
  if (body instanceof CallerBody) {
    return {
      ...onward,
      head: (status, reason, raw) => {
        if (status === 401) void renew();
        return onward.head(status, reason, raw);
      },
    };
  }
  const again = (next: Admitted | null): void => {
    if (isOver(exchange)) return;
    if (next === null) {
      sink.release();
      return;
    }
    exchange.call?.cancel();
    exchange.logged = { credential: 'renewed' };
    send(exchange, next, body);
  };
  const sink = holdRefused(onward, {
    onRefused: () => {
      renew()
        .then(again)
        .catch((error: unknown) => fail(exchange, error));
    },
    onRelease: () => exchange.call?.resume(),
  });
  return sink;
}

/** RFC 9110 6.4.1: no content behind HEAD, 204 and 304. */
function hasContent(method: string, status: number): boolean {
  return method !== 'HEAD' && status !== 204 && status !== 304;
}

function fail(exchange: Exchange, error: unknown): void {
  if (!(error instanceof Error)) throw error;
  if (exchange.response.writableEnded) return;
  const problem = upstreamFault(error, exchange.connection ?? '');
  if (exchange.response.headersSent || (problem === null && error instanceof CallerFault)) {
    if (problem !== null) exchange.logged = problem.logged;
    cutAnswer(exchange);
  } else if (problem !== null) {
    answerProblem(exchange, problem);
  }
}
