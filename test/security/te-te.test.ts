import { describe, test } from 'vitest';
import { check, head, seen } from '../support/attack.ts';
import type { Attack } from '../support/attack.ts';

/**
 * Two readers both know Transfer-Encoding, but one of them can be made to overlook it by its spelling
 * (RFC 9112 6.1, 7). Only the one coding `chunked`, once, in HTTP/1.1, is read; node hands the others to
 * the handler before its parser objects, so that nothing may be sent before the value has been looked at.
 */
const BODY = '5c\r\nGPOST / HTTP/1.1\r\n\r\n\r\n0\r\n\r\n';

const REFUSED_FIELDS: string[][] = [
  ['Transfer-Encoding: xchunked'],
  ['Transfer-Encoding: identity'],
  ['Transfer-Encoding: "chunked"'],
  ["Transfer-Encoding: 'chunked'"],
  ['Transfer-Encoding: chunked;a=b'],
  ['Transfer-Encoding: gzip chunked'],
  ['Transfer-Encoding: gzip, chunked'],
  ['Transfer-Encoding: chunked, gzip'],
  ['Transfer-Encoding: chunked, identity'],
  ['Transfer-Encoding: identity, chunked'],
  ['Transfer-Encoding: chunked,'],
  ['Transfer-Encoding: ,chunked'],
  ['Transfer-Encoding: chunked, chunked'],
  ['Transfer-Encoding: chunked\t'],
  ['Transfer-Encoding: chunkedchunked'],
  ['Transfer-Encoding: chunk'],
  ['Transfer-Encoding:'],
  ['Transfer-Encoding: \x0bchunked'],
  ['Transfer-Encoding: \x0cchunked'],
  ['Transfer-Encoding: chunked\x0b'],
  ['Transfer-Encoding: \xa0chunked'],
  ['Transfer-Encoding: chunked\xff'],
  ['Transfer-Encoding: chunked\0'],
  ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'],
  ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'],
  ['Transfer-Encoding: identity', 'Transfer-Encoding: chunked'],
  ['Transfer-Encoding: chunked', 'Transfer-encoding: x'],
  ['Transfer-Encoding : chunked'],
  ['Transfer-Encoding\t: chunked'],
  [' Transfer-Encoding: chunked'],
  ['X: x\n Transfer-Encoding: chunked'],
  ['X: x\nTransfer-Encoding: chunked'],
  ['X: x\rTransfer-Encoding: chunked'],
  ['X: x\r\n Transfer-Encoding: chunked'],
  ['Transfer-Encoding:\r\n chunked'],
  ['Transfer-Encoding\r\n: chunked'],
  ['Transfer_Encoding: chunked'],
  ['transfer.encoding: chunked'],
  ['Transfer-Encoding: chunked', 'Transfer_Encoding: identity'],
  [': x', 'Transfer-Encoding: chunked'],
];

const REFUSED: Attack[] = REFUSED_FIELDS.map((fields) => ({
  name: JSON.stringify(fields),
  send: head('POST /vendor/a HTTP/1.1', ...fields) + BODY,
  statuses: [400],
  codes: ['message_malformed'],
}));

const READ: Attack[] = ['chunked', 'CHUNKED', 'Chunked', '\tchunked', '  chunked  '].map((value) => ({
  name: JSON.stringify(value),
  send: `${head('POST /vendor/a HTTP/1.1', `Transfer-Encoding:${value}`)}5\r\nhello\r\n0\r\n\r\n`,
  statuses: [200],
  requests: [['POST /v1/a', 'hello']],
}));

describe('TE.TE', () => {
  test.each(REFUSED)('$name is refused', async (attack) => {
    await check(attack);
  });

  test.each(READ)('$name is chunked, and written anew', async (attack) => {
    await check(attack);
  });

  test('a request without content that names a coding in TE has it dropped', async () => {
    await check({
      name: 'TE',
      send: head('GET /vendor/a HTTP/1.1', 'TE: trailers, chunked', 'Connection: TE'),
      statuses: [200],
      upstream: seen('GET /v1/a HTTP/1.1'),
    });
  });

  test.each(['1.0', '0.9', '1.2', '2.0'])('chunked in HTTP/%s is refused', async (version) => {
    await check({
      name: version,
      send: head(`POST /vendor/a HTTP/${version}`, 'Transfer-Encoding: chunked') + BODY,
      statuses: [400],
      codes: ['message_malformed'],
    });
  });
});
