import { describe, test } from 'vitest';
import { check, head, seen } from '../support/attack.ts';

/**
 * CGI-style servers (RFC 3875 4.1.18) read `X_Static_Name` as `X-Static-Name`, and some read every
 * character that is no letter or digit so: a caller's spelling must not become a second value.
 */
const SPELLINGS = [
  'X-Static-Name',
  'x-static-name',
  'X_Static_Name',
  'X_STATIC-NAME',
  'X.Static.Name',
  'X~Static+Name',
  'X-Static!Name',
];

describe('a static header spelt as servers fold it', () => {
  test.each(SPELLINGS)('%s', async (name) => {
    await check({
      name,
      send: head('GET /vendor/a HTTP/1.1', `${name}: mine`, `${name}: again`, 'X-Static: other'),
      connection: { static_headers: { 'X-Static-Name': 'ours' } },
      statuses: [200],
      upstream: seen('GET /v1/a HTTP/1.1', 'X-Static: other', 'X-Static-Name: ours'),
    });
  });

  test.each(SPELLINGS)('%s, where the operator wrote it with underscores', async (name) => {
    await check({
      name,
      send: head('GET /vendor/a HTTP/1.1', `${name}: mine`),
      connection: { static_headers: { X_Static_Name: 'ours' } },
      statuses: [200],
      upstream: seen('GET /v1/a HTTP/1.1', 'X_Static_Name: ours'),
    });
  });

  test.each(SPELLINGS)('%s overrides a default of that name, once', async (name) => {
    await check({
      name,
      send: head('GET /vendor/a HTTP/1.1', `${name}: mine`),
      connection: { default_headers: { 'X-Static-Name': 'default' } },
      statuses: [200],
      upstream: seen('GET /v1/a HTTP/1.1', `${name}: mine`),
    });
  });

  test.each([
    'X_Forwarded_For: 1.2.3.4',
    'X.Forwarded.Host: evil',
    'FORWARDED: for=1.2.3.4',
    'Proxy_Foo: a',
    'Gateway_Error: internal',
    'gateway-anything: a',
    'Cookie: a=b',
    'Keep_Alive: timeout=5',
    'Proxy-Connection: close',
    'TE: trailers',
    'Trailer: X',
    'Via: 1.0 x',
  ])('%s never goes on', async (field) => {
    await check({
      name: field,
      send: head('GET /vendor/a HTTP/1.1', field),
      statuses: [200],
      upstream: seen('GET /v1/a HTTP/1.1'),
    });
  });
});
