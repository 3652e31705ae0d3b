import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bearers, GET, said, startClientTokens as start, tokens } from '../../support/client-tokens.ts';
import { CLIENT_SECRET } from '../../support/oauth-plan.ts';
import { readRaw, sendRaw } from '../../support/raw-caller.ts';
import { OK } from '../../support/raw-upstream.ts';
import { headOf, SILENCE } from '../../support/sides.ts';
import { operationsOf, TEST_KEY } from '../../support/table.ts';
import type { ConnectionSpec } from '../../support/table.ts';
import type { OAuth2Plan } from '../../../table/types.ts';

// What callers, upstream and authorization server see of a connection that gets its tokens for itself.

test('the first request asks for a token, those behind it use it: every byte of both', async () => {
  const { gateway, idp, upstream } = await start({ plan: { scopes: ['read', 'write:all'] } });
  expect(idp.requests).toEqual([]);
  const line = headOf('/vendor/a?b', 'Authorization: Bearer mine', 'X-Own: 1').replace(/X-API-Key.*\r\n/, '');
  await sendRaw(gateway.port, line.replace('Bearer mine', `Bearer ${TEST_KEY}`));
  await sendRaw(gateway.port, GET);
  expect(idp.received()).toBe(
    [
      'POST /token HTTP/1.1',
      `host: 127.0.0.1:${idp.port}`,
      'connection: keep-alive',
      'Accept: application/json',
      'User-Agent: gw',
      // The raw secret, its special characters as they are.
      `Authorization: Basic ${Buffer.from(`test-client:${CLIENT_SECRET}`).toString('base64')}`,
      'Content-Type: application/x-www-form-urlencoded',
      'content-length: 52',
      '',
      'grant_type=client_credentials&scope=read+write%3Aall',
    ].join('\r\n'),
  );
  const host = `host: 127.0.0.1:${upstream.port}\r\nconnection: keep-alive\r\n`;
  expect(upstream.received()).toBe(
    `GET /a?b HTTP/1.1\r\n${host}X-Own: 1\r\nAuthorization: Bearer token-1\r\n\r\n` +
      `GET /a HTTP/1.1\r\n${host}Authorization: Bearer token-1\r\n\r\n`,
  );
});

test('a token in the query takes the place of what the caller sends there', async () => {
  const { gateway, upstream } = await start({
    plan: { send: { in: 'query', name: 'access_token', prefix: '', suffix: '' } },
  });
  await sendRaw(gateway.port, headOf('/vendor/a?access_token=mine&x=1'));
  expect(upstream.received()).toContain('GET /a?x=1&access_token=token-1 HTTP/1.1\r\n');
  expect(upstream.received()).not.toContain('Authorization');
});

test('client id and secret in a JSON body, with the parameters of the catalog', async () => {
  const { gateway, idp } = await start({
    plan: {
      endpoint_auth_style: 'params',
      token_body: 'json',
      token_params: [
        ['audience', 'https://api.example.com'],
        ['grant_type', 'account_credentials'],
      ],
    },
  });
  await sendRaw(gateway.port, GET);
  const [request] = idp.requests;
  expect(request?.head).toContain('Content-Type: application/json\r\n');
  expect(request?.head).not.toContain('Authorization');
  expect(JSON.parse(request?.body ?? '')).toEqual({
    grant_type: 'account_credentials',
    audience: 'https://api.example.com',
    client_id: 'test-client',
    client_secret: CLIENT_SECRET,
  });
});

