import { describe, test } from 'vitest';
import { check, head, seen } from '../support/attack.ts';
import type { Attack } from '../support/attack.ts';
import { gives, operationsOf, rule } from '../support/table.ts';

/** Where rules look at method or path, nothing may ask the upstream for another one than the rules saw. */
const RULED: Pick<Attack, 'table'> = {
  table: {
    access: {
      vendor: { allows: [gives([rule('allow', ['GET', 'POST'], [])])] },
    },
  },
};
const READ_ONLY: Pick<Attack, 'table'> = {
  table: { access: { vendor: { allows: [gives(null, true)] } } },
};
const DENIED: Pick<Attack, 'table'> = {
  table: { access: { vendor: { denies: [rule('deny', ['DELETE'], [])] } } },
};
const EXPOSED: Pick<Attack, 'connection'> = {
  connection: { expose: 'operations', described: operationsOf('GET /a', 'POST /a') },
};

const HEADERS = [
  'X-HTTP-Method-Override: DELETE',
  'x-http-method-override: GET',
  'X_HTTP_Method_Override: DELETE',
  'X.Http.Method.Override: DELETE',
  'X-Method-Override: DELETE',
  'X-HTTP-Method: DELETE',
  'X-Original-URL: /admin',
  'X-Rewrite-URL: /admin',
  'X_Original_Url: /admin',
  'X-Original-URL:',
];
const QUERIES = [
  '_method=DELETE',
  '_method',
  'a=1&_method=DELETE',
  'a=1;_method=DELETE',
  '%5Fmethod=DELETE',
  '%5f%6dethod=DELETE',
  '.method=DELETE',
  '[method=DELETE',
  '+_method=DELETE',
  '%20_method=DELETE',
];
const FORBIDDEN = { statuses: [403], codes: ['forbidden'] };

describe.each([
  ['a rule on methods', RULED],
  ['a read-only persona', READ_ONLY],
  ['a deny rule', DENIED],
  ['expose: operations', EXPOSED],
])('%s', (_name, setting) => {
  test.each(HEADERS)('%s is refused', async (field) => {
    await check({ name: field, send: head('GET /vendor/a HTTP/1.1', field), ...setting, ...FORBIDDEN });
  });

  test.each(QUERIES)('?%s is refused', async (query) => {
    await check({ name: query, send: head(`GET /vendor/a?${query} HTTP/1.1`), ...setting, ...FORBIDDEN });
  });

  test.each(['COPY', 'MOVE'])('%s to a path that no rule sees is refused', async (method) => {
    const send = head(`${method} /vendor/a HTTP/1.1`, 'Destination: /v1/secret');
    await check({ name: method, send, ...setting, ...FORBIDDEN });
  });

  test('naming the header in Connection does not help', async () => {
    await check({
      name: 'nominated',
      send: head(
        'GET /vendor/a HTTP/1.1',
        'X-HTTP-Method-Override: DELETE',
        'Connection: X-HTTP-Method-Override',
      ),
      ...setting,
      ...FORBIDDEN,
    });
  });

  test('what only looks like one passes', async () => {
    await check({
      name: 'alike',
      send: head('GET /vendor/a?method=1&x=_method&_methods HTTP/1.1', 'X-HTTP-Methods: a', 'Destination: b'),
      ...setting,
      statuses: [200],
      upstream: seen('GET /v1/a?method=1&x=_method&_methods HTTP/1.1', 'X-HTTP-Methods: a', 'Destination: b'),
    });
  });
});

describe('methods', () => {
  test.each([
    ['DELETE', 403, 'forbidden'],
    ['PURGE', 403, 'forbidden'],
    ['delete', 501, 'method_unsupported'],
    ['GETX', 501, 'method_unsupported'],
    ['TRACE', 501, 'method_unsupported'],
    ['CONNECT', 501, 'method_unsupported'],
  ])('%s past a rule of GET and POST', async (method, status, code) => {
    await check({
      name: method,
      send: head(`${method} /vendor/a HTTP/1.1`),
      ...RULED,
      statuses: [status],
      codes: [code],
    });
  });

  test('where no rule looks, overrides are the upstream’s affair', async () => {
    await check({
      name: 'open',
      send: head(
        'POST /vendor/a?_method=DELETE HTTP/1.1',
        'X-HTTP-Method-Override: DELETE',
        'Content-Length: 0',
      ),
      statuses: [200],
      upstream: seen(
        'POST /v1/a?_method=DELETE HTTP/1.1',
        'X-HTTP-Method-Override: DELETE',
        'content-length: 0',
      ),
    });
  });
});
