import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { Problem } from '../problem.ts';

/** How long a socket that was answered behind the parser's back may stay, for the answer to be read. */
const SOCKET_LINGER_MS = 1_000;

/** Gives the problem for what node's parser refused, by its error code, or for `CONNECT`. */
export function clientProblem(code: string): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new Problem(
        'headers_too_large',
        'the request line and header fields are too large (headers_max)',
      );
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Problem('request_timeout', 'the request headers came too slowly (headers_timeout)');
    case 'HPE_INVALID_METHOD':
      return new Problem('method_unsupported', 'the method is not a registered one');
    case 'CONNECT':
      return new Problem('method_unsupported', 'CONNECT is not supported');
    default:
      return new Problem('message_malformed', 'the request is not a well-formed HTTP/1.1 message');
  }
}

/** Writes a problem where there is no response to write it with, and closes the socket. */
export function answerOnSocket(socket: Duplex, problem: Problem, requestId: string): void {
  const body = problem.toBody(requestId);
  const headers = [...problem.toHeaders(body), 'Connection', 'close', 'Date', new Date().toUTCString()];
  let head = `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\n`;
  for (let at = 0; at < headers.length; at += 2) head += `${headers[at]}: ${headers[at + 1]}\r\n`;
  lingerOn(socket);
  socket.end(Buffer.concat([Buffer.from(`${head}\r\n`, 'latin1'), body]));
}

/** Looks after a socket that node's server has let go of, until it is closed: soon, whatever happens on it. */
export function lingerOn(socket: Duplex): void {
  const linger = setTimeout(() => socket.destroy(), SOCKET_LINGER_MS);
  socket.on('close', () => clearTimeout(linger)).on('error', () => socket.destroy());
  socket.resume();
}
