import { describe, test } from 'vitest';
import { check, head } from '../support/attack.ts';
import type { Attack } from '../support/attack.ts';

/**
 * A front reads Transfer-Encoding, what is behind it Content-Length: part of a chunk becomes a request
 * (RFC 9112 7.1, 11.2). Chunks are read by the letter and written anew; what is out of form is refused.
 */
const REFUSED = { statuses: [400], codes: ['message_malformed'] };
const CHUNKED = head('POST /vendor/a HTTP/1.1', 'Transfer-Encoding: chunked');
const HIDDEN = 'GET /vendor/hidden HTTP/1.1\r\nHost: gw\r\n\r\n';

const WHOLE: Attack[] = [
  {
    name: 'a request within a chunk stays content',
    send: `${CHUNKED}${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`,
    statuses: [200],
    requests: [['POST /v1/a', HIDDEN]],
  },
  {
    name: 'chunk extensions are left behind',
    send: `${CHUNKED}5;a=b;c="d"\r\nhello\r\n0;e\r\n\r\n`,
    statuses: [200],
    requests: [['POST /v1/a', 'hello']],
  },
  {
    name: 'trailers are left behind, whatever they are called',
    send: `${CHUNKED}5\r\nhello\r\n0\r\nX-Trailer: 1\r\nAuthorization: Bearer mine\r\nGateway-Connection: x\r\nX_Vendor_Key: mine\r\n\r\n`,
    statuses: [200],
    requests: [['POST /v1/a', 'hello']],
  },
  {
    name: 'no content at all needs no chunks',
    send: `${CHUNKED}0\r\n\r\n`,
    statuses: [200],
    requests: [['POST /v1/a', '']],
  },
];

/** Forms of chunks that a lenient reader cuts elsewhere. Nothing of the request is whole, so nothing goes out whole. */
const MALFORMED: [name: string, body: string][] = [
  ['a bare LF behind the size', '5\nhello\r\n0\r\n\r\n'],
  ['a bare LF behind an extension', '5;a\nhello\r\n0\r\n\r\n'],
  ['a bare CR behind the size', '5\rhello\r\n0\r\n\r\n'],
  ['a size with a sign', '+5\r\nhello\r\n0\r\n\r\n'],
  ['a size with 0x', '0x5\r\nhello\r\n0\r\n\r\n'],
  ['a size with a space before it', ' 5\r\nhello\r\n0\r\n\r\n'],
  ['a size with an underscore', '0_5\r\nhello\r\n0\r\n\r\n'],
  ['a size over 64 bits', '10000000000000005\r\nhello\r\n0\r\n\r\n'],
  ['an empty size', '\r\nhello\r\n0\r\n\r\n'],
  ['Content-Length among the trailers', '5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n'],
  ['Transfer-Encoding among the trailers', '5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n'],
];

describe('TE.CL', () => {
  test.each(WHOLE)('$name', async (attack) => {
    await check(attack);
  });

  test.each(MALFORMED)('%s: no whole request reaches the upstream', async (name, body) => {
    await check({ name, send: CHUNKED + body, ...REFUSED });
  });
});
