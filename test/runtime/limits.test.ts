import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';
import { OK, rawUpstream } from '../support/raw-upstream.ts';
import type { RawAnswer, RawRequest, RawUpstream } from '../support/raw-upstream.ts';
import { readRaw, sendRaw, wholeResponses } from '../support/raw-caller.ts';
import { stuckListener } from '../support/stuck-listener.ts';
import { TEST_KEY } from '../support/table.ts';
import type { ConnectionSpec, TableSpec } from '../support/table.ts';

const SILENCE: RawAnswer = () => {};
const closed = (): boolean => false;

interface Sides {
  readonly gateway: TestGateway;
  readonly upstream: RawUpstream;
}

interface SidesSpec {
  readonly gateway?: TableSpec['limits'];
  readonly rate?: TableSpec['rate_limit'];
  readonly connection?: ConnectionSpec['limits'];
  readonly answer?: RawAnswer | ((request: RawRequest) => RawAnswer);
}

async function start(spec: SidesSpec): Promise<Sides> {
  const upstream = await rawUpstream(spec.answer ?? OK);
  const gateway = await startGateway({
    connections: { vendor: { base_url: upstream.origin, limits: spec.connection ?? {} } },
    ...(spec.gateway === undefined ? {} : { limits: spec.gateway }),
    ...(spec.rate === undefined ? {} : { rate_limit: spec.rate }),
  });
  return { gateway, upstream };
}

/** A request line and fields, without the empty line's CRLF where `fields` is null. */
function request(target: string, ...fields: string[]): string {
  const lines = [
    target.includes(' ') ? target : `GET ${target} HTTP/1.1`,
    'Host: gw',
    `X-API-Key: ${TEST_KEY}`,
  ];
  return `${[...lines, ...fields].join('\r\n')}\r\n\r\n`;
}

function codeOf(text: string): string | null {
  return /^Gateway-Error: (.*)\r$/m.exec(text)?.[1] ?? null;
}

interface Refusal extends SidesSpec {
  readonly limit: string;
  readonly caller: string;
  readonly status: number;
  readonly code: string;
  /** What the detail says of the limit. */
  readonly named: string;
  /** The socket is closed behind the answer. */
  readonly closes: boolean;
  /** What the upstream saw; nothing, if it is left out. */
  readonly upstream?: RegExp;
}

