import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { wholeFetch } from '../../runtime/6-forward/fetch-whole.ts';
import type { OwnRequest } from '../../runtime/6-forward/fetch-whole.ts';
import { SYSTEM_NETWORK } from '../../runtime/6-forward/network.ts';
import type { Network } from '../../runtime/6-forward/network.ts';
import { poolSet } from '../../runtime/6-forward/pool-set.ts';
import { tlsContexts } from '../../runtime/6-forward/tls-contexts.ts';
import { Hidden } from '../../runtime/hidden.ts';
import { startGateway } from '../support/gateway.ts';
import { clientConnection, oauth2Plan } from '../support/oauth-plan.ts';
import { sendRaw } from '../support/raw-caller.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { headOf, SILENCE } from '../support/sides.ts';
import { valueOf } from '../support/table.ts';

const TLS = { caBundle: null, clientCert: null, clientKey: null };
const NETWORK: Network = { ...SYSTEM_NETWORK, resolve: () => Promise.resolve(['10.0.0.7']) };

function request(url: string, more: Partial<OwnRequest> = {}): OwnRequest {
  return { method: 'GET', url, headers: new Hidden([]), body: null, guard: null, timeout_ms: 5_000, ...more };
}

function fetching(network: Network = SYSTEM_NETWORK): ReturnType<typeof wholeFetch> {
  const context = tlsContexts()(TLS);
  if (context === null) throw new Error('no context');
  return wholeFetch({ pools: poolSet(network), tls: TLS, context });
}

const PUBLIC = { guard: { allowPrivate: [] } };

/** Where a guarded request must not go: nothing listens there that could answer. */
const REFUSED: [url: string, network: Network][] = [
  ['http://127.0.0.1:1/', SYSTEM_NETWORK],
  ['http://[::1]:1/', SYSTEM_NETWORK],
  ['http://[::ffff:169.254.169.254]/', SYSTEM_NETWORK],
  ['http://0x7f.1:1/', SYSTEM_NETWORK],
  ['http://idp.example/', NETWORK],
];

test.each(REFUSED)('guarded, %s is not asked', async (url, network) => {
  await expect(fetching(network)(request(url, PUBLIC))).rejects.toMatchObject({ fault: 'address_refused' });
});

test('guarded, a block that is allowed is asked', async () => {
  const server = await rawUpstream();
  const guard = { allowPrivate: ['127.0.0.0/8'] };
  const { status, body, header } = await fetching()(request(`${server.origin}/a?b=%21`, { guard }));
  expect([status, body.toString(), header('content-length'), header('none')]).toEqual([200, 'ok', '2', null]);
  expect(server.received()).toMatch(/^GET \/a\?b=%21 HTTP\/1\.1\r\n/);
  // No socket is kept for the next one, which may be hours away.
  await server.waitUntil(({ closedSockets }) => closedSockets === 1);
});

test('what is cancelled is not sent, and what is under way is broken off', async () => {
  const server = await rawUpstream(SILENCE);
  const aborter = new AbortController();
  const waits = fetching()(request(server.origin, { signal: aborter.signal }));
  await server.waitForRequests(1);
  aborter.abort();
  await expect(waits).rejects.toMatchObject({ fault: 'cancelled' });
  await expect(fetching()(request(server.origin, { signal: aborter.signal }))).rejects.toMatchObject({
    fault: 'cancelled',
  });
  await server.waitUntil(({ closedSockets }) => closedSockets === 1);
  expect(server.requests).toHaveLength(1);
});

test("an authorization server is trusted by the connection's CA bundle, and shown no client certificate", async () => {
  const pem = (name: string): string =>
    readFileSync(join(import.meta.dirname, '../support/tls', name), 'utf8');
  const shown: number[] = [];
  const tls = { key: pem('server.key'), cert: pem('server.pem'), ca: pem('ca.pem') };
  const server = createServer({ ...tls, requestCert: true, rejectUnauthorized: false }, (asked, response) => {
    shown.push(Object.keys((asked.socket as TLSSocket).getPeerCertificate()).length);
    response.end('{"access_token":"token-1"}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const upstream = await rawUpstream();
  const idp = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const connection = clientConnection(upstream.origin, oauth2Plan(idp), {
    tls: {
      tls_ca_bundle_pem: valueOf(pem('ca.pem')),
      mtls_client_cert_pem: valueOf(pem('client.pem')),
      mtls_client_key_pem: { env: 'CLIENT_KEY', at: 'a.yaml:1:1' },
    },
  });
  const bare = clientConnection(upstream.origin, oauth2Plan(idp));
  const gateway = await startGateway(
    { connections: { vendor: connection, bare } },
    { environment: { CLIENT_SECRET: 'secret', CLIENT_KEY: pem('client.key') } },
  );
  expect((await sendRaw(gateway.port, headOf('/vendor/a'))).statuses).toEqual([200]);
  expect(upstream.received()).toContain('Authorization: Bearer token-1\r\n');
  expect(shown).toEqual([0]);
  expect((await sendRaw(gateway.port, headOf('/bare/a'))).statuses).toEqual([503]);
});
