import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readRaw, sendRaw, wholeResponses } from '../support/raw-caller.ts';
import { OK } from '../support/raw-upstream.ts';
import { codeOf, headOf, SILENCE, startSides } from '../support/sides.ts';
import type { SidesSpec } from '../support/sides.ts';

const closed = (): boolean => false;

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
    caller: headOf(`/vendor/${'a'.repeat(25)}`),
    status: 414,
    code: 'target_too_large',
    named: '32 bytes (target_max)',
    closes: true,
  },
  {
    limit: 'target_max where the target is over everything together',
    gateway: { target_max_bytes: 32, headers_max_bytes: 256 },
    caller: headOf(`/vendor/${'a'.repeat(4096)}`),
    status: 431,
    code: 'headers_too_large',
    named: '(headers_max)',
    closes: true,
  },
  {
    limit: 'header_field_max',
    gateway: { header_field_max_bytes: 128 },
    caller: headOf('/vendor/a', `X-A: ${'a'.repeat(122)}`),
    status: 431,
    code: 'headers_too_large',
    named: '128 bytes (header_field_max)',
    closes: true,
  },
  {
    limit: 'headers_max',
    gateway: { headers_max_bytes: 512 },
    caller: headOf('/vendor/a', ...Array.from({ length: 10 }, (_, at) => `X-${at}: ${'a'.repeat(50)}`)),
    status: 431,
    code: 'headers_too_large',
    named: '512 bytes (headers_max)',
    closes: true,
  },
  {
    limit: 'headers_max_count',
    gateway: { headers_max_count: 10 },
    caller: headOf('/vendor/a', ...Array.from({ length: 9 }, (_, at) => `X-${at}: a`)),
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
    caller: `${headOf('POST /vendor/a HTTP/1.1', 'Content-Length: 5')}he`,
    status: 408,
    code: 'request_timeout',
    named: '(body_idle_timeout)',
    closes: true,
  },
  {
    limit: 'body_idle_timeout, a content that is streamed',
    gateway: { body_idle_timeout_ms: 500 },
    caller: `${headOf('POST /vendor/a HTTP/1.1', 'Transfer-Encoding: chunked')}2\r\nhe\r\n`,
    status: 408,
    code: 'request_timeout',
    named: '(body_idle_timeout)',
    closes: true,
    upstream: /\r\n\r\n2\r\nhe(\r\n)?$/,
  },
  {
    limit: 'body_max by Content-Length',
    connection: { body_max_bytes: 4 },
    caller: `${headOf('POST /vendor/a HTTP/1.1', 'Content-Length: 5')}hello`,
    status: 413,
    code: 'body_too_large',
    named: '4 bytes (limits.body_max)',
    closes: false,
  },
  {
    limit: 'body_max by chunks',
    connection: { body_max_bytes: 4 },
    caller: `${headOf('POST /vendor/a HTTP/1.1', 'Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\n\r\n`,
    status: 413,
    code: 'body_too_large',
    named: '4 bytes (limits.body_max)',
    closes: false,
  },
];

test.each(REFUSALS)('$limit: $status $code', async (one) => {
  const { gateway, upstream } = await startSides(one);
  const answers = await sendRaw(gateway.port, one.caller, one.closes ? closed : undefined);
  expect({ statuses: answers.statuses, code: codeOf(answers.bytes), closed: answers.closed }).toEqual({
    statuses: [one.status],
    code: one.code,
    closed: one.closes,
  });
  expect(answers.bytes).toContain(one.named);
  expect(upstream.received()).toMatch(one.upstream ?? /^$/);
});

describe('at the limit, not over it', () => {
  test.each([
    ['target_max', { gateway: { target_max_bytes: 32 }, caller: headOf(`/vendor/${'a'.repeat(24)}`) }],
    [
      'header_field_max',
      { gateway: { header_field_max_bytes: 128 }, caller: headOf('/vendor/a', `X-A: ${'a'.repeat(121)}`) },
    ],
    [
      'headers_max_count',
      {
        gateway: { headers_max_count: 10 },
        caller: headOf('/vendor/a', ...Array.from({ length: 8 }, (_, at) => `X-${at}: a`)),
      },
    ],
    [
      'body_max by Content-Length',
      {
        connection: { body_max_bytes: 5 },
        caller: `${headOf('POST /vendor/a HTTP/1.1', 'Content-Length: 5')}hello`,
      },
    ],
    [
      'body_max by chunks',
      {
        connection: { body_max_bytes: 5 },
        caller: `${headOf('POST /vendor/a HTTP/1.1', 'Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\n\r\n`,
      },
    ],
  ] as const)('%s: 200', async (_name, one) => {
    const { gateway, upstream } = await startSides(one);
    const answers = await sendRaw(gateway.port, one.caller);
    expect(answers.statuses).toEqual([200]);
    expect(upstream.requests).toHaveLength(1);
  });
});

