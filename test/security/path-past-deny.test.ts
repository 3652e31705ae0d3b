import { describe, test } from 'vitest';
import { check, head, seen } from '../support/attack.ts';
import type { Attack } from '../support/attack.ts';
import { operationsOf, rule } from '../support/table.ts';

/** The path that rules judge is the path that the upstream acts on; what two servers read in two ways is refused. */
const DENY: Pick<Attack, 'table'> = {
  table: { access: { vendor: { denies: [rule('deny', [], ['/users/admin', '/secret/**'])] } } },
};
const EXPOSED: Pick<Attack, 'connection'> = {
  connection: { expose: 'operations', described: operationsOf('GET /users/{id}', 'GET /') },
};

const DENIED = [
  '/users/admin',
  '/users/admin/',
  '/users/admin?x',
  '/%75sers/admin',
  '/users/%61dmin',
  '/users/%61%64%6d%69%6e',
  '/secret',
  '/secret/',
  '/secret/a/b',
  '/%73ecret/a',
];

const AMBIGUOUS = [
  '//users/admin',
  '/users//admin',
  '/users/admin//',
  '/users/admin///',
  '/users/admin;x',
  '/users;x/admin',
  '/users/admin;',
  '/users/admin%3b',
  '/users/admin%3Bx=1',
  '/users%2fadmin',
  '/users%2Fadmin',
  '/users%5cadmin',
  '/users/..%2fusers/admin',
  '/x/../users/admin',
  '/x/%2e%2e/users/admin',
  '/./users/admin',
  '/users/./admin',
  '/users/%2e/admin',
  '/users/admin/.',
  '/users/%2561dmin',
  '/%2575sers/admin',
  '/users/admin%2500',
  '/users/admin%00',
  '/users/admin%0a',
  '/users/admin%0d%0a',
  '/users/admin%09',
  '/users/admin%7f',
  '/users/%c1%a1dmin',
  '/users%c0%afadmin',
  '/users/%e0%81%a1dmin',
  '/users/%ffadmin',
  '/users/%ed%a0%80',
];

describe('paths past a deny rule', () => {
  test.each(DENIED)('%s is denied', async (path) => {
    await check({
      name: path,
      send: head(`GET /vendor${path} HTTP/1.1`),
      ...DENY,
      statuses: [403],
      codes: ['forbidden'],
    });
  });

  test.each(AMBIGUOUS)('%s is refused', async (path) => {
    await check({
      name: path,
      send: head(`GET /vendor${path} HTTP/1.1`),
      ...DENY,
      statuses: [400],
      codes: ['target_invalid'],
    });
  });

  test.each(AMBIGUOUS)('%s is refused under expose: operations', async (path) => {
    await check({
      name: path,
      send: head(`GET /vendor${path} HTTP/1.1`),
      ...EXPOSED,
      statuses: [400],
      codes: ['target_invalid'],
    });
  });

  test.each(['/users/other', '/users/Admin', '/USERS/admin', '/users/a%20b', '/users/a%C3%A9', '/'])(
    '%s is another path',
    async (path) => {
      await check({
        name: path,
        send: head(`GET /vendor${path} HTTP/1.1`),
        ...DENY,
        statuses: [200],
        upstream: seen(`GET /v1${path} HTTP/1.1`),
      });
    },
  );

  test.each(['/users/a%2Fb', '/users/a%5cb'])('%s passes with allow_encoded_slash', async (path) => {
    await check({
      name: path,
      send: head(`GET /vendor${path} HTTP/1.1`),
      connection: { allow_encoded_slash: true },
      ...DENY,
      statuses: [200],
      upstream: seen(`GET /v1${path} HTTP/1.1`),
    });
  });
});
