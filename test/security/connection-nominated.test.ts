import { describe, test } from 'vitest';
import { check, head, seen } from '../support/attack.ts';
import { CREDENTIALS } from '../support/table.ts';

/**
 * RFC 9110 7.6.1: a header that `Connection` names is for the next hop alone, and dropped. A caller could
 * have an operator's header dropped that way (the golang and Traefik advisories of 2024): what is named is
 * looked for among the caller's fields only, and `Connection` itself never goes on.
 */
const OURS = ['X-Static: ours', 'Authorization: Bearer vendor-secret-9f8e7d'];
const NOMINATIONS: [fields: string[], left: string[]][] = [
  [['Connection: X-Static'], []],
  [['Connection: x-static, Authorization, X-Default'], []],
  [['Connection: close, X-Static'], []],
  [['Connection: X_Static'], []],
  [['Connection: X.Static'], []],
  [['Connection: ,,X-Static,'], []],
  [['Connection: \tX-Static\t'], []],
  [['Connection: "X-Static"'], []],
  [['Connection: X%2DStatic'], []],
  [['Connection: keep-alive', 'cONNECTION: X-Static'], []],
  [['Connection: Host, Content-Length, Transfer-Encoding'], []],
  [['Connection: *'], []],
  [['Proxy-Connection: X-Static'], []],
  [['Connection: X-Mine', 'X-Mine: a', 'X-Other: b'], ['X-Other: b']],
  [['X_Mine: a', 'Connection: x-mine'], []],
  [['X-Mine: a', 'Connection: X-Mine', 'X-MINE: c'], []],
  [['Connection: Gateway-Error, Cookie, Via', 'Cookie: a=b', 'Via: 1.1 x'], []],
];

describe('what Connection names', () => {
  test.each(NOMINATIONS)('%j leaves %j', async (fields, left) => {
    await check({
      name: fields.join(),
      send: head('GET /vendor/a HTTP/1.1', ...fields),
      connection: {
        credential: CREDENTIALS.bearer,
        static_headers: { 'X-Static': 'ours' },
        default_headers: { 'X-Default': 'default' },
      },
      statuses: [200],
      upstream: seen('GET /v1/a HTTP/1.1', ...left, 'X-Default: default', ...OURS),
    });
  });

  test('a default header that the caller sends and nominates is the default again', async () => {
    await check({
      name: 'default',
      send: head('GET /vendor/a HTTP/1.1', 'X-Default: mine', 'Connection: X-Default'),
      connection: { default_headers: { 'X-Default': 'default' } },
      statuses: [200],
      upstream: seen('GET /v1/a HTTP/1.1', 'X-Default: default'),
    });
  });

  test('a default header of a name that callers cannot send cannot be removed by sending it', async () => {
    await check({
      name: 'always dropped',
      send: head('GET /vendor/a HTTP/1.1', 'Via: mine', 'X-Forwarded-Proto: mine', 'Proxy-Foo: mine'),
      connection: { default_headers: { Via: '1.1 ours', 'X-Forwarded-Proto': 'https', 'Proxy-Foo': 'ours' } },
      statuses: [200],
      upstream: seen('GET /v1/a HTTP/1.1', 'Via: 1.1 ours', 'X-Forwarded-Proto: https', 'Proxy-Foo: ours'),
    });
  });
});
