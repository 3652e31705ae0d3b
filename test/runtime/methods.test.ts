import { METHODS } from 'node:http';
import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { sendRaw } from '../support/raw-caller.ts';
import { TEST_KEY } from '../support/table.ts';

const FORWARDED = METHODS.filter((method) => method !== 'CONNECT' && method !== 'TRACE');

test('there are methods to send', () => {
  expect(FORWARDED.length).toBeGreaterThan(30);
});

test.each(FORWARDED)('%s is forwarded, with its content', async (method) => {
  const upstream = await rawUpstream();
  const gateway = await startGateway({ connections: { vendor: { base_url: upstream.origin } } });
  const answers = await sendRaw(
    gateway.port,
    `${method} /vendor/a HTTP/1.1\r\nHost: gw\r\nX-API-Key: ${TEST_KEY}\r\nContent-Length: 5\r\n\r\nhello`,
    (text) => text.includes('\r\n\r\n'),
  );
  expect(answers.statuses).toEqual([200]);
  expect(upstream.received()).toBe(
    `${method} /a HTTP/1.1\r\nhost: 127.0.0.1:${upstream.port}\r\nconnection: ${method === 'HEAD' ? 'close' : 'keep-alive'}\r\ncontent-length: 5\r\n\r\nhello`,
  );
});
