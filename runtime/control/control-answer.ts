import type { ServerResponse } from 'node:http';
import type { Problem } from '../problem.ts';

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

/** Writes a problem under the id that the log has it by. */
export function writeProblem(response: ServerResponse, problem: Problem, requestId: string): void {
  const body = problem.toBody(requestId);
  response.writeHead(problem.status, [...problem.toHeaders(body), ...closing(response)]);
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

/** Writes an answer. */
export function writeAnswer(
  response: ServerResponse,
  { status, contentType, text, headers = [] }: ControlAnswer,
): void {
  const body = Buffer.from(text);
  const framing = status === 204 ? [] : ['Content-Type', contentType, 'Content-Length', String(body.length)];
  response.writeHead(status, [...framing, ...EVERY_ANSWER, ...headers, ...closing(response)]);
  response.end(response.req.method === 'HEAD' || status === 204 ? undefined : body);
}

/** What is left of a body is not read: the next request on this socket would begin in its middle. */
function closing({ req }: ServerResponse): string[] {
  return req.complete ? [] : ['Connection', 'close'];
}
