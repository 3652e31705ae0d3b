import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** A request as a stand-in saw it. */
export interface Seen {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What stands where a gateway would; it ends with the test. */
export interface StandIn {
  readonly url: string;
  readonly seen: Seen[];
  close(): Promise<void>;
}

/** Starts a server that reads each request whole, and then answers. */
export async function standIn(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<StandIn> {
  const seen: Seen[] = [];
  const listening = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({
        line: `${request.method} ${request.url}`,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      });
      answer(request, response);
    });
  });
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const close = async (): Promise<void> => {
    if (!listening.listening) return;
    listening.closeAllConnections();
    listening.close();
    await once(listening, 'close');
  };
  onTestFinished(close);
  return { url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`, seen, close };
}