const REFUSALS: Refusal[] = [
  {
    limit: 'target_max',
    gateway: { target_max_bytes: 32 },
    caller: request(`/vendor/${'a'.repeat(25)}`),
    status: 414,
    code: 'target_too_large',
    named: '32 bytes (target_max)',
    closes: true,
  },
  {
    limit: 'target_max where the target is over everything together',
    gateway: { target_max_bytes: 32, headers_max_bytes: 256 },
    caller: request(`/vendor/${'a'.repeat(4096)}`),
    status: 431,
    code: 'headers_too_large',
    named: '(headers_max)',
    closes: true,
  },
  {
    limit: 'header_field_max',
    gateway: { header_field_max_bytes: 128 },
    caller: request('/vendor/a', `X-A: ${'a'.repeat(122)}`),
    status: 431,
    code: 'headers_too_large',
    named: '128 bytes (header_field_max)',
    closes: true,
  },
  {
    limit: 'headers_max',
    gateway: { headers_max_bytes: 512 },
    caller: request('/vendor/a', ...Array.from({ length: 10 }, (_, at) => `X-${at}: ${'a'.repeat(50)}`)),
    status: 431,
    code: 'headers_too_large',
    named: '512 bytes (headers_max)',
    closes: true,
  },
  {
    limit: 'headers_max_count',
    gateway: { headers_max_count: 10 },
    caller: request('/vendor/a', ...Array.from({ length: 9 }, (_, at) => `X-${at}: a`)),
    status: 431,
    code: 'headers_too_large',
    named: '10 header fields (headers_max_count)',
    closes: true,
  },
  {
    limit: 'headers_timeout',
    gateway: { headers_timeout_ms: 100 },
    caller: 'GET /vendor/a HTTP/1.1\r\nHost: gw\r\nX-Slow: ',
    status: 408,
    code: 'request_timeout',
    named: '(headers_timeout)',
    closes: true,
  },
  {
    limit: 'body_idle_timeout, a content that is read whole',
    gateway: { body_idle_timeout_ms: 100 },
    caller: `${request('POST /vendor/a HTTP/1.1', 'Content-Length: 5')}he`,
    status: 408,
    code: 'request_timeout',
    named: '(body_idle_timeout)',
    closes: true,
  },
  {
    limit: 'body_idle_timeout, a content that is streamed',
    gateway: { body_idle_timeout_ms: 100 },
    caller: `${request('POST /vendor/a HTTP/1.1', 'Transfer-Encoding: chunked')}2\r\nhe\r\n`,
    status: 408,
    code: 'request_timeout',
    named: '(body_idle_timeout)',
    closes: true,
    upstream: /\r\n\r\n2\r\nhe(\r\n)?$/,
  },
  {
    limit: 'body_max by Content-Length',
    connection: { body_max_bytes: 4 },
    caller: `${request('POST /vendor/a HTTP/1.1', 'Content-Length: 5')}hello`,
    status: 413,
    code: 'body_too_large',
    named: '4 bytes (limits.body_max)',
    closes: false,
  },
  {
    limit: 'body_max by chunks',
    connection: { body_max_bytes: 4 },
    caller: `${request('POST /vendor/a HTTP/1.1', 'Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\n\r\n`,
    status: 413,
    code: 'body_too_large',
    named: '4 bytes (limits.body_max)',
    closes: false,
  },
  {
    limit: 'call_timeout',
    connection: { call_timeout_ms: 100 },
    answer: SILENCE,
    caller: request('/vendor/a'),
    status: 504,
    code: 'upstream_timeout',
    named: 'call_timeout',
    closes: false,
    upstream: /^GET \/a /,
  },
  {
    limit: 'upstream_headers_max',
    connection: { upstream_headers_max_bytes: 256 },
    answer: `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(400)}\r\nContent-Length: 0\r\n\r\n`,
    caller: request('/vendor/a'),
    status: 502,
    code: 'upstream_protocol',
    named: 'not a valid HTTP response',
    closes: false,
    upstream: /^GET \/a /,
  },
];

test.each(REFUSALS)('$limit: $status $code', async (one) => {
  const { gateway, upstream } = await start(one);
  const answers = await sendRaw(gateway.port, one.caller, one.closes ? closed : undefined);
  expect({ statuses: answers.statuses, code: codeOf(answers.bytes), closed: answers.closed }).toEqual({
    statuses: [one.status],
    code: one.code,
    closed: one.closes,
  });
  expect(answers.bytes).toContain(one.named);
  if (one.upstream === undefined) expect(upstream.received()).toBe('');
  else expect(upstream.received()).toMatch(one.upstream);
});

describe('at the limit, not over it', () => {
  test.each([
    ['target_max', { gateway: { target_max_bytes: 32 }, caller: request(`/vendor/${'a'.repeat(24)}`) }],
    [
      'header_field_max',
      { gateway: { header_field_max_bytes: 128 }, caller: request('/vendor/a', `X-A: ${'a'.repeat(121)}`) },
    ],
    [
      'headers_max_count',
      {
        gateway: { headers_max_count: 10 },
        caller: request('/vendor/a', ...Array.from({ length: 8 }, (_, at) => `X-${at}: a`)),
      },
    ],
    [
      'body_max by Content-Length',
      {
        connection: { body_max_bytes: 5 },
        caller: `${request('POST /vendor/a HTTP/1.1', 'Content-Length: 5')}hello`,
      },
    ],
    [
      'body_max by chunks',
      {
        connection: { body_max_bytes: 5 },
        caller: `${request('POST /vendor/a HTTP/1.1', 'Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\n\r\n`,
      },
    ],
  ] as const)('%s: 200', async (_name, one) => {
    const { gateway, upstream } = await start(one);
    const answers = await sendRaw(gateway.port, one.caller);
    expect(answers.statuses).toEqual([200]);
    expect(upstream.requests).toHaveLength(1);
  });
});

