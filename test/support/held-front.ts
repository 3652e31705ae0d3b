import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/**
 * The moments of a request that a test can stand at: it arrived and nothing came of it; the server has answered and
 * nothing of that was sent; half of it was; all of it was.
 */
export type Moment = 'asked' | 'answered' | 'half' | 'sent';

/** A request that stands still. */
export interface Held {
  /** Lets it go on. */
  go(): void;
}

/** What stands before a server, passes requests on to it, and stops them where a test says. */
export interface HeldFront {
  readonly origin: string;
  /** How many requests came. */
  readonly requests: number;
  /** Waits until the next request is at a moment, and holds it there. */
  hold(moment: Moment): Promise<Held>;
}

/** Starts the front of a server. It ends with the test. */
export async function heldFront(origin: string): Promise<HeldFront> {
  const holding = new Map<Moment, (held: Held) => void>();
  let requests = 0;
  const reached = async (moment: Moment): Promise<void> => {
    const tell = holding.get(moment);
    if (tell === undefined) return;
    holding.delete(moment);
    await new Promise<void>((go) => tell({ go }));
  };
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    requests += 1;
    const body = await buffer(request);
    await reached('asked');
    const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
    const answer = await fetch(origin + (request.url ?? ''), {
      method: request.method ?? 'GET',
      headers: headers as Record<string, string>,
      ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
      redirect: 'manual',
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    await reached('answered');
    const type = answer.headers.get('content-type') ?? 'text/plain';
    response.writeHead(answer.status, { 'content-type': type, 'content-length': bytes.length });
    response.write(bytes.subarray(0, bytes.length / 2));
    await reached('half');
    response.end(bytes.subarray(bytes.length / 2));
    await once(response, 'finish');
    await reached('sent');
  };
  const server = createServer((request, response) => {
    // Whoever asked may be gone by now.
    response.on('error', () => {});
    pass(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get requests() {
      return requests;
    },
    hold: (moment) => new Promise((resolve) => holding.set(moment, resolve)),
  };
}
