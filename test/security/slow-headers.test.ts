import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { exchangeRaw, head } from '../support/attack.ts';
import { readRaw } from '../support/raw-caller.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { TEST_KEY } from '../support/table.ts';

/** Slowloris: whoever does not finish its head, or its body, loses its socket; the others are served meanwhile. */
const STARTS: [name: string, bytes: string][] = [
  ['half a request line', 'GET /ven'],
  ['half a field', 'GET /vendor/a HTTP/1.1\r\nHost: gw\r\nX-API-'],
  ['no last line', 'GET /vendor/a HTTP/1.1\r\nHost: gw\r\nX: y\r\n'],
];

describe('slow callers', () => {
  test.each(STARTS)('%s, then nothing: 408', async (_name, bytes) => {
    const upstream = await rawUpstream();
    const gateway = await startGateway({
      connections: { vendor: { base_url: upstream.origin } },
      limits: { headers_timeout_ms: 200 },
    });
    const answer = await exchangeRaw(gateway.port, bytes, 1);
    expect(answer).toMatch(/^HTTP\/1\.1 408 .*\r\nGateway-Error: request_timeout\r\n/s);
    expect(upstream.received()).toBe('');
  });

  test('one byte now and then does not help', async () => {
    const upstream = await rawUpstream();
    const gateway = await startGateway({
      connections: { vendor: { base_url: upstream.origin } },
      limits: { headers_timeout_ms: 300 },
    });
    const socket = connect(gateway.port, '127.0.0.1');
    await once(socket, 'connect');
    const drip = setInterval(() => socket.write('X: y\r\n'), 20);
    socket.on('close', () => clearInterval(drip));
    socket.write('GET /vendor/a HTTP/1.1\r\nHost: gw\r\n');
    expect((await readRaw(socket, () => false)).statuses).toEqual([408]);
  });

  test('others are served while two hundred hang', async () => {
    const upstream = await rawUpstream();
    const gateway = await startGateway({ connections: { vendor: { base_url: upstream.origin } } });
    const slow = Array.from({ length: 200 }, () => connect(gateway.port, '127.0.0.1'));
    await Promise.all(slow.map((socket) => once(socket, 'connect')));
    for (const socket of slow) socket.on('error', () => {}).write('GET /vendor/a HTTP/1.1\r\nHo');
    const good = head('GET /vendor/a HTTP/1.1').replace('{key}', TEST_KEY);
    expect(await exchangeRaw(gateway.port, good, 1)).toContain('200 OK');
    for (const socket of slow) socket.destroy();
  });

  test.each([
    ['a short body', 'Content-Length: 10'],
    ['a long body', 'Content-Length: 100000'],
    ['chunks', 'Transfer-Encoding: chunked'],
  ])('%s that never comes: 408', async (_name, framing) => {
    const upstream = await rawUpstream();
    const gateway = await startGateway({
      connections: { vendor: { base_url: upstream.origin } },
      limits: { body_idle_timeout_ms: 200 },
    });
    const bytes = head('POST /vendor/a HTTP/1.1', framing).replace('{key}', TEST_KEY);
    const answer = await exchangeRaw(gateway.port, bytes, 1);
    expect(answer).toMatch(/^HTTP\/1\.1 408 .*\r\nGateway-Error: request_timeout\r\n/s);
  });
});
