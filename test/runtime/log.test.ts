import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';
import { OK, rawUpstream } from '../support/raw-upstream.ts';
import type { RawAnswer } from '../support/raw-upstream.ts';
import { sendRaw } from '../support/raw-caller.ts';
import { headOf } from '../support/sides.ts';
import { operationsOf, CREDENTIALS, rule, TEST_ENVIRONMENT, TEST_KEY } from '../support/table.ts';
import type { TableSpec } from '../support/table.ts';

type Line = Record<string, unknown>;

const NUMBER: unknown = expect.any(Number);
const TEXT: unknown = expect.any(String);

/** The line of an exchange that went well, but for what a case says. */
const FORWARDED: Line = {
  level: 30,
  time: TEXT,
  request_id: expect.stringMatching(/^[\w-]+$/),
  caller: 'tester',
  account: 'acme',
  connection: 'vendor',
  operation: null,
  template: null,
  method: 'GET',
  status: 200,
  source: 'upstream',
  problem: null,
  cut: false,
  duration_ms: NUMBER,
  upstream_ms: NUMBER,
  request_bytes: 0,
  response_bytes: 2,
  table: expect.stringMatching(/^[0-9a-f]{12}$/),
  msg: 'exchange',
};
const REFUSED: Line = { ...FORWARDED, source: 'gateway', upstream_ms: null, response_bytes: NUMBER };
const UNKNOWN: Line = { ...REFUSED, caller: null, account: null, connection: null };

interface Case {
  readonly what: string;
  readonly caller: string;
  readonly answer?: string;
  readonly table?: Partial<TableSpec['connections'][string]>;
  readonly access?: TableSpec['access'];
  readonly line: Line;
}

const CASES: Case[] = [
  { what: 'forwarded', caller: headOf('/vendor/a'), line: FORWARDED },
  {
    what: 'forwarded with contents',
    caller: `${headOf('POST /vendor/a HTTP/1.1', 'Content-Length: 5')}hello`,
    line: { ...FORWARDED, method: 'POST', request_bytes: 5 },
  },
  {
    what: 'forwarded with chunks',
    caller: `${headOf('POST /vendor/a HTTP/1.1', 'Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\n\r\n`,
    line: { ...FORWARDED, method: 'POST', request_bytes: 5 },
  },
  {
    what: "an upstream's error",
    caller: headOf('/vendor/a'),
    answer: 'HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\nno',
    line: { ...FORWARDED, status: 503 },
  },
  {
    what: 'an operation of the description',
    caller: headOf('/vendor/customers/c_1'),
    table: { expose: 'operations', described: operationsOf('GET /customers/{id}') },
    line: { ...FORWARDED, operation: 'GET /customers/{id}', template: '/customers/{id}' },
  },
  {
    what: 'no key',
    caller: 'GET /vendor/a HTTP/1.1\r\nHost: gw\r\n\r\n',
    line: { ...UNKNOWN, status: 401, problem: 'caller_unauthenticated' },
  },
  {
    what: 'an unknown connection',
    caller: headOf('/nowhere/a'),
    line: { ...REFUSED, connection: null, status: 404, problem: 'route_unknown' },
  },
  {
    what: 'a malformed message',
    caller: headOf('/vendor/a', 'Host: again'),
    line: { ...UNKNOWN, status: 400, problem: 'message_malformed' },
  },
  {
    what: 'denied, with the place of the rule',
    caller: headOf('/vendor/a'),
    access: { vendor: { denies: [rule('deny', [], ['/a'])] } },
    line: {
      ...REFUSED,
      status: 403,
      problem: 'forbidden',
      denied: 'rule',
      persona: 'all',
      rule: 'gateway.d/test.yaml:1:1',
    },
  },
  {
    what: 'an upstream that closed its socket',
    caller: headOf('/vendor/a'),
    answer: '',
    line: { ...REFUSED, status: 502, problem: 'upstream_unreachable', error: 'UND_ERR_SOCKET' },
  },
];

async function start({ answer = OK, table, access }: Partial<Case>): Promise<TestGateway> {
  const upstream = await rawUpstream(({ socket }): RawAnswer => {
    if (answer === '') socket.destroy();
    return answer;
  });
  return startGateway({
    connections: { vendor: { base_url: upstream.origin, credential: CREDENTIALS.bearer, ...table } },
    ...(access === undefined ? {} : { access }),
  });
}

function exchanges({ log }: TestGateway): Line[] {
  return log.filter(({ msg }) => msg === 'exchange');
}

test.each(CASES)('one line for an exchange: $what', async (one) => {
  const gateway = await start(one);
  await sendRaw(gateway.port, one.caller);
  await gateway.logged(({ msg }) => msg === 'exchange');
  expect(exchanges(gateway)).toEqual([one.line]);
});

test('one line for each of several requests on a socket, each with an id of its own', async () => {
  const gateway = await start({});
  const bytes = headOf('/vendor/1') + headOf('/nowhere') + headOf('/vendor/3', 'Connection: close');
  await sendRaw(gateway.port, bytes, () => false);
  await gateway.logged(() => exchanges(gateway).length === 3);
  expect(exchanges(gateway).map(({ status }) => status)).toEqual([200, 404, 200]);
  expect(new Set(exchanges(gateway).map(({ request_id }) => request_id)).size).toBe(3);
});