describe('the life of a token', () => {
  /** The instants of requests, in seconds since the first, and the tokens that they bear. */
  const LIVES: [title: string, life: { more: string; at: number[]; used: string[]; asked: number }][] = [
    [
      'used until 30 s before its end',
      { more: '"expires_in":3600', at: [0, 3269], used: ['token-1', 'token-1'], asked: 1 },
    ],
    [
      'its end within 30 s: waited for',
      { more: '"expires_in":3600', at: [0, 3570], used: ['token-1', 'token-2'], asked: 2 },
    ],
    [
      'within the margin: in the background',
      { more: '"expires_in":3600', at: [0, 3270], used: ['token-1', 'token-1'], asked: 2 },
    ],
    [
      'a lifetime as text',
      { more: '"expires_in":"3600"', at: [0, 3570], used: ['token-1', 'token-2'], asked: 2 },
    ],
    [
      'a short one keeps half',
      { more: '"expires_in":20', at: [0, 7, 10], used: ['token-1', 'token-1', 'token-2'], asked: 2 },
    ],
    [
      'an unknown one is used until it is refused',
      { more: '', at: [0, 10_000_000], used: ['token-1', 'token-1'], asked: 1 },
    ],
    [
      'null tells nothing',
      { more: '"expires_in":null', at: [0, 10_000_000], used: ['token-1', 'token-1'], asked: 1 },
    ],
    [
      'zero tells nothing',
      { more: '"expires_in":0', at: [0, 10_000_000], used: ['token-1', 'token-1'], asked: 1 },
    ],
  ];

  test.each(LIVES)('%s', async (_title, { more, at, used, asked }) => {
    const { gateway, idp, upstream, clock } = await start({ idp: tokens(more) });
    const began = clock.now;
    for (const seconds of at) {
      clock.now = began + seconds * 1000;
      await sendRaw(gateway.port, GET);
    }
    expect(bearers(upstream)).toEqual(used);
    await idp.waitForRequests(asked);
    expect(idp.requests).toHaveLength(asked);
  });

  test('the lifetime of the catalog, where the answer does not say', async () => {
    const { gateway, upstream, clock } = await start({ idp: tokens(''), plan: { lifetime_ms: 60_000 } });
    for (const seconds of [0, 29, 30]) {
      clock.now = Date.parse('2026-01-01T00:00:00Z') + seconds * 1000;
      await sendRaw(gateway.port, GET);
    }
    // The last but one asks in the background.
    await gateway.logged(({ msg, lifetime_ms }) => msg === 'access token obtained' && lifetime_ms === 60_000);
    expect(bearers(upstream).slice(0, 2)).toEqual(['token-1', 'token-1']);
  });

  test('200 requests on an expired token: one token call, and no request without it', async () => {
    const { gateway, idp, upstream, clock } = await start();
    await sendRaw(gateway.port, GET);
    clock.now += 3_600_000;
    const answers = await Promise.all(Array.from({ length: 200 }, () => sendRaw(gateway.port, GET)));
    expect(new Set(answers.map(({ statuses }) => statuses[0]))).toEqual(new Set([200]));
    expect(idp.requests).toHaveLength(2);
    expect(bearers(upstream).slice(1)).toEqual(Array.from({ length: 200 }, () => 'token-2'));
  });

  test('a background attempt that fails does not stop the token that is there', async () => {
    let count = 0;
    const { gateway, idp, upstream, clock } = await start({
      idp: () => ((count += 1) === 2 ? 'HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n' : tokens()()),
    });
    await sendRaw(gateway.port, GET);
    clock.now += 3_300_000;
    expect((await sendRaw(gateway.port, GET)).statuses).toEqual([200]);
    await gateway.logged(({ msg }) => msg === 'no access token');
    // Within the cool-down nothing is asked.
    expect((await sendRaw(gateway.port, GET)).statuses).toEqual([200]);
    expect(idp.requests).toHaveLength(2);
    clock.now += 30_000;
    expect((await sendRaw(gateway.port, GET)).statuses).toEqual([200]);
    await idp.waitForRequests(3);
    expect(bearers(upstream)).toEqual(['token-1', 'token-1', 'token-1', 'token-1']);
  });
});

test('a caller that goes away while it waits leaves nothing behind', async () => {
  const { gateway, idp, upstream } = await start({ idp: SILENCE });
  const gone = sendRaw(gateway.port, GET, () => false);
  await idp.waitForRequests(1);
  const waits = sendRaw(gateway.port, GET.replace('/a', '/b'));
  await gateway.serving.reload();
  idp.requests[0]?.socket.write(said('{"access_token":"token-1"}'));
  expect((await waits).statuses).toEqual([200]);
  await upstream.waitForRequests(2);
  await gateway.serving.close();
  await gone;
});

