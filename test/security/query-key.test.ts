import { describe, test } from 'vitest';
import { check, head, seen } from '../support/attack.ts';
import { CREDENTIALS } from '../support/table.ts';

/** A key in the query: every pair of that name that the caller sends goes, ours comes last, nothing else moves. */
const OURS = 'api_key=vendor-secret-9f8e7d';
const QUERIES: [query: string, seenAs: string][] = [
  ['', `?${OURS}`],
  ['?', `?${OURS}`],
  ['?api_key=mine', `?${OURS}`],
  ['?api_key', `?${OURS}`],
  ['?api_key=', `?${OURS}`],
  ['?api_key=mine&api_key=again', `?${OURS}`],
  ['?a=1&api_key=mine&b=2', `?a=1&b=2&${OURS}`],
  ['?api%5Fkey=mine', `?${OURS}`],
  ['?%61%70%69%5f%6b%65%79=mine', `?${OURS}`],
  ['?a;api_key=mine', `?a&${OURS}`],
  ['?api_key=mine;b', `?b&${OURS}`],
  ['?a;b;c', `?a;b;c&${OURS}`],
  ['?api_key=a=b', `?${OURS}`],
  ['?api_key=mine&&x', `?&x&${OURS}`],
  ['?&api_key=mine', `?${OURS}`],
  ['?&&', `?&&&${OURS}`],
  ['?api_keys=1&xapi_key=2&API_KEY=3', `?api_keys=1&xapi_key=2&API_KEY=3&${OURS}`],
  ['?x=api_key&y=?api_key=1', `?x=api_key&y=?api_key=1&${OURS}`],
  ['?x=%26api_key%3Dmine', `?x=%26api_key%3Dmine&${OURS}`],
  ['?api_key%FF=mine', `?api_key%FF=mine&${OURS}`],
  ['?a=%21+[]&b=&c', `?a=%21+[]&b=&c&${OURS}`],
  ['?x=/../..//&z', `?x=/../..//&z&${OURS}`],
];

describe('a key in the query', () => {
  test.each(QUERIES)('%s goes out as %s', async (query, seenAs) => {
    await check({
      name: query,
      send: head(`GET /vendor/a${query} HTTP/1.1`),
      connection: { credential: CREDENTIALS.query },
      statuses: [200],
      upstream: seen(`GET /v1/a${seenAs} HTTP/1.1`),
    });
  });

  test.each([
    ['?my+key=mine&a', '?a'],
    ['?my%20key=mine&a', '?a'],
    ['?my%2Bkey=mine&a', '?my%2Bkey=mine&a'],
  ])('a name with a space: %s', async (query, seenAs) => {
    await check({
      name: query,
      send: head(`GET /vendor/a${query} HTTP/1.1`),
      connection: { credential: { ...CREDENTIALS.query, name: 'my key' } },
      statuses: [200],
      upstream: seen(`GET /v1/a${seenAs}&my%20key=vendor-secret-9f8e7d HTTP/1.1`),
    });
  });

  test('a secret cannot add pairs of its own', async () => {
    await check({
      name: 'encoding',
      send: head('GET /vendor/a HTTP/1.1'),
      connection: {
        credential: { ...CREDENTIALS.query, secret: { env: 'OTHER_SECRET', at: 'gateway.d/test.yaml:1:1' } },
      },
      statuses: [200],
      upstream: seen('GET /v1/a?api_key=other%2Fsecret%2B6c5b%3D HTTP/1.1'),
    });
  });
});
