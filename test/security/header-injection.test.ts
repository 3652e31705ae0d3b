import { describe, test } from 'vitest';
import { check, head, seen } from '../support/attack.ts';
import type { Attack } from '../support/attack.ts';
import { CREDENTIALS } from '../support/table.ts';

/** RFC 9110 5.5, RFC 9112 5: what ends a field early is refused, what is merely odd arrives as it was. */
const REFUSED: string[] = [
  'X: a\nY: b',
  'X: a\rY: b',
  'X: a\0Y: b',
  'X: a\r\n Y: b',
  'X : a',
  'X\t: a',
  ' X: a',
  '\tX: a',
  'X',
  ': a',
  'X(y): a',
  'X/y: a',
  'X y: a',
  'X\x7f: a',
  'X\xe9: a',
  'X\x01: a',
  'X: a\x01b',
  'X: a\x7fb',
  'X: a\x1b[2J',
];

const ARRIVES: [field: string, seenAs: string][] = [
  ['X-Odd: a%0d%0aAuthorization: Bearer mine', 'X-Odd: a%0d%0aAuthorization: Bearer mine'],
  ['X-Odd: a\\r\\nY: b', 'X-Odd: a\\r\\nY: b'],
  ['X-Odd: \xe5\x98\x8a\xe5\x98\x8dY: b', 'X-Odd: \xe5\x98\x8a\xe5\x98\x8dY: b'],
  ['X-Odd: \x80\xff', 'X-Odd: \x80\xff'],
  ['X-Odd: a\tb', 'X-Odd: a\tb'],
  ['X-Odd:', 'X-Odd: '],
  ["X!#$%&'*+-.^_`|~9: a", "X!#$%&'*+-.^_`|~9: a"],
  ['__proto__: a', '__proto__: a'],
  ['constructor: a', 'constructor: a'],
];

describe('header injection', () => {
  test.each(REFUSED.map((field) => [JSON.stringify(field), field]))(
    '%s: refused, nothing sent',
    async (name, field) => {
      await check({
        name,
        send: head('GET /vendor/a HTTP/1.1', field, 'Z: z'),
        connection: { credential: CREDENTIALS.bearer },
        statuses: [400],
        codes: ['message_malformed'],
      });
    },
  );

  test.each(ARRIVES)('%j arrives as it was', async (field, seenAs) => {
    await check({
      name: field,
      send: head('GET /vendor/a HTTP/1.1', field),
      connection: { credential: CREDENTIALS.bearer, static_headers: { 'X-Static': 'ours' } },
      statuses: [200],
      upstream: seen(
        'GET /v1/a HTTP/1.1',
        seenAs,
        'X-Static: ours',
        'Authorization: Bearer vendor-secret-9f8e7d',
      ),
    });
  });

  const LINES: Attack[] = [
    { name: 'a line feed within the request line', send: 'GET /vendor/a\nX: y HTTP/1.1\r\nHost: gw\r\n\r\n' },
    { name: 'a bare carriage return behind it', send: 'GET /vendor/a HTTP/1.1\rHost: gw\r\n\r\n' },
    {
      name: 'a second target',
      send: 'GET /vendor/a /vendor/b HTTP/1.1\r\nHost: gw\r\nX-API-Key: {key}\r\n\r\n',
    },
  ].map((line) => ({ ...line, statuses: [400], codes: ['message_malformed'] }));

  /** Here the parser finds no method that it knows. */
  const METHODS: Attack[] = [
    'GET\t/vendor/a HTTP/1.1',
    '\0GET /vendor/a HTTP/1.1',
    'get /vendor/a HTTP/1.1',
  ].map((line) => ({
    name: JSON.stringify(line),
    send: head(line),
    statuses: [501],
    codes: ['method_unsupported'],
  }));

  test.each([...LINES, ...METHODS])('$name: refused', async (attack) => {
    await check(attack);
  });
});
