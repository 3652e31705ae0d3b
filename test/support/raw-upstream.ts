import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import type { AddressInfo, Socket } from 'node:net';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** One request as it stood on the wire, cut by the most lenient reading of its framing. */
export interface RawRequest {
  /** Request line and fields, with the empty line. Latin-1. */
  readonly head: string;
  /** The bytes of the content with their framing (chunks as they came). Latin-1. Empty where only the head was awaited. */
  readonly body: string;
  readonly socket: Socket;
  /** The server name that TLS was asked for (RFC 6066 3); null without TLS or name. */
  readonly serverName: string | null;
}

/** An upstream that shows the bytes it saw and answers with bytes that a test gives. */
export interface RawUpstream {
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Every whole request, in order. */
  readonly requests: RawRequest[];
  /** Everything that came in, over all sockets, also what is no whole request. */
  received(): string;
  /** Sockets that were opened. */
  readonly sockets: number;
  /** Sockets that have been closed again, by either side. */
  readonly closedSockets: number;
  /** Waits until `count` whole requests have come. */
  waitForRequests(count: number): Promise<RawRequest[]>;
  /** Waits until `holds` gives true; it is asked after everything that happens on a socket. */
  waitUntil(holds: (upstream: RawUpstream) => boolean): Promise<void>;
}

/** What an upstream answers: bytes, or an action on the socket (to be slow, to cut, to say nothing). */
export type RawAnswer = string | Buffer | ((request: RawRequest) => void);

/** How an upstream is started beside its answer. */
export interface RawUpstreamOptions {
  /** `head`: a request is answered when its head is in, and its content is not looked at; later bytes of its socket are kept only. */
  readonly answerAt?: 'head' | 'whole';
  /** An https upstream with this key and certificate. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Starts an upstream that answers each whole request. It reads chunked where `chunked` is said anywhere. */
export async function rawUpstream(
  answer: RawAnswer | ((request: RawRequest) => RawAnswer) = OK,
  keep = false,
  { answerAt = 'whole', tls }: RawUpstreamOptions = {},
): Promise<RawUpstream> {
  const requests: RawRequest[] = [];
  const chunks: string[] = [];
  const waiting = new Set<() => void>();
  const open = new Set<Socket>();
  let sockets = 0;
  let closedSockets = 0;
  const tell = (): void => {
    for (const look of waiting) look();
  };
  const take = (request: RawRequest): void => {
    requests.push(request);
    respond(request, answer);
  };
  const onSocket = (socket: Socket): void => {
    const { servername } = socket as Partial<TLSSocket>;
    const serverName = typeof servername === 'string' ? servername : null;
    sockets += 1;
    open.add(socket);
    let buffered = '';
    let headTaken = false;
    socket.on('data', (chunk: Buffer) => {
      const text = chunk.toString('latin1');
      chunks.push(text);
      if (headTaken) return tell();
      buffered += text;
      if (answerAt === 'head') {
        const end = buffered.indexOf('\r\n\r\n');
        if (end < 0) return;
        headTaken = true;
        take({ head: buffered.slice(0, end + 4), body: '', socket, serverName });
      } else {
        for (let cut = cutRequest(buffered); cut !== null; cut = cutRequest(buffered)) {
          buffered = buffered.slice(cut.head.length + cut.body.length);
          take({ ...cut, socket, serverName });
        }
      }
      tell();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      open.delete(socket);
      closedSockets += 1;
      tell();
    });
  };
  const server = tls === undefined ? createServer(onSocket) : createTlsServer(tls, onSocket);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    for (const socket of open) socket.destroy();
    server.close();
  };
  if (!keep) onTestFinished(close);
  const { port } = server.address() as AddressInfo;
  const upstream: RawUpstream = {
    port,
    origin: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    requests,
    received: () => chunks.join(''),
    get sockets() {
      return sockets;
    },
    get closedSockets() {
      return closedSockets;
    },
    waitForRequests: async (count) => {
      await upstream.waitUntil(() => requests.length >= count);
      return requests;
    },
    waitUntil: (holds) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!holds(upstream)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
  return upstream;
}

function respond(request: RawRequest, answer: RawAnswer | ((request: RawRequest) => RawAnswer)): void {
  const given = typeof answer === 'function' ? answer(request) : answer;
  if (typeof given === 'string') request.socket.write(Buffer.from(given, 'latin1'));
  else if (Buffer.isBuffer(given)) request.socket.write(given);
  else if (typeof given === 'function') given(request);
}

/** Cuts the first whole request off the text, or gives null while it is not whole. */
function cutRequest(text: string): { head: string; body: string } | null {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = text.slice(0, end + 4);
  const rest = text.slice(end + 4);
  if (/^transfer-encoding:.*chunked/im.test(head)) {
    const whole =
      /^(?:[0-9a-f]+(?:;[^\r\n]*)?\r\n[\s\S]*?\r\n)*?0+(?:;[^\r\n]*)?\r\n(?:[^\r\n]+\r\n)*\r\n/i.exec(rest);
    return whole === null ? null : { head, body: whole[0] };
  }
  const length = Number(/^content-length:\s*(\d+)/im.exec(head)?.[1] ?? 0);
  return rest.length < length ? null : { head, body: rest.slice(0, length) };
}
