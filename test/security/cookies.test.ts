import { describe, expect, test } from 'vitest';
import { check, exchangeRaw, head, seen } from '../support/attack.ts';
import { startGateway } from '../support/gateway.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { TEST_KEY } from '../support/table.ts';

/** All connections share the gateway's origin, so a browser's cookie jar would mix what vendors set. */
const ANSWER =
  'HTTP/1.1 200 OK\r\nSet-Cookie: session=vendor\r\nset-cookie: b=1; Domain=gw\r\nSet_Cookie: c=1\r\nSet-Cookie2: d=1\r\nContent-Length: 0\r\n\r\n';

describe('cookies', () => {
  test('neither way by default', async () => {
    const { bytes } = await check({
      name: 'default',
      send: head('GET /vendor/a HTTP/1.1', 'Cookie: session=mine', 'cookie: b=1', 'COOKIE: c'),
      answer: ANSWER,
      statuses: [200],
      upstream: seen('GET /v1/a HTTP/1.1'),
    });
    expect(bytes).not.toMatch(/cookie/i);
  });

  test('both ways with cookies: forward, on that connection alone', async () => {
    const first = await rawUpstream(ANSWER);
    const second = await rawUpstream();
    const gateway = await startGateway({
      connections: {
        first: { base_url: first.origin, cookies: 'forward' },
        second: { base_url: second.origin },
      },
    });
    const ask = (name: string) =>
      exchangeRaw(
        gateway.port,
        head(`GET /${name} HTTP/1.1`, 'Cookie: session=vendor').replace('{key}', TEST_KEY),
        1,
      );
    expect(await ask('first')).toContain('Set-Cookie: session=vendor\r\n');
    expect(await ask('second')).not.toMatch(/cookie/i);
    expect(first.received()).toContain('Cookie: session=vendor\r\n');
    expect(second.received()).not.toMatch(/cookie/i);
  });
});
