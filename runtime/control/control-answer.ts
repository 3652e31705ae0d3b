import type { ServerResponse } from 'node:http';
import { Problem } from '../problem.ts';

/** What a request on the control address is answered with, beside problems. */
export interface ControlAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  /** Flat: name, value. Further headers. */
  readonly headers?: readonly string[];
}

/** Gives an answer of JSON. */
export function jsonAnswer(status: number, members: object): ControlAnswer {
  return { status, contentType: 'application/json', text: `${JSON.stringify(members)}\n` };
}

/** Nothing that this address answers is kept by anybody, or read as another type than it has. */
const EVERY_ANSWER = ['Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff'];

/** Writes an answer, or a problem under the id that the log may have it by. */
export function writeAnswer(
  response: ServerResponse,
  answer: ControlAnswer | Problem,
  requestId: string,
): void {
  const head = response.req.method === 'HEAD';
  // What is left of a body is not read: the next request on this socket would begin in its middle.
  const close = response.req.complete ? [] : ['Connection', 'close'];
  if (answer instanceof Problem) {
    const body = answer.toBody(requestId);
    response.writeHead(answer.status, [...answer.toHeaders(body), ...close]);
    response.end(head ? undefined : body);
    return;
  }
  const { status, contentType, text, headers = [] } = answer;
  const body = Buffer.from(text);
  const framing = status === 204 ? [] : ['Content-Type', contentType, 'Content-Length', String(body.length)];
  response.writeHead(status, [...framing, ...EVERY_ANSWER, ...headers, ...close]);
  response.end(head || status === 204 ? undefined : body);
}
