import { readFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const file = (name: string): string => fileURLToPath(new URL(`tls/${name}`, import.meta.url));

/** The certificate of these servers, for docs.vendor.example, moved.vendor.example and localhost. */
export const CERTIFICATE_FILE: string = file('test-only-certificate.pem');

export const CERTIFICATE: string = readFileSync(CERTIFICATE_FILE, 'utf8');

/** What one path answers. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface Documents {
  readonly port: number;
  /** Requests as they came: `GET /path`, with If-None-Match where there was one. */
  readonly seen: string[];
}

/** Starts an HTTPS server on loopback that answers by path; it ends with the test. */
export async function serveDocuments(answers: Readonly<Record<string, Answer | string>>): Promise<Documents> {
  const seen: string[] = [];
  const listener: RequestListener = (request, response) => {
    const known = request.headers['if-none-match'];
    seen.push(`${request.method} ${request.url}${known === undefined ? '' : ` ${known}`}`);
    const answer = answers[request.url ?? ''];
    if (typeof answer === 'string') response.end(answer);
    else if (answer === undefined) response.writeHead(404).end();
    else answer(request, response);
  };
  const server = createServer({ key: readFileSync(file('test-only-key.pem')), cert: CERTIFICATE }, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, seen };
}

/** Answers with a redirect. */
export function redirectTo(location: string, status: number = 302): Answer {
  return (_request, response) => response.writeHead(status, { location }).end();
}