test('a caller that goes away has its line too', async () => {
  const upstream = await rawUpstream(() => () => {});
  const gateway = await startGateway({ connections: { vendor: { base_url: upstream.origin } } });
  const socket = connect(gateway.port, '127.0.0.1');
  socket.write(headOf('/vendor/a'));
  await upstream.waitForRequests(1);
  socket.destroy();
  await gateway.logged(({ msg }) => msg === 'exchange');
  expect(exchanges(gateway)).toEqual([
    { ...FORWARDED, status: null, source: null, cut: true, upstream_ms: null, response_bytes: 0 },
  ]);
});

test.each([
  ['a head that cannot be read', 'GET /vendor/a HTTP/1.1\r\nX-A : b\r\n\r\n', 400, 'message_malformed'],
  ['CONNECT', 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', 501, 'method_unsupported'],
] as const)(
  'one line for what was refused before it was a request: %s',
  async (_what, bytes, status, problem) => {
    const gateway = await start({});
    await sendRaw(gateway.port, bytes);
    const line = await gateway.logged(({ msg }) => msg === 'refused');
    expect(line).toEqual({
      level: 30,
      time: TEXT,
      request_id: TEXT,
      status,
      source: 'gateway',
      problem,
      msg: 'refused',
    });
  },
);

test('the id in a problem is the id in the log', async () => {
  const gateway = await start({});
  const { bytes } = await sendRaw(gateway.port, headOf('/nowhere'));
  const line = await gateway.logged(({ msg }) => msg === 'exchange');
  expect(bytes).toContain(`"request_id":"${String(line['request_id'])}"`);
});

describe('names of things, never values', () => {
  const MARK = 'value-7f3a9c';
  const REQUESTS = [
    headOf(`/vendor/${MARK}?q=${MARK}`, `X-Field: ${MARK}`, `User-Agent: ${MARK}`, `Cookie: ${MARK}`),
    `${headOf('POST /vendor/a HTTP/1.1', `Content-Length: ${MARK.length}`)}${MARK}`,
    `GET /vendor/a HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer ${MARK}\r\n\r\n`,
    headOf(`/${MARK}/a`),
    headOf(`/vendor/${MARK}#x`),
    headOf('/vendor/a', `Gateway-Connection: ${MARK}`),
    headOf('/vendor/a', `Host: ${MARK}`),
    headOf('/vendor/a', `X-HTTP-Method-Override: ${MARK}`),
    `GET http://${MARK}/vendor/a HTTP/1.1\r\nHost: gw\r\nX-API-Key: ${TEST_KEY}\r\n\r\n`,
  ];
  const ANSWERS = [
    `HTTP/1.1 200 ${MARK}\r\nX-Field: ${MARK}\r\nContent-Length: ${MARK.length}\r\n\r\n${MARK}`,
    `HTTP/1.1 200 ${MARK}\r\n${MARK}\r\n\r\n`,
    `${MARK}\r\n\r\n`,
  ];

  test.each(ANSWERS.map((answer, at) => [at, answer] as const))('answer %i', async (_at, answer) => {
    const gateway = await start({ answer, access: { vendor: { denies: [rule('deny', ['PUT'], [])] } } });
    for (const request of REQUESTS) await sendRaw(gateway.port, request);
    await gateway.logged(() => exchanges(gateway).length === REQUESTS.length);
    const text = JSON.stringify(gateway.log);
    for (const value of [MARK, TEST_KEY, ...Object.values(TEST_ENVIRONMENT)]) {
      expect(text).not.toContain(value);
    }
  });

  test('a missing secret is named, the others are not told', async () => {
    const gateway = await start({});
    gateway.setTable({
      connections: {
        vendor: { base_url: 'http://127.0.0.1:1', static_headers: { X: '$SECRET', Y: '$NOT_SET' } },
      },
    });
    await gateway.serving.reload();
    const text = JSON.stringify(gateway.log);
    expect(text).toContain('${env:NOT_SET}');
    expect(text).not.toContain(TEST_ENVIRONMENT.SECRET);
  });
});

test('names are those of the exchange: of its table, and of nobody where nobody is known', async () => {
  const upstream = await rawUpstream();
  const callerOf = (name: string, account: string): NonNullable<TableSpec['callers']>[number] => ({
    name,
    at: 'gateway.d/test.yaml:1:1',
    account,
    admin: false,
    key: { secret: { env: 'TEST_KEY', at: 'gateway.d/test.yaml:1:1' } },
    personas: ['all'],
    access: 0,
  });
  const table = (account: string): TableSpec => ({
    connections: { vendor: { base_url: upstream.origin } },
    callers: [callerOf('null', account)],
  });
  const gateway = await startGateway(table('before'));
  await sendRaw(gateway.port, 'GET / HTTP/1.1\r\nHost: gw\r\n\r\n');
  await sendRaw(gateway.port, headOf('/nowhere'));
  await sendRaw(gateway.port, headOf('/vendor/a'));
  gateway.setTable(table('after'));
  expect(await gateway.serving.reload()).toBe(true);
  await sendRaw(gateway.port, headOf('/vendor/a'));
  const lines = () => gateway.log.filter(({ msg }) => msg === 'exchange');
  await gateway.logged(() => lines().length === 4);
  expect(lines().map(({ caller, account, connection }) => [caller, account, connection])).toEqual([
    [null, null, null],
    ['null', 'before', null],
    ['null', 'before', 'vendor'],
    ['null', 'after', 'vendor'],
  ]);
});
