import { isMcpServer } from '../table/rules/auth-modes.ts';
import { admit } from './admit.ts';
import type { Admitted } from './admit.ts';
import { answerProblem, cutAnswer, endAnswer } from './answer.ts';
import type { Exchange } from './exchange.ts';
import { bodyLimits, checkRequest, exchangeContent, letContinue } from './check-request.ts';
import type { CheckedRequest } from './check-request.ts';
import { isForm } from './5-credential/request-signer.ts';
import {
  CallerBody,
  CallerFault,
  readSmallBody,
  readUpTo,
  SMALL_BODY_BYTES,
} from './6-forward/caller-body.ts';
import type { AnswerSink } from './6-forward/forward.ts';
import { hasContent } from './6-forward/has-content.ts';
import { upstreamFault } from './6-forward/upstream-fault.ts';
import { relay } from './7-relay/relay.ts';
import type { Relay } from './7-relay/relay.ts';
import { Problem } from './problem.ts';
import { receive } from './receive.ts';
import { sendRequest } from './send-request.ts';

/**
 * Takes one request from top to bottom: accept and match (`receive`), authorize, shape, credential (`admit`), then
 * forward and relay. Whatever happens, the caller gets one answer or sees it cut, and the upstream gets
 * one request or none; a second one only in place of one that it answered 401 to, with another credential.
 * What another front door takes (`front-doors.ts`) is answered there.
 */
export function handle(exchange: Exchange): void {
  const received = receive(exchange);
  if (received instanceof Problem) {
    answerProblem(exchange, received);
  } else if ('door' in received) {
    received
      .door()
      .then((open) => open(received.knock))
      .catch((error: unknown) => fail(exchange, error));
  } else if (isMcpServer(received.asking.route.connection)) {
    import('./mcp-upstream/tool-door.ts')
      .then(({ openToolDoor }) => openToolDoor(exchange, received.asking))
      .catch((error: unknown) => fail(exchange, error));
  } else {
    const admitted = admit(exchange, received.asking);
    if (admitted instanceof Promise) {
      takeLate(exchange, admitted).catch((error: unknown) => fail(exchange, error));
    } else {
      take(exchange, admitted);
    }
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
    checkRequest(exchange, admitted, {
      validation: route.validation,
      operation,
      content: exchangeContent(exchange, admitted),
    })
      .then((checked) => proceed(exchange, admitted, checked))
      .catch((error: unknown) => fail(exchange, error));
  } else {
    onceNoted(exchange, () => stream(exchange, admitted));
  }
}

/** Goes on when what has to be kept of a request before it is sent is kept; refuses it where that cannot be. */
function onceNoted(exchange: Exchange, onward: () => void): void {
  const { beforeSending } = exchange.observer;
  if (beforeSending === null) {
    onward();
    return;
  }
  const goOn = (refused: Problem | null): void => {
    if (isOver(exchange)) return;
    if (refused === null) onward();
    else answerProblem(exchange, refused);
  };
  beforeSending(exchange)
    .then(goOn)
    .catch((error: unknown) => fail(exchange, error));
}

/** Tells whether nobody waits for an answer any more: the caller is gone, was answered, or broke its own request off. */
function isOver({ request, response, answered, broken }: Exchange): boolean {
  return response.destroyed || answered || (broken && !request.complete);
}

/** Goes on with a request that was checked. */
function proceed(exchange: Exchange, admitted: Admitted, checked: CheckedRequest): void {
  if (isOver(exchange)) return;
  if (checked instanceof Problem) answerProblem(exchange, checked);
  else if (checked.body === null) onceNoted(exchange, () => stream(exchange, admitted));
  else {
    const { body } = checked;
    if (Buffer.isBuffer(body)) exchange.requestBytes = body.length;
    onceNoted(exchange, () => send(exchange, admitted, body));
  }
}

/** Sends a request on while its body still comes in. */
function stream(exchange: Exchange, admitted: Admitted): void {
  letContinue(exchange);
  const { framing } = admitted;
  if (framing.kind === 'none') {
    send(exchange, admitted, null);
  } else if (isSignedForm(admitted)) {
    sendForm(exchange, admitted).catch((error: unknown) => fail(exchange, error));
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

/** The signature of a form needs all of it: as much is read as for checking. */
async function sendForm(exchange: Exchange, admitted: Admitted): Promise<void> {
  const max = admitted.route.connection.limits.validate_body_max_bytes;
  const form = await readUpTo(new CallerBody(exchange.request, bodyLimits(exchange, admitted)), max);
  if (isOver(exchange)) return;
  if (form === null) {
    formTooLarge(exchange, admitted);
    return;
  }
  exchange.requestBytes = form.length;
  send(exchange, admitted, form);
}

function isSignedForm({ route, headers }: Admitted): boolean {
  return route.signer !== null && isForm(headers);
}

function formTooLarge(exchange: Exchange, { route }: Admitted): void {
  const max = route.connection.limits.validate_body_max_bytes;
  const detail = `the form is over ${max} bytes, and its signature needs all of it (limits.validate_body_max)`;
  answerProblem(exchange, new Problem('body_too_large', detail));
}

type Body = Buffer | CallerBody | null;

function send(exchange: Exchange, admitted: Admitted, body: Body): void {
  exchange.call = sendRequest(admitted, {
    body,
    sink: answerSink(exchange, admitted, body),
    isOver: () => isOver(exchange),
    renewed: () => {
      exchange.logged = { credential: 'renewed' };
    },
  });
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
      exchange.upstream_status = status;
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

function fail(exchange: Exchange, error: unknown): void {
  if (!(error instanceof Error)) throw error;
  if (exchange.response.writableEnded) return;
  const problem = upstreamFault(error, exchange.connection ?? '');
  if (problem?.code === 'internal') exchange.observer.fault(exchange.id, error);
  if (exchange.response.headersSent || (problem === null && error instanceof CallerFault)) {
    if (problem !== null) exchange.logged = problem.logged;
    cutAnswer(exchange);
  } else if (problem !== null) {
    answerProblem(exchange, problem);
  }
}
