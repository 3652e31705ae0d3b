import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Stands before a gateway for a program that cannot be given a key: adds it to every request, and changes nothing else. */
export interface KeyAdder {
  readonly port: number;
  /** Says where requests go, from now on. */
  to(port: number): void;
}

/** Starts one, with the caller's key. */
export async function startKeyAdder(key: string): Promise<KeyAdder> {
  let target = 0;
  const server: Server = createServer((request, response) => {
    const onward = httpRequest({
      host: '127.0.0.1',
      port: target,
      method: request.method,
      path: request.url,
      // Host too: it is what the gateway is asked about.
      headers: { ...request.headers, 'x-api-key': key },
    });
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    to: (port) => {
      target = port;
    },
  };
}