test('keep_alive_timeout: an idle socket is closed', async () => {
  const { gateway } = await startSides({ gateway: { keep_alive_timeout_ms: 50 } });
  const answers = await sendRaw(gateway.port, headOf('/vendor/a'), closed);
  expect([answers.statuses, answers.closed]).toEqual([[200], true]);
});

test('sockets_max: one more is refused without an answer', async () => {
  const { gateway, upstream } = await startSides({ gateway: { sockets_max: 1 } });
  const first = connect(gateway.port, '127.0.0.1');
  onTestFinished(() => {
    first.destroy();
  });
  first.write(headOf('/vendor/first'));
  await readRaw(first, (text) => wholeResponses(text) === 1);
  const second = await sendRaw(gateway.port, headOf('/vendor/second'), closed);
  expect([second.bytes, second.closed]).toEqual(['', true]);
  first.write(headOf('/vendor/third'));
  await readRaw(first, (text) => wholeResponses(text) === 1);
  expect(upstream.requests.map(({ head }) => head.split(' ')[1])).toEqual(['/first', '/third']);
});

test('requests_in_flight_max: 503 overloaded with Retry-After', async () => {
  const { gateway, upstream } = await startSides({ gateway: { requests_in_flight_max: 1 }, answer: SILENCE });
  const first = sendRaw(gateway.port, headOf('/vendor/first'));
  const [held] = await upstream.waitForRequests(1);
  const second = await sendRaw(gateway.port, headOf('/vendor/second'));
  expect([second.statuses, codeOf(second.bytes)]).toEqual([[503], 'overloaded']);
  expect(second.bytes).toContain('\r\nRetry-After: 1\r\n');
  expect(second.bytes).toContain('(requests_in_flight_max)');
  held?.socket.write(OK);
  expect((await first).statuses).toEqual([200]);
  expect(upstream.requests).toHaveLength(1);
});

test('requests_in_flight_max: what is refused at once is not in flight, though its answer waits', async () => {
  const { gateway, upstream } = await startSides({ gateway: { requests_in_flight_max: 2 }, answer: SILENCE });
  const first = connect(gateway.port, '127.0.0.1');
  onTestFinished(() => {
    first.destroy();
  });
  first.write(headOf('/vendor/first') + 'GET / HTTP/1.1\r\nHost: gw\r\n\r\n'.repeat(5));
  await upstream.waitForRequests(1);
  expect((await sendRaw(gateway.port, headOf('/nowhere'))).statuses).toEqual([404]);
  upstream.requests[0]?.socket.write(OK);
  const answers = await readRaw(first, (text) => wholeResponses(text) === 6);
  expect(answers.statuses).toEqual([200, 401, 401, 401, 401, 401]);
});

describe('the rate limit of an account', () => {
  const FIELDS = 'Retry-After: 1\r\nRateLimit-Policy: "account";q=2;w=2\r\nRateLimit: "account";r=0;t=1\r\n';

  test('over the burst: 429 with Retry-After and the RateLimit fields', async () => {
    const { gateway, upstream } = await startSides({ rate: { requests_per_second: 1, burst: 2 } });
    const answers = await sendRaw(
      gateway.port,
      headOf('/vendor/1') + headOf('/vendor/2') + headOf('/vendor/3'),
      (text) => wholeResponses(text) === 3,
    );
    expect([answers.statuses, codeOf(answers.bytes)]).toEqual([[200, 200, 429], 'rate_limited']);
    expect(answers.bytes).toContain(FIELDS);
    expect(upstream.requests).toHaveLength(2);
  });

  test('what is refused before it is not counted', async () => {
    const { gateway } = await startSides({ rate: { requests_per_second: 1, burst: 2 } });
    const wrong = 'GET /vendor/a HTTP/1.1\r\nHost: gw\r\nX-API-Key: wrong\r\n\r\n';
    const answers = await sendRaw(
      gateway.port,
      wrong + wrong + headOf('/nowhere') + headOf('/vendor/1') + headOf('/vendor/2') + headOf('/vendor/3'),
      (text) => wholeResponses(text) === 6,
    );
    expect(answers.statuses).toEqual([401, 401, 404, 200, 200, 429]);
  });
});
