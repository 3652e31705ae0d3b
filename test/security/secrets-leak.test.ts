import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { SYSTEM_NETWORK } from '../../runtime/6-forward/network.ts';
import { poolSet } from '../../runtime/6-forward/pool-set.ts';
import { forward } from '../../runtime/6-forward/forward.ts';
import { clientTokenSet } from '../../runtime/grants/oauth/client-tokens.ts';
import { buildSnapshot } from '../../runtime/load/build-snapshot.ts';
import { exchangeRaw, head } from '../support/attack.ts';
import { allRows } from '../support/audit-rows.ts';
import { startGateway } from '../support/gateway.ts';
import { told } from '../support/planted.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { recordsInMemory } from '../../table/records/open-records.ts';
import { clientConnection, oauth2Plan } from '../support/oauth-plan.ts';
import { storeUrl } from '../support/stores.ts';
import { CREDENTIALS, rule, builtTable, TEST_KEY } from '../support/table.ts';
import type { TableSpec } from '../support/table.ts';

/** Every value that must stay where it is: the operator's, and what the caller sends in confidence. */
const AT = 'gateway.d/test.yaml:1:1';
const PEM = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const SECRETS = {
  SECRET: 'plant-bearer+/= 0a1b2c',
  OTHER_SECRET: 'plant-static-3d4e5f',
  PASSWORD: 'plant-password-6a7b8c',
  USERNAME: 'plant-username-9d0e1f',
  CLIENT_KEY: PEM,
  TEST_KEY,
};
const CALLERS = {
  wrongKey: 'plant-wrong-key-0123456789abcdefghij',
  header: 'plant-header-value',
  query: 'plant-query-value',
  body: 'plant-body-value',
  cookie: 'plant-cookie-value',
};

test('the search itself finds what is told', () => {
  const bytes = Buffer.from(`x ${SECRETS.PASSWORD} y`);
  for (const text of [
    bytes.toString(),
    bytes.toString('hex'),
    bytes.toString('base64'),
    JSON.stringify(SECRETS),
  ]) {
    expect(told(text, SECRETS)).toContain('PASSWORD');
  }
  expect(told(inspect(SECRETS), SECRETS)).toEqual(Object.keys(SECRETS));
  expect(told(encodeURIComponent(SECRETS.SECRET), SECRETS)).toEqual(['SECRET']);
});

/** In the path, and a pair of the query beside it. */
const PATHED = {
  credential: { ...CREDENTIALS.path, secret: { env: 'OTHER_SECRET', at: AT } },
  query: [{ name: 'also', value: { env: 'PASSWORD', at: AT } }],
};

/** The token endpoint is the upstream: it fails in its ways. */
const CLIENT = { client_secret: { env: 'PASSWORD', at: AT }, client_id: { env: 'USERNAME', at: AT } };

function planted(origin: string, dead: string): TableSpec {
  const common = { static_headers: { 'X-Static': '$OTHER_SECRET' } };
  return {
    connections: {
      bearer: { ...common, base_url: origin, credential: CREDENTIALS.bearer },
      query: { ...common, base_url: origin, credential: CREDENTIALS.query },
      basic: {
        ...common,
        base_url: origin,
        credential: {
          kind: 'basic',
          username: { env: 'USERNAME', at: AT },
          password: { env: 'PASSWORD', at: AT },
        },
      },
      tls: {
        ...common,
        base_url: 'https://127.0.0.1:1',
        credential: CREDENTIALS.bearer,
        tls: { mtls_client_key_pem: { env: 'CLIENT_KEY', at: AT } },
      },
      pathed: { ...PATHED, base_url: origin },
      tokens: clientConnection(origin, oauth2Plan(origin, CLIENT)),
      'tokens-dead': clientConnection(origin, oauth2Plan(dead, CLIENT)),
      'pathed-dead': { ...PATHED, base_url: dead },
      'pathed-slow': { ...PATHED, base_url: origin, limits: { call_timeout_ms: 50 } },
      dead: { ...common, base_url: dead, credential: CREDENTIALS.query },
      slow: { ...common, base_url: origin, credential: CREDENTIALS.query, limits: { call_timeout_ms: 50 } },
      small: { ...common, base_url: origin, credential: CREDENTIALS.query, limits: { body_max_bytes: 1 } },
      ruled: { ...common, base_url: origin, credential: CREDENTIALS.query },
      given: {
        ...common,
        base_url: origin,
        grants: true,
        auth_mode: 'bearer',
        credential: { ...CREDENTIALS.bearer, secret: { grant: 'credential', at: AT } },
      },
    },
    access: { ruled: { denies: [rule('deny', ['DELETE'], [])] } },
  };
}

