import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { ServerOptions } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { SYSTEM_CONTEXT, tlsContexts } from '../../runtime/6-forward/tls-contexts.ts';
import type { UpstreamTls } from '../../runtime/6-forward/tls-contexts.ts';
import { startGateway } from '../support/gateway.ts';
import { sendRaw } from '../support/raw-caller.ts';
import { CREDENTIALS, TEST_KEY, valueOf } from '../support/table.ts';
import type { ConnectionSpec } from '../support/table.ts';

const pem = (name: string): string => readFileSync(join(import.meta.dirname, '../support/tls', name), 'utf8');

/** The common name of the client certificate of each request that an https upstream saw; '' without one. */
async function tlsUpstream(options: ServerOptions = {}): Promise<{ port: number; clients: string[] }> {
  const clients: string[] = [];
  const server = createServer(
    { key: pem('server.key'), cert: pem('server.pem'), ...options },
    (request, response) => {
      // The certificate is an empty object where the client sent none.
      const peer: Partial<PeerCertificate> = (request.socket as TLSSocket).getPeerCertificate();
      clients.push(String(peer.subject?.CN ?? ''));
      response.end('ok');
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, clients };
}

const CA = { tls_ca_bundle_pem: valueOf(pem('ca.pem')) };
const CLIENT = {
  mtls_client_cert_pem: valueOf(pem('client.pem')),
  mtls_client_key_pem: { env: 'CLIENT_KEY', at: 'gateway.d/test.yaml:1:1' },
};
const ASKS: ServerOptions = { requestCert: true, rejectUnauthorized: true, ca: pem('ca.pem') };

interface Case {
  readonly title: string;
  readonly upstream: ServerOptions;
  readonly tls: ConnectionSpec['tls'];
  readonly host: string;
  readonly status: number;
  readonly clients: readonly string[];
}

const CASES: readonly Case[] = [
  {
    title: 'an upstream of an unknown CA is not spoken to',
    upstream: {},
    tls: {},
    host: '127.0.0.1',
    status: 502,
    clients: [],
  },
  {
    title: 'tls_ca_bundle_pem adds a CA',
    upstream: {},
    tls: CA,
    host: '127.0.0.1',
    status: 200,
    clients: [''],
  },
  {
    title: 'a name that the certificate has not is refused',
    upstream: {},
    tls: CA,
    host: 'localhost',
    status: 502,
    clients: [],
  },
  {
    title: 'a client certificate is shown',
    upstream: ASKS,
    tls: { ...CA, ...CLIENT },
    host: '127.0.0.1',
    status: 200,
    clients: ['client.test'],
  },
  {
    title: 'an upstream that wants a client certificate refuses without one',
    upstream: ASKS,
    tls: CA,
    host: '127.0.0.1',
    status: 502,
    clients: [],
  },
];

test.each(CASES)('$title', async ({ upstream: options, tls, host, status, clients }) => {
  const upstream = await tlsUpstream(options);
  const gateway = await startGateway(
    {
      connections: {
        vendor: {
          base_url: `https://${host}:${upstream.port}`,
          credential: CREDENTIALS.bearer,
          tls: tls ?? {},
        },
      },
    },
    { environment: { CLIENT_KEY: pem('client.key') } },
  );
  const answer = await sendRaw(
    gateway.port,
    `GET /vendor/ HTTP/1.1\r\nHost: gw\r\nX-API-Key: ${TEST_KEY}\r\n\r\n`,
  );
  expect(answer.statuses).toEqual([status]);
  expect(upstream.clients).toEqual(clients);
  expect(answer.bytes.includes('Gateway-Error: upstream_unreachable')).toBe(status === 502);
});

test('a key that does not belong to the certificate stops the start, and is not repeated', async () => {
  const start = startGateway(
    { connections: { vendor: { base_url: 'https://127.0.0.1:1', tls: { ...CA, ...CLIENT } } } },
    { environment: { CLIENT_KEY: pem('server.key') } },
  );
  await expect(start).rejects.toThrow(
    'connection vendor: the certificate, its key or the CA bundle is not PEM that fits together (gateway.d/test.yaml:1:1)',
  );
});

test('equal TLS material has one context, whatever the connections and sockets', () => {
  const contextOf = tlsContexts();
  const none = { caBundle: null, clientCert: null, clientKey: null };
  const ca = (): UpstreamTls => ({ ...none, caBundle: pem('ca.pem') });
  const contexts = [none, ca(), ca(), { ...ca(), clientCert: pem('client.pem') }].map(contextOf);
  expect(contexts[2]).toBe(contexts[1]);
  expect(new Set(contexts).size).toBe(3);
  expect(contexts).not.toContain(null);
  // Without material, that of the process.
  expect(contexts[0]).toBe(SYSTEM_CONTEXT);
  expect(SYSTEM_CONTEXT.reveal()).toBe(SYSTEM_CONTEXT.reveal());
});
