import { expect, test } from 'vitest';
import { forward } from '../../runtime/6-forward/forward.ts';
import type { UpstreamRequest } from '../../runtime/6-forward/forward.ts';
import { SYSTEM_NETWORK } from '../../runtime/6-forward/network.ts';
import { tlsContexts } from '../../runtime/6-forward/tls-contexts.ts';
import { openPool } from '../../runtime/6-forward/upstream-pool.ts';
import { exchangeRaw, head } from '../support/attack.ts';
import { startGateway } from '../support/gateway.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { rule, tableOf, TEST_KEY } from '../support/table.ts';

/**
 * undici's pool waits for ever for a drain when a client of it refuses a request itself; each refusal of
 * ours must leave no exchange counted, no socket held and nothing queued.
 */
const TIMES = 1_000;

test('a thousand requests that the gateway refuses leave its one upstream socket and its queue free', async () => {
  const upstream = await rawUpstream();
  const gateway = await startGateway({
    connections: {
      vendor: {
        base_url: upstream.origin,
        limits: { upstream_sockets_max: 1, upstream_queue_max: 1, body_max_bytes: 4 },
      },
    },
    access: { vendor: { denies: [rule('deny', ['DELETE'], [])] } },
  });
  const refused = [
    head('GET /vendor/.. HTTP/1.1'),
    head('DELETE /vendor/a HTTP/1.1'),
    head('GET /vendor/a HTTP/1.1', 'X-API-Key: twice'),
    head('POST /vendor/a HTTP/1.1', 'Transfer-Encoding: xchunked'),
    head('POST /vendor/a HTTP/1.1', 'Expect: everything', 'Content-Length: 4'),
    head('GET /vendor/a HTTP/1.1', 'Upgrade: websocket', 'Connection: Upgrade'),
    `${head('POST /vendor/a HTTP/1.1', 'Content-Length: 5')}hello`,
    `${head('POST /vendor/a HTTP/1.1', 'Transfer-Encoding: chunked')}zz\r\n`,
    head('POST /vendor/a HTTP/1.1', 'Content_Length: 4'),
    head('GET /nobody/a HTTP/1.1'),
  ].map((bytes) => bytes.replace('{key}', TEST_KEY));
  for (let round = 0; round < TIMES / (5 * refused.length); round += 1) {
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => refused)
        .flat()
        .map((bytes) => exchangeRaw(gateway.port, bytes, 1)),
    );
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 (?:400|403|404|413|417|501) /);
  }
  expect(upstream.received()).toBe('');
  const good = head('GET /vendor/good HTTP/1.1').replace('{key}', TEST_KEY);
  for (let at = 0; at < 3; at += 1) expect(await exchangeRaw(gateway.port, good, 1)).toContain('200 OK');
  // A body that breaks off may cost a socket; none is kept.
  await upstream.waitUntil(() => upstream.sockets - upstream.closedSockets === 1);
});

const REFUSED_BY_UNDICI: [name: string, request: Partial<UpstreamRequest>][] = [
  ['Expect', { headers: ['Expect', '100-continue'] }],
  ['Upgrade', { headers: ['Upgrade', 'x'] }],
  ['Keep-Alive', { headers: ['Keep-Alive', 'timeout=5'] }],
  ['Transfer-Encoding', { headers: ['Transfer-Encoding', 'chunked'] }],
  ['two Hosts', { headers: ['Host', 'a', 'Host', 'b'] }],
  ['two lengths', { headers: ['Content-Length', '1', 'Content-Length', '1'] }],
  ['a line feed in a value', { headers: ['X', 'a\nb'] }],
  ['a value beyond Latin-1', { headers: ['X', '\u20ac'] }],
  ['a bad name', { headers: ['X Y', 'a'] }],
  ['a bad method', { method: 'G T' }],
  ['a bad path', { path: '/a b' }],
  ['a length that is not the content', { headers: ['Content-Length', '4'], body: Buffer.from('hello') }],
];

test.each(REFUSED_BY_UNDICI)(
  'a thousand times %s, refused by undici, do not block the pool',
  async (_name, bad) => {
    const upstream = await rawUpstream();
    const { limits } = tableOf({
      connections: { vendor: { base_url: upstream.origin, limits: { upstream_sockets_max: 2 } } },
    }).connections[0] ?? { limits: undefined };
    if (limits === undefined) throw new Error('a table of one connection');
    const tls = { caBundle: null, clientCert: null, clientKey: null };
    const context = tlsContexts()(tls);
    if (context === null) throw new Error('no material fits together');
    const pool = openPool({ origin: upstream.origin, tls, context, limits, guard: null }, SYSTEM_NETWORK);
    const send = (request: Partial<UpstreamRequest>): Promise<number | Error> =>
      new Promise((resolve) => {
        forward(pool, { method: 'POST', path: '/', headers: [], body: null, ...request }, limits, {
          head: (status) => {
            resolve(status);
            return true;
          },
          data: () => true,
          end: () => {},
          fail: resolve,
        });
      });
    for (let at = 0; at < TIMES; at += 1) expect(await send(bad)).toBeInstanceOf(Error);
    expect(upstream.received()).toBe('');
    expect(await Promise.all([send({}), send({}), send({})])).toEqual([200, 200, 200]);
    expect(pool.exchanges).toBe(0);
    await pool.dispatcher.reveal().destroy();
  },
);