/** Each request fails in another way; all bear every value that a caller could. */
const FAILURES: [line: string, fields: string[], body: string][] = [
  ['GET /nobody/a', [], ''],
  ['GET /bearer/..', [], ''],
  ['GET /bearer/a#b', [], ''],
  ['GET /bearer/\x01', [], ''],
  ['TRACE /bearer/a', [], ''],
  ['BREW /bearer/a', [], ''],
  ['DELETE /ruled/a', [], ''],
  ['GET /ruled/a;b', [], ''],
  ['GET /given/a', [], ''],
  ['GET /dead/a', [], ''],
  ['GET /tls/a', [], ''],
  ['GET /tokens/a', [], ''],
  ['GET /tokens-dead/a', [], ''],
  ['GET /pathed/a', [], ''],
  ['GET /pathed/:token/:token', [], ''],
  ['GET /pathed/:token/garbage', [], ''],
  ['GET /pathed/:token/switch', [], ''],
  ['GET /pathed/:token/cut', [], ''],
  ['GET /pathed-dead/:token/a', [], ''],
  ['GET /pathed-slow/:token/hang', [], ''],
  ['GET /slow/hang', [], ''],
  ['GET /query/garbage', [], ''],
  ['GET /basic/cut', [], ''],
  ['GET /bearer/cut', [], ''],
  ['GET /query/switch', [], ''],
  ['POST /small/a', [`Content-Length: ${CALLERS.body.length}`], CALLERS.body],
  ['POST /bearer/a', ['Expect: plant-header-value', 'Content-Length: 1'], ''],
  ['POST /bearer/a', [`Transfer-Encoding: ${CALLERS.header}`], CALLERS.body],
  ['POST /bearer/a', ['Transfer-Encoding: chunked'], `${CALLERS.body}\r\n`],
  ['GET /bearer/a', [`Host: ${CALLERS.header}`], ''],
  ['GET /bearer/a', [`Authorization: Bearer ${CALLERS.wrongKey}`, 'Authorization: x'], ''],
  ['GET /bearer/a', [`Gateway-Connection: ${CALLERS.header}`], ''],
  ['GET /bearer/a', [`X-HTTP-Method-Override: ${CALLERS.header}`], ''],
  ['GET /ruled/a', [`X-HTTP-Method-Override: ${CALLERS.header}`], ''],
  ['GET /bearer/a', ['Upgrade: websocket', 'Connection: Upgrade'], ''],
  ['GET /bearer/a', [`X: ${CALLERS.header}\0`], ''],
  ['GET /bearer/a', [`X: ${CALLERS.header.repeat(2_000)}`], ''],
];

