import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { startManyHosts } from '../support/many-hosts.ts';
import { sendRaw } from '../support/raw-caller.ts';
import { OK, rawUpstream } from '../support/raw-upstream.ts';
import { codeOf, headOf } from '../support/sides.ts';
import { CREDENTIALS, valueOf } from '../support/table.ts';
import type { ConnectionSpec } from '../support/table.ts';

const MAIN = 'api.vendor.example';
const UPLOAD = 'upload.vendor.example';

test.each([true, false])('names reach one upstream, each as itself (guarded: %s)', async (guarded) => {
  const { upstream, network, ca } = await startManyHosts([MAIN, UPLOAD]);
  const vendor: ConnectionSpec = {
    base_url: `https://${MAIN}/v1`,
    credential: CREDENTIALS.bearer,
    tls: {
      guarded,
      tls_ca_bundle_pem: valueOf(ca),
      hosts: [
        {
          origin: `https://${UPLOAD}:8443`,
          base_path: '/up',
          guarded,
          methods: ['POST'],
          paths: ['/files/*'],
        },
      ],
    },
  };
  const gateway = await startGateway({ connections: { vendor } }, { network });
  expect((await sendRaw(gateway.port, headOf('/vendor/files/1'))).statuses).toEqual([200]);
  const post = headOf('POST /vendor/files/1 HTTP/1.1', 'Content-Length: 0');
  expect((await sendRaw(gateway.port, post)).statuses).toEqual([200]);
  expect(
    upstream.requests.map(({ head, serverName }) => [head.split('\r\n').slice(0, 2), serverName]),
  ).toEqual([
    [['GET /v1/files/1 HTTP/1.1', `host: ${MAIN}`], MAIN],
    [['POST /up/files/1 HTTP/1.1', `host: ${UPLOAD}:8443`], UPLOAD],
  ]);
});

test('a certificate of other names is refused', async () => {
  const { network, ca, upstream } = await startManyHosts([MAIN]);
  const other = {
    ...network,
    connectTo: () => ({ address: '127.0.0.1', port: upstream.port }),
    resolve: () => Promise.resolve(['127.0.0.1']),
  };
  const gateway = await startGateway(
    { connections: { vendor: { base_url: `https://${UPLOAD}`, tls: { tls_ca_bundle_pem: valueOf(ca) } } } },
    { network: other },
  );
  const { bytes } = await sendRaw(gateway.port, headOf('/vendor/'));
  expect(codeOf(bytes)).toBe('upstream_unreachable');
  expect(upstream.requests).toEqual([]);
});

test('a literal address goes elsewhere where the network says so', async () => {
  const plain = await rawUpstream();
  const gateway = await startGateway(
    {
      connections: {
        vendor: { base_url: 'http://192.0.2.1:8080' },
        six: { base_url: 'http://[2001:db8::1]' },
      },
    },
    {
      network: {
        resolve: () => Promise.reject(new Error('nothing is looked up')),
        connectTo: (host, port) => {
          expect([
            ['192.0.2.1', 8080],
            ['2001:db8::1', 80],
          ]).toContainEqual([host, port]);
          return { address: '127.0.0.1', port: plain.port };
        },
      },
    },
  );
  for (const name of ['vendor', 'six'])
    expect((await sendRaw(gateway.port, headOf(`/${name}/a`))).statuses).toEqual([200]);
  expect(plain.requests.map(({ head }) => head.split('\r\n')[1])).toEqual([
    'host: 192.0.2.1:8080',
    'host: [2001:db8::1]',
  ]);
});

test('limits are those of each destination: a full one leaves the others free', async () => {
  const { upstream, network, ca } = await startManyHosts([MAIN, UPLOAD], ({ head }) =>
    head.startsWith('POST') ? () => {} : OK,
  );
  const hosts = [
    { origin: `https://${UPLOAD}`, base_path: '', guarded: false, methods: ['POST'], paths: [] },
  ];
  const gateway = await startGateway(
    {
      connections: {
        vendor: {
          base_url: `https://${MAIN}`,
          tls: { hosts, tls_ca_bundle_pem: valueOf(ca) },
          limits: { upstream_sockets_max: 1, upstream_queue_max: 1 },
        },
      },
    },
    { network },
  );
  const post = headOf('POST /vendor/a HTTP/1.1', 'Content-Length: 0');
  // Both in one piece: when the first arrives, the second waits.
  const waiting = sendRaw(gateway.port, post + post);
  await upstream.waitForRequests(1);
  const third = await sendRaw(gateway.port, post);
  expect([third.statuses, codeOf(third.bytes)]).toEqual([[503], 'overloaded']);
  expect((await sendRaw(gateway.port, headOf('/vendor/a'))).statuses).toEqual([200]);
  await gateway.serving.close();
  await waiting;
});
