import { describe, test } from 'vitest';
import { check, head, seen } from '../support/attack.ts';
import type { Attack } from '../support/attack.ts';

/**
 * A front reads Content-Length, what is behind it Transfer-Encoding: the bytes between are a request of
 * their own to one of them (RFC 9112 6.1, 11.2). Both together are refused, whichever comes first.
 */
const HIDDEN = 'GET /vendor/hidden HTTP/1.1\r\nHost: gw\r\n\r\n';
const REFUSED = { statuses: [400], codes: ['message_malformed'] };

const CASES: Attack[] = [
  {
    name: 'Content-Length covers a request behind the last chunk',
    send: `${head('POST /vendor/a HTTP/1.1', `Content-Length: ${5 + HIDDEN.length}`, 'Transfer-Encoding: chunked')}0\r\n\r\n${HIDDEN}`,
    ...REFUSED,
  },
  {
    name: 'Transfer-Encoding first',
    send: `${head('POST /vendor/a HTTP/1.1', 'Transfer-Encoding: chunked', 'Content-Length: 5')}0\r\n\r\n`,
    ...REFUSED,
  },
  {
    name: 'Content-Length: 0 with Transfer-Encoding',
    send: `${head('POST /vendor/a HTTP/1.1', 'Content-Length: 0', 'Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\n\r\n`,
    ...REFUSED,
  },
  {
    name: 'names in odd letter case',
    send: `${head('POST /vendor/a HTTP/1.1', 'cOnTeNt-LeNgTh: 5', 'tRaNsFeR-eNcOdInG: chunked')}0\r\n\r\n`,
    ...REFUSED,
  },
  {
    name: 'Content_Length, which servers that fold names read as Content-Length, beside Transfer-Encoding',
    send: `${head('POST /vendor/a HTTP/1.1', 'Content_Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    ...REFUSED,
  },
  {
    name: 'Content_Length beside another Content-Length',
    send: `${head('POST /vendor/a HTTP/1.1', 'Content-Length: 5', 'Content_Length: 0')}hello`,
    ...REFUSED,
  },
  {
    name: 'Content_Length alone',
    send: head('POST /vendor/a HTTP/1.1', 'Content_Length: 5'),
    ...REFUSED,
  },
  {
    name: 'Content.Length alone',
    send: head('POST /vendor/a HTTP/1.1', 'Content.Length: 5'),
    ...REFUSED,
  },
  ...['5, 5', '+5', '-5', '0x5', '5 5', '5.0', '', '5\v', '99999999999999999999'].map((value) => ({
    name: `Content-Length: ${JSON.stringify(value)}`,
    send: `${head('POST /vendor/a HTTP/1.1', `Content-Length: ${value}`)}hello`,
    ...REFUSED,
  })),
  {
    name: 'two Content-Lengths that agree',
    send: `${head('POST /vendor/a HTTP/1.1', 'Content-Length: 5', 'Content-Length: 5')}hello`,
    ...REFUSED,
  },
  {
    name: 'leading zeros are written anew',
    send: `${head('POST /vendor/a HTTP/1.1', 'Content-Length: 0005')}hello`,
    statuses: [200],
    upstream: `${seen('POST /v1/a HTTP/1.1', 'content-length: 5')}hello`,
  },
  {
    name: 'content that looks like a request stays content',
    send: `${head('POST /vendor/a HTTP/1.1', `Content-Length: ${HIDDEN.length}`)}${HIDDEN}`,
    statuses: [200],
    upstream: `${seen('POST /v1/a HTTP/1.1', `content-length: ${HIDDEN.length}`)}${HIDDEN}`,
  },
  {
    name: 'a GET with content that looks like a request',
    send: `${head('GET /vendor/a HTTP/1.1', `Content-Length: ${HIDDEN.length}`)}${HIDDEN}`,
    statuses: [200],
    upstream: `${seen('GET /v1/a HTTP/1.1', `content-length: ${HIDDEN.length}`)}${HIDDEN}`,
  },
];

describe('CL.TE', () => {
  test.each(CASES)('$name', async (attack) => {
    await check(attack);
  });
});
