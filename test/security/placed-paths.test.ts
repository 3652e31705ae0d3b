import { describe, expect, test } from 'vitest';
import { check, head, seen } from '../support/attack.ts';
import { startGateway } from '../support/gateway.ts';
import { startManyHosts } from '../support/many-hosts.ts';
import { sendRaw } from '../support/raw-caller.ts';
import { codeOf, headOf } from '../support/sides.ts';
import { CREDENTIALS, rule, TEST_ENVIRONMENT, valueOf } from '../support/table.ts';
import type { ConnectionSpec, TableSpec } from '../support/table.ts';

/** Access rules judge the path that is sent: no spelling of a placeholder, prefix or credential gets past them. */

const AT = 'gateway.d/test.yaml:1:1';
const SECRET = TEST_ENVIRONMENT.SECRET;

const PLACED: Partial<ConnectionSpec> = {
  path: {
    replace: [{ segment: ':realm', value: { text: 'r1', at: AT } }],
    prepend: { path: '/api/v1', unless_present: true },
  },
};
const DENY: Partial<TableSpec> = {
  access: { vendor: { denies: [rule('deny', [], ['/api/v1/*/r1/pay/**', '/api/v1/admin/**'])] } },
};

describe('a deny on what a path becomes', () => {
  test.each([
    '/x/:realm/pay',
    '/x/%3Arealm/pay',
    '/x/:%72ealm/pay/',
    '/x/r1/pay/a',
    '/x/%72%31/pa%79',
    '/api/v1/x/:realm/pay',
    '/%61pi/v%31/x/:realm/pay',
    '/admin',
    '/admin?_=/api/v1',
    '/api/v1/admin/a',
    '/%61%70%69/v1/admin',
  ])('%s is denied', async (path) => {
    await check({
      name: path,
      send: head(`GET /vendor${path} HTTP/1.1`),
      connection: PLACED,
      table: DENY,
      statuses: [403],
      codes: ['forbidden'],
    });
  });

  test.each([
    '//api/v1/admin',
    '/api//v1/admin',
    '/api/v1//admin',
    '/api;x/v1/admin',
    '/api/v1;/admin',
    '/api%2Fv1/admin',
    '/api%2fv1%2fadmin',
    '/%2561pi/v1/admin',
    '/x/%253Arealm/pay',
    '/x/:realm;a/pay',
    '/x/:realm%00/pay',
    '/x/:realm%0a/pay',
    '/./admin',
    '/x/../admin',
    '/%2e/api/v1/admin',
    '/x/%c0%bareal/pay',
  ])('%s is refused', async (path) => {
    await check({
      name: path,
      send: head(`GET /vendor${path} HTTP/1.1`),
      connection: PLACED,
      table: DENY,
      statuses: [400],
      codes: ['target_invalid'],
    });
  });

  test.each([
    ['/API/v1/admin', '/api/v1/API/v1/admin'],
    ['/api/v10/admin', '/api/v1/api/v10/admin'],
    ['/api', '/api/v1/api'],
    ['/api/', '/api/v1/api/'],
    ['/x/:Realm/pay', '/api/v1/x/:Realm/pay'],
    ['/x/a:realm/pay', '/api/v1/x/a:realm/pay'],
    ['', '/api/v1'],
    ['?a=:realm', '/api/v1?a=:realm'],
    ['/api/v1', '/api/v1'],
  ])('%s is another path: %s', async (path, sent) => {
    await check({
      name: path,
      send: head(`GET /vendor${path} HTTP/1.1`),
      connection: PLACED,
      table: DENY,
      statuses: [200],
      upstream: seen(`GET /v1${sent} HTTP/1.1`),
    });
  });
});

describe('without rules, what is not the prefix stays behind it', () => {
  test.each([
    ['//api/v1/a', '/api/v1//api/v1/a'],
    ['/api;x/v1/a', '/api/v1/api;x/v1/a'],
    ['/api%2Fv1/a', '/api/v1/api%2Fv1/a'],
    ['/%2561pi/v1/a', '/api/v1/%2561pi/v1/a'],
    ['/api/%76%31/a', '/api/%76%31/a'],
    ['/%ff/:realm', '/api/v1/%ff/r1'],
  ])('%s is sent as %s', async (path, sent) => {
    await check({
      name: path,
      send: head(`GET /vendor${path} HTTP/1.1`),
      connection: PLACED,
      statuses: [200],
      upstream: seen(`GET /v1${sent} HTTP/1.1`),
    });
  });
});

