import { expect, test } from 'vitest';
import { GET, said, startClientTokens as start, tokens } from '../../support/client-tokens.ts';
import { startGateway } from '../../support/gateway.ts';
import { CLIENT_SECRET, clientConnection, oauth2Plan } from '../../support/oauth-plan.ts';
import { sendRaw } from '../../support/raw-caller.ts';
import type { RawAnswer } from '../../support/raw-upstream.ts';
import { codeOf, SILENCE } from '../../support/sides.ts';

// Where a connection cannot get a token for itself: nothing is sent upstream, and callers learn our codes alone.

/** What an authorization server does in place of a token, and what its callers get; `retry`: in seconds. */
const FAILURES: [
  title: string,
  idp: RawAnswer,
  expected: { status: number; reason: string; retry: string | null },
][] = [
  ['closes the socket', ({ socket }) => socket.destroy(), unavailable('unreachable')],
  ['is silent', SILENCE, unavailable('timed_out')],
  [
    'stops in the middle',
    ({ socket }) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{'),
    unavailable('timed_out'),
  ],
  ['speaks no HTTP', 'garbage\r\n\r\n', unavailable('not_http')],
  ['answers 500', said('{"error":"invalid_client"}', 'HTTP/1.1 500 x'), unavailable('server_failed')],
  [
    'answers 503 with a time',
    said('', 'HTTP/1.1 503 x\r\nRetry-After: 120'),
    unavailable('server_failed', '120'),
  ],
  [
    'answers 503 with a date, its clock a day ahead',
    said(
      '',
      'HTTP/1.1 503 x\r\nDate: Fri, 02 Jan 2026 00:00:00 GMT\r\nRetry-After: Fri, 02 Jan 2026 00:01:00 GMT',
    ),
    unavailable('server_failed', '60'),
  ],
  ['answers 429', said('', 'HTTP/1.1 429 x\r\nRetry-After: 1'), unavailable('rate_limited')],
  ['answers 403', said('<html>', 'HTTP/1.1 403 x'), unavailable('request_refused')],
  ['redirects', said('', 'HTTP/1.1 307 x\r\nLocation: /token2'), unavailable('redirected')],
  [
    'answers HTML',
    said('<html>token</html>', 'HTTP/1.1 200 OK\r\nContent-Type: text/html'),
    unavailable('answer_malformed'),
  ],
  ['answers half of a JSON', said('{"access_token":'), unavailable('answer_malformed')],
  ['answers without token', said('{"expires_in":1}'), unavailable('answer_incomplete')],
  [
    'answers a token that no header carries',
    said('{"access_token":"a\\r\\nX: y"}'),
    unavailable('answer_malformed'),
  ],
  ['answers 10 MB', said(`"${'a'.repeat(10_000_000)}"`), unavailable('answer_too_large')],
  [
    'does not know the client',
    said('{"error":"invalid_client"}', 'HTTP/1.1 400 x'),
    broken('client_refused'),
  ],
  ['answers 401', said('', 'HTTP/1.1 401 x'), broken('client_refused')],
  [
    'does not let the client',
    said('{"error":"unauthorized_client"}', 'HTTP/1.1 400 x'),
    broken('client_unauthorized'),
  ],
  [
    'does not have that grant',
    said('{"error":"unsupported_grant_type"}', 'HTTP/1.1 400 x'),
    broken('grant_type_unsupported'),
  ],
  ['says so with 200', said('{"error":"invalid_client"}'), broken('client_refused')],
  ['refuses the scope', said('{"error":"invalid_scope"}', 'HTTP/1.1 400 x'), unavailable('request_refused')],
];

function unavailable(reason: string, retry = '30'): { status: number; reason: string; retry: string | null } {
  return { status: 503, reason, retry };
}

function broken(reason: string): { status: number; reason: string; retry: string | null } {
  return { status: 424, reason, retry: null };
}

test.each(FAILURES)('an authorization server that %s', async (_title, idp, { status, reason, retry }) => {
  const { gateway, ...sides } = await start({ idp, timeout_ms: 400 });
  const { statuses, bytes } = await sendRaw(gateway.port, GET);
  expect(statuses).toEqual([status]);
  expect(codeOf(bytes)).toBe(status === 424 ? 'credential_broken' : 'connection_unavailable');
  expect(/^Retry-After: (.*)\r$/m.exec(bytes)?.[1] ?? null).toBe(retry);
  expect(bytes).toContain(`(${reason})`);
  // The cool-down: nothing is asked again, and the answer is the same.
  expect((await sendRaw(gateway.port, GET)).statuses).toEqual([status]);
  expect(sides.idp.requests).toHaveLength(1);
  expect(sides.upstream.sockets).toBe(0);
  expect(gateway.log.filter(({ msg }) => msg === 'no access token')).toMatchObject([
    { connection: 'vendor', reason, outcome: status === 424 ? 'terminal' : 'transient' },
  ]);
  expect(gateway.log.find(({ msg }) => msg === 'exchange')).toMatchObject({ credential: reason });
});

test('after the cool-down it is tried again', async () => {
  let down = true;
  const { gateway, idp, clock } = await start({
    idp: () => (down ? said('', 'HTTP/1.1 401 x') : tokens()()),
  });
  expect((await sendRaw(gateway.port, GET)).statuses).toEqual([424]);
  down = false;
  clock.now += 29_999;
  expect((await sendRaw(gateway.port, GET)).statuses).toEqual([424]);
  clock.now += 1;
  expect((await sendRaw(gateway.port, GET)).statuses).toEqual([200]);
  expect(idp.requests).toHaveLength(2);
});

test('neither token nor client secret comes back or is logged, whoever repeats them', async () => {
  const secret = encodeURIComponent(CLIENT_SECRET);
  const { gateway } = await start({
    idp: ({ body }) =>
      body.includes('fail')
        ? said(
            `{"error":"odd","error_description":"secret ${CLIENT_SECRET} \\u0007 is bad"}`,
            'HTTP/1.1 400 x',
          )
        : said('{"access_token":"plant-token/1+="}'),
    upstream: `HTTP/1.1 200 OK\r\nX-A: plant-token/1+=\r\nX-B: ${encodeURIComponent('plant-token/1+=')} ${secret}\r\nContent-Length: 0\r\n\r\n`,
  });
  const { bytes } = await sendRaw(gateway.port, GET);
  expect(bytes).toContain('X-A: [redacted]\r\nX-B: [redacted] [redacted]\r\n');
  const failing = await start({
    idp: said(
      `{"error":"odd","error_description":"secret ${CLIENT_SECRET} \\u0007 is bad"}`,
      'HTTP/1.1 400 x',
    ),
  });
  const { bytes: refused } = await sendRaw(failing.gateway.port, GET);
  expect(refused).not.toContain('odd');
  expect(failing.gateway.log.find(({ msg }) => msg === 'no access token')).toMatchObject({
    reason: 'request_refused',
    idp_error: null,
  });
  const everything = JSON.stringify([...gateway.log, ...failing.gateway.log]) + bytes + refused;
  for (const told of ['plant-token', CLIENT_SECRET, 'client/secret', secret])
    expect(everything).not.toContain(told);
});

test('a variable in the host of the token URL: what it leads to is checked, and nothing is sent there', async () => {
  const variable = {
    name: 'site',
    doc: null,
    optional: false,
    pattern: null,
    values: [],
    default: null,
  } as const;
  const gateway = await startGateway(
    {
      connections: {
        vendor: clientConnection('http://127.0.0.1:1', oauth2Plan('http://{site}'), {
          variables: [
            { ...variable, value: { env: 'SITE', at: 'a.yaml:1:1' }, source: { kind: 'connection' } },
          ],
        }),
      },
    },
    {
      environment: { CLIENT_SECRET, SITE: 'idp.example' },
      network: { resolve: () => Promise.resolve(['169.254.169.254']), connectTo: () => null },
    },
  );
  const { bytes, statuses } = await sendRaw(gateway.port, GET);
  expect([statuses, codeOf(bytes)]).toEqual([[503], 'connection_unavailable']);
  expect(bytes).toContain('(address_refused)');
});

test('a client id that Basic cannot carry stops the start', async () => {
  const plan = oauth2Plan('http://127.0.0.1:1', { client_id: { env: 'ID', at: 'a.yaml:1:1' } });
  const started = startGateway(
    { connections: { vendor: clientConnection('http://127.0.0.1:1', plan) } },
    { environment: { CLIENT_SECRET, ID: 'plant:id' } },
  );
  await expect(started).rejects.toThrow(
    /^connection vendor: the client id has a colon or a control character, which HTTP Basic cannot carry: .*\(a\.yaml:1:1\)$/,
  );
});