test('body_idle_timeout: an upstream that stops reading is not the fault of the caller', async () => {
  const { gateway, upstream } = await start({
    gateway: { body_idle_timeout_ms: 100 },
    connection: { call_timeout_ms: 400 },
    answer: SILENCE,
  });
  const answers = await sendRaw(
    gateway.port,
    `${request('POST /vendor/a HTTP/1.1', 'Content-Length: 5')}hello`,
  );
  expect([answers.statuses, codeOf(answers.bytes)]).toEqual([[504], 'upstream_timeout']);
  expect(upstream.requests).toHaveLength(1);
});

test('keep_alive_timeout: an idle socket is closed', async () => {
  const { gateway } = await start({ gateway: { keep_alive_timeout_ms: 50 } });
  const answers = await sendRaw(gateway.port, request('/vendor/a'), closed);
  expect([answers.statuses, answers.closed]).toEqual([[200], true]);
});

test('sockets_max: one more is refused without an answer', async () => {
  const { gateway, upstream } = await start({ gateway: { sockets_max: 1 } });
  const first = connect(gateway.port, '127.0.0.1');
  onTestFinished(() => {
    first.destroy();
  });
  first.write(request('/vendor/first'));
  await readRaw(first, (text) => wholeResponses(text) === 1);
  const second = await sendRaw(gateway.port, request('/vendor/second'), closed);
  expect([second.bytes, second.closed]).toEqual(['', true]);
  first.write(request('/vendor/third'));
  await readRaw(first, (text) => wholeResponses(text) === 1);
  expect(upstream.requests.map(({ head }) => head.split(' ')[1])).toEqual(['/first', '/third']);
});

test('requests_in_flight_max: 503 overloaded with Retry-After', async () => {
  const { gateway, upstream } = await start({ gateway: { requests_in_flight_max: 1 }, answer: SILENCE });
  const first = sendRaw(gateway.port, request('/vendor/first'));
  const [held] = await upstream.waitForRequests(1);
  const second = await sendRaw(gateway.port, request('/vendor/second'));
  expect([second.statuses, codeOf(second.bytes)]).toEqual([[503], 'overloaded']);
  expect(second.bytes).toContain('\r\nRetry-After: 1\r\n');
  expect(second.bytes).toContain('(requests_in_flight_max)');
  held?.socket.write(OK);
  expect((await first).statuses).toEqual([200]);
  expect(upstream.requests).toHaveLength(1);
});

const notLinux =
  process.platform === 'linux' ? '' : ' (not tried: only Linux drops what a full accept queue cannot hold)';
test.skipIf(notLinux !== '')(`connect_timeout: 502 upstream_unreachable${notLinux}`, async () => {
  const port = await stuckListener();
  const gateway = await startGateway({
    connections: { vendor: { base_url: `http://127.0.0.1:${port}`, limits: { connect_timeout_ms: 100 } } },
  });
  const answers = await sendRaw(gateway.port, request('/vendor/a'));
  expect([answers.statuses, codeOf(answers.bytes)]).toEqual([[502], 'upstream_unreachable']);
  const line = await gateway.logged(({ msg }) => msg === 'exchange');
  expect(line.error).toBe('UND_ERR_CONNECT_TIMEOUT');
});