test('neither log, problem, header nor row of audit tells a secret, whatever fails', async () => {
  const upstream = await rawUpstream(({ head: asked, socket }) => {
    if (asked.includes('/hang')) return () => {};
    if (asked.includes('/garbage')) return 'garbage\r\n\r\n';
    if (asked.includes('/switch')) return 'HTTP/1.1 101 x\r\nUpgrade: y\r\nConnection: upgrade\r\n\r\n';
    return () => socket.destroy();
  });
  const gone = await rawUpstream();
  const store = await storeUrl('sqlite');
  const audit = { sink: 'store', parameters: true } as const;
  const gateway = await startGateway(
    { ...planted(upstream.origin, 'http://127.0.0.1:1'), store, audit },
    { environment: SECRETS },
  );
  const answers: string[] = [];
  for (const [line, fields, body] of FAILURES) {
    const [path = '', ...rest] = line.split('#');
    const target = `${path}?secret=${CALLERS.query}${rest.length > 0 ? '#' : ''}`;
    const bytes = head(
      `${target} HTTP/1.1`,
      `X-Mine: ${CALLERS.header}`,
      `Cookie: a=${CALLERS.cookie}`,
      ...fields,
    );
    answers.push(await exchangeRaw(gateway.port, bytes.replace('{key}', TEST_KEY) + body, 1));
    answers.push(await exchangeRaw(gateway.port, bytes.replace('{key}', CALLERS.wrongKey) + body, 1));
  }
  gateway.setTable(planted(`${gone.origin}/new`, gone.origin));
  expect(await gateway.serving.reload()).toBe(true);
  const control = await exchangeRaw(gateway.controlPort, 'GET /readyz HTTP/1.1\r\nHost: gw\r\n\r\n', 1);
  await gateway.logged((line) => line['msg'] === 'reloaded');
  expect(answers.every((answer) => /^Gateway-Error: /m.test(answer))).toBe(true);
  expect(new Set(answers.map((answer) => /^Gateway-Error: (.*)\r$/m.exec(answer)?.[1])).size).toBeGreaterThan(
    14,
  );
  expect(gateway.log.length).toBeGreaterThan(FAILURES.length);
  await gateway.serving.close();
  const rows = await allRows(store);
  expect(rows.length).toBe(answers.length);
  expect(rows.filter(({ path }) => path !== null).length).toBeGreaterThan(20);
  expect(rows.filter(({ parameters }) => parameters?.includes('[redacted]') === true).length).toBeGreaterThan(
    20,
  );
  const everything = JSON.stringify(gateway.log) + JSON.stringify(rows) + answers.join('') + control;
  expect(told(everything, { ...SECRETS, ...CALLERS })).toEqual([]);
});

test.each([
  ['a line feed', { SECRET: 'plant-bad\r\nX: y', OTHER_SECRET: 'plant-static\nvalue' }],
  ['nothing', { SECRET: '', OTHER_SECRET: 'plant-static-3d4e5f ' }],
  ['what is no PEM', { CLIENT_KEY: 'plant-no-pem-value' }],
  ['a control character', { PASSWORD: 'plant-\x01-password' }],
  ['a colon in a username', { USERNAME: 'plant-user:name' }],
  ['a short key', { TEST_KEY: 'plant-short-key' }],
])('a secret with %s stops the start without being told', async (_name, bad) => {
  const environment: Record<string, string> = { ...SECRETS, ...bad };
  const started = startGateway(planted('http://127.0.0.1:1', 'http://127.0.0.1:1'), { environment });
  const error: unknown = await started.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  const text = inspect(error, { depth: Infinity, showHidden: true });
  expect(text).toContain('gateway.d/test.yaml:1:1');
  expect(text).not.toMatch(/plant-/);
});

test('a snapshot tells nothing, printed or serialized, while requests are under way', async () => {
  const upstream = await rawUpstream(() => () => {});
  const { table, bytes } = builtTable(planted(upstream.origin, upstream.origin));
  const records = recordsInMemory(table.records, bytes);
  const pools = poolSet(SYSTEM_NETWORK);
  const tokens = clientTokenSet({ pools, now: Date.now, timeout_ms: 1_000, tell: () => {} });
  const snapshot = await buildSnapshot(
    { table, digest: '0'.repeat(64), records, close: () => {} },
    {
      environment: SECRETS,
      pools,
      tokens,
      codegen: true,
      previous: null,
      openGrants: () => Promise.resolve(null),
    },
  );
  const routes = [...snapshot.routes.values()].filter(({ unavailable }) => unavailable === null);
  const ignored = { head: () => true, data: () => true, end: () => {}, fail: () => {} };
  for (const { pools: open, shape, connection } of routes) {
    const headers = [...shape.set.reveal()];
    for (const pool of open)
      forward(pool, { method: 'GET', path: '/', headers, body: null }, connection.limits, ignored);
  }
  await upstream.waitForRequests(1);
  const texts = [
    JSON.stringify(snapshot),
    JSON.stringify(routes),
    ...[true, false].flatMap((showHidden) =>
      [true, false].flatMap((customInspect) =>
        [snapshot, ...routes].map((value) =>
          inspect(value, { depth: 12, showHidden, customInspect, getters: true, maxStringLength: null }),
        ),
      ),
    ),
    ...routes.map((route) => [route.shape.set, route.query?.text, route.key?.value].map(String).join()),
  ];
  expect(told(texts.join('\n'), SECRETS)).toEqual([]);
  expect(texts.join('\n')).toContain('[redacted]');
  await Promise.all(routes.flatMap((route) => route.pools).map((pool) => pool.dispatcher.reveal().destroy()));
});