describe('a credential in the path', () => {
  const connection = { ...PLACED, credential: CREDENTIALS.path };
  test.each([
    '/a',
    '/:token/:token',
    '/:token/%3Atoken',
    '/%253Atoken',
    '/:token;x',
    '/x?:token',
    '/x%2F:token',
    '/:Token',
    '/bot:token',
    '/:token%20',
    `/bot${SECRET}x/a`,
  ])('%s is not sent', async (path) => {
    const { bytes } = await check({
      name: path,
      send: head(`GET /vendor${path} HTTP/1.1`),
      connection,
      statuses: [400],
      codes: ['target_invalid'],
    });
    expect(bytes).not.toContain(SECRET);
  });

  test('rules see the placeholder, and not what stands there', async () => {
    const denies = [rule('deny', [], ['/api/v1/:token/logOut'])];
    for (const path of ['/:token/logOut', '/%3Atoken/log%4Fut', '/api/v1/:token/logOut/'])
      await check({
        name: path,
        send: head(`GET /vendor${path} HTTP/1.1`),
        connection,
        table: { access: { vendor: { denies } } },
        statuses: [403],
        codes: ['forbidden'],
      });
  });
});

const MAIN = 'api.vendor.example';
const UPLOAD = 'upload.vendor.example';

test('a second host gets what its rule names, and nothing gets there past an access rule', async () => {
  const { upstream, network, ca } = await startManyHosts([MAIN, UPLOAD]);
  const vendor: ConnectionSpec = {
    base_url: `https://${MAIN}/v1`,
    credential: CREDENTIALS.bearer,
    tls: {
      tls_ca_bundle_pem: valueOf(ca),
      hosts: [
        {
          origin: `https://${UPLOAD}`,
          base_path: '/up',
          guarded: false,
          methods: ['POST'],
          paths: ['/files/*/content'],
        },
      ],
    },
  };
  const denies = [rule('deny', ['POST'], ['/files/locked/**'])];
  const gateway = await startGateway(
    { connections: { open: vendor, ruled: vendor }, access: { ruled: { denies } } },
    { network },
  );
  const sent: [line: string, host: string, path: string][] = [
    ['POST /open/files/1/content', UPLOAD, '/up/files/1/content'],
    ['POST /open/files/1/content/', UPLOAD, '/up/files/1/content/'],
    ['POST /open/%66iles/a%2Fb/c%6Fntent?x=/y', UPLOAD, '/up/%66iles/a%2Fb/c%6Fntent?x=/y'],
    ['PUT /open/files/1/content', MAIN, '/v1/files/1/content'],
    ['POST /open/files//content', UPLOAD, '/up/files//content'],
    ['POST /open//files/1/content', MAIN, '/v1//files/1/content'],
    ['POST /open/files/1%2Fcontent', MAIN, '/v1/files/1%2Fcontent'],
    ['POST /open/files/1/content;x', MAIN, '/v1/files/1/content;x'],
    ['POST /open/files/%ff/content', MAIN, '/v1/files/%ff/content'],
    ['POST /open/x?/files/1/content', MAIN, '/v1/x?/files/1/content'],
    ['POST /ruled/files/1/content', UPLOAD, '/up/files/1/content'],
  ];
  for (const [line, host, path] of sent) {
    const before = upstream.requests.length;
    const { statuses } = await sendRaw(gateway.port, headOf(`${line} HTTP/1.1`, 'Content-Length: 0'));
    const request = upstream.requests[before];
    const [first, hostLine] = request?.head.split('\r\n') ?? [];
    expect([line, statuses, first, hostLine, request?.serverName]).toEqual([
      line,
      [200],
      `${line.split(' ')[0]} ${path} HTTP/1.1`,
      `host: ${host}`,
      host,
    ]);
  }
  const before = upstream.requests.length;
  for (const [path, code] of [
    ['/files/locked/content', 'forbidden'],
    ['/files/lock%65d/content/', 'forbidden'],
    ['/files/locked//content', 'target_invalid'],
    ['/files/locked%2Fcontent', 'target_invalid'],
    ['/files/locked;/content', 'target_invalid'],
  ] as const) {
    const { bytes } = await sendRaw(gateway.port, headOf(`POST /ruled${path} HTTP/1.1`, 'Content-Length: 0'));
    expect([path, codeOf(bytes)]).toEqual([path, code]);
  }
  expect(upstream.requests).toHaveLength(before);
});

describe('a query pair of the connection', () => {
  test.each([
    ['?org=evil', '?org=ours'],
    ['?%6frg=evil&a=', '?a=&org=ours'],
    ['?a;org=evil&org=more', '?a&org=ours'],
    ['?org', '?org=ours'],
    ['?&&org=evil', '?&&org=ours'],
    ['?a=1&%6F%72%67=x&b=org=2', '?a=1&b=org=2&org=ours'],
  ])('%s becomes %s', async (query, sent) => {
    await check({
      name: query,
      send: head(`GET /vendor/a${query} HTTP/1.1`),
      connection: { query: [{ name: 'org', value: { text: 'ours', at: AT } }] },
      statuses: [200],
      upstream: seen(`GET /v1/a${sent} HTTP/1.1`),
    });
  });
});