test('call_timeout: the wait for a socket counts', async () => {
  const { gateway, upstream } = await start({
    connection: { call_timeout_ms: 200, upstream_sockets_max: 1 },
    answer: ({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n');
      return SILENCE;
    },
  });
  const first = connect(gateway.port, '127.0.0.1');
  onTestFinished(() => {
    first.destroy();
  });
  first.write(request('/vendor/first'));
  await readRaw(first, (text) => text.includes('\r\n\r\n'));
  const second = await sendRaw(gateway.port, request('/vendor/second'));
  expect([second.statuses, codeOf(second.bytes)]).toEqual([[504], 'upstream_timeout']);
  expect(upstream.received()).not.toContain('/second');
});

test('upstream_idle_timeout: the answer is cut, so that the caller sees it', async () => {
  const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n';
  const { gateway } = await start({ connection: { upstream_idle_timeout_ms: 100 }, answer: head });
  const answers = await sendRaw(gateway.port, request('/vendor/a'), closed);
  expect([answers.statuses, answers.closed]).toEqual([[200], true]);
  expect(answers.bytes.endsWith('\r\n\r\n2\r\nok\r\n')).toBe(true);
  const line = await gateway.logged(({ msg }) => msg === 'exchange');
  expect([line.cut, line.error]).toEqual([true, 'UND_ERR_BODY_TIMEOUT']);
});

test('upstream_sockets_max: what is over it is queued, and sent in order', async () => {
  const { gateway, upstream } = await start({ connection: { upstream_sockets_max: 1 }, answer: SILENCE });
  const first = sendRaw(gateway.port, request('/vendor/first'));
  await upstream.waitForRequests(1);
  const second = sendRaw(gateway.port, request('/vendor/second'));
  // A request to another path of the gateway is answered behind the second on the same event loop.
  expect((await sendRaw(gateway.port, request('/nowhere'))).statuses).toEqual([404]);
  expect(upstream.requests).toHaveLength(1);
  upstream.requests[0]?.socket.write(OK);
  expect((await first).statuses).toEqual([200]);
  await upstream.waitForRequests(2);
  upstream.requests[1]?.socket.write(OK);
  expect((await second).statuses).toEqual([200]);
  expect([upstream.sockets, upstream.requests.map(({ head }) => head.split(' ')[1])]).toEqual([
    1,
    ['/first', '/second'],
  ]);
});

test('upstream_queue_max: 503 overloaded with Retry-After', async () => {
  const { gateway, upstream } = await start({
    connection: { upstream_sockets_max: 1, upstream_queue_max: 1 },
    answer: SILENCE,
  });
  const socket = connect(gateway.port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  // Pipelined, so that the queue is full before the third is looked at.
  socket.write(request('/vendor/first') + request('/vendor/second'));
  await upstream.waitForRequests(1);
  const third = await sendRaw(gateway.port, request('/vendor/third'));
  expect([third.statuses, codeOf(third.bytes)]).toEqual([[503], 'overloaded']);
  expect(third.bytes).toContain('\r\nRetry-After: 1\r\n');
  expect(third.bytes).toContain('(upstream_queue_max)');
});

describe('the rate limit of an account', () => {
  const FIELDS = 'Retry-After: 1\r\nRateLimit-Policy: "account";q=2;w=2\r\nRateLimit: "account";r=0;t=1\r\n';

  test('over the burst: 429 with Retry-After and the RateLimit fields', async () => {
    const { gateway, upstream } = await start({ rate: { requests_per_second: 1, burst: 2 } });
    const answers = await sendRaw(
      gateway.port,
      request('/vendor/1') + request('/vendor/2') + request('/vendor/3'),
      (text) => wholeResponses(text) === 3,
    );
    expect([answers.statuses, codeOf(answers.bytes)]).toEqual([[200, 200, 429], 'rate_limited']);
    expect(answers.bytes).toContain(FIELDS);
    expect(upstream.requests).toHaveLength(2);
  });

  test('what is refused before it is not counted', async () => {
    const { gateway } = await start({ rate: { requests_per_second: 1, burst: 2 } });
    const wrong = 'GET /vendor/a HTTP/1.1\r\nHost: gw\r\nX-API-Key: wrong\r\n\r\n';
    const answers = await sendRaw(
      gateway.port,
      wrong +
        wrong +
        request('/nowhere') +
        request('/vendor/1') +
        request('/vendor/2') +
        request('/vendor/3'),
      (text) => wholeResponses(text) === 6,
    );
    expect(answers.statuses).toEqual([401, 401, 404, 200, 200, 429]);
  });
});