test('garbage behind a request that waits for its token: the request is answered, then the socket closed', async () => {
  const { gateway, upstream } = await start();
  const { statuses, closed } = await sendRaw(gateway.port, `${GET}garbage\r\n\r\n`, () => false);
  expect([statuses, closed]).toEqual([[200], true]);
  expect(bearers(upstream)).toEqual(['token-1']);
});

test('content that waits for the token: Expect is answered behind the token, and nothing is lost', async () => {
  const { gateway, idp, upstream } = await start({ idp: SILENCE });
  const socket = connect(gateway.port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  socket.write(headOf('POST /vendor/a HTTP/1.1', 'Content-Length: 5', 'Expect: 100-continue'));
  const streamed = headOf('POST /vendor/b HTTP/1.1', 'Transfer-Encoding: chunked');
  const waits = sendRaw(gateway.port, `${streamed}5\r\nhello\r\n0\r\n\r\n`);
  await idp.waitForRequests(1);
  expect(socket.bytesRead).toBe(0);
  idp.requests[0]?.socket.write(said('{"access_token":"token-1"}'));
  const { bytes } = await readRaw(socket, (text) => {
    if (text === 'HTTP/1.1 100 Continue\r\n\r\n') socket.write('there');
    return text.endsWith('ok');
  });
  expect(bytes).toContain('HTTP/1.1 200 OK\r\n');
  expect((await waits).statuses).toEqual([200]);
  expect(upstream.received()).toMatch(/hello/);
  expect(upstream.received()).toMatch(/there/);
  expect(idp.requests).toHaveLength(1);
});

test('validated requests wait and are renewed like others', async () => {
  const described = operationsOf('GET /a');
  const { gateway, idp, upstream } = await start({
    connection: { validate: 'enforce', described },
    upstream: ({ head }) => (head.includes('token-1') ? said('', 'HTTP/1.1 401 x') : OK),
  });
  expect((await sendRaw(gateway.port, GET)).statuses).toEqual([200]);
  expect(bearers(upstream)).toEqual(['token-1', 'token-2']);
  expect(idp.requests).toHaveLength(2);
});

describe('a reload', () => {
  const RELOADS: [
    title: string,
    plan: Partial<OAuth2Plan>,
    connection: Partial<ConnectionSpec>,
    asked: number,
  ][] = [
    ['that changes nothing of it keeps the token', {}, { static_headers: { 'X-New': '1' } }, 1],
    [
      'that moves it to another line keeps the token',
      { client_id: { text: 'test-client', at: 'b.yaml:9:9' } },
      {},
      1,
    ],
    ['with another secret drops it', { client_secret: { env: 'OTHER_SECRET', at: 'a.yaml:1:1' } }, {}, 2],
    ['with other scopes drops it', { scopes: ['read'] }, {}, 2],
    ['with another client drops it', { client_id: { text: 'other', at: 'a.yaml:1:1' } }, {}, 2],
  ];

  test.each(RELOADS)('%s', async (_title, plan, connection, asked) => {
    const { gateway, idp, upstream, spec } = await start();
    await sendRaw(gateway.port, GET);
    gateway.setTable(spec(plan, connection));
    expect(await gateway.serving.reload()).toBe(true);
    expect((await sendRaw(gateway.port, GET)).statuses).toEqual([200]);
    expect(idp.requests).toHaveLength(asked);
    expect(bearers(upstream)).toEqual(['token-1', `token-${asked}`]);
  });

  test('without the connection forgets the token, and breaks off asking for one', async () => {
    const { gateway, idp } = await start({ idp: SILENCE });
    const calling = sendRaw(gateway.port, GET, () => false);
    await idp.waitForRequests(1);
    gateway.setTable({ connections: {} });
    await gateway.serving.reload();
    expect(idp.closedSockets).toBe(0);
    const closed = gateway.serving.close();
    await idp.waitUntil(({ closedSockets }) => closedSockets === 1);
    await Promise.all([closed, calling]);
  });
});
