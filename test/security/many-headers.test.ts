import { describe, test } from 'vitest';
import { check, head, seen } from '../support/attack.ts';

/** node cuts rawHeaders at a count of its own, silently: a late framing field would be read by it and not by us. */
const MANY = Array.from({ length: 2_000 }, (_, at) => `X${at}: a`);
const TOO_MANY = { statuses: [431], codes: ['headers_too_large'] };

describe('very many headers', () => {
  test.each([
    ['a late Transfer-Encoding', ['Transfer-Encoding: chunked'], '0\r\n\r\n'],
    ['a late bad Transfer-Encoding', ['Transfer-Encoding: xchunked'], '0\r\n\r\n'],
    ['a late Content-Length', ['Content-Length: 5'], 'hello'],
    ['a late second Host', ['Host: evil'], ''],
    ['a late Authorization', ['Authorization: Bearer mine'], ''],
    ['nothing else', [], ''],
  ])('2,000 with %s are refused', async (name, late, body) => {
    await check({ name, send: head('POST /vendor/a HTTP/1.1', ...MANY, ...late) + body, ...TOO_MANY });
  });

  test('one over the count is refused, with a late Transfer-Encoding too', async () => {
    await check({
      name: '101',
      send: `${head('POST /vendor/a HTTP/1.1', ...MANY.slice(0, 98), 'Transfer-Encoding: chunked')}0\r\n\r\n`,
      ...TOO_MANY,
    });
  });

  test('the count itself passes, and its last field frames', async () => {
    await check({
      name: '100',
      send: `${head('POST /vendor/a HTTP/1.1', ...MANY.slice(0, 97), 'Content-Length: 5')}hello`,
      statuses: [200],
      upstream: `${seen('POST /v1/a HTTP/1.1', ...MANY.slice(0, 97), 'content-length: 5')}hello`,
    });
  });

  test.each([
    ['one field', `X: ${'a'.repeat(16 * 1024)}`],
    [
      'all fields',
      MANY.slice(0, 60)
        .map((field) => field + 'a'.repeat(1_200))
        .join('\r\n'),
    ],
    ['more than the parser takes', `X: ${'a'.repeat(200 * 1024)}`],
  ])('%s too large', async (name, fields) => {
    await check({ name, send: head('GET /vendor/a HTTP/1.1', fields), ...TOO_MANY });
  });

  test('a target too large', async () => {
    await check({
      name: 'target',
      send: head(`GET /vendor/${'a'.repeat(17 * 1024)} HTTP/1.1`),
      statuses: [414],
      codes: ['target_too_large'],
    });
  });
});
