import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { describe } from '../support/described.ts';
import { answerOf, startInvoking } from '../support/invoking.ts';
import type { InvokingSpec } from '../support/invoking.ts';
import type { RawAnswer } from '../support/raw-upstream.ts';
import { CREDENTIALS, TEST_ENVIRONMENT } from '../support/table.ts';

// What is told of an upstream's answer.

const { SECRET } = TEST_ENVIRONMENT;
const GET = { method: 'GET', path: '/a' };
const json = (content: string, ...fields: string[]) =>
  answerOf('200 OK', 'application/json', content, ...fields);
const cutAfter = (bytes: Buffer): RawAnswer => {
  return ({ socket }) => void socket.write(bytes, () => socket.end());
};
/** The head of an answer that promises more than comes. */
const promising = (type: string, content: string | Buffer, ...fields: string[]) => {
  const whole = answerOf('200 OK', type, content, ...fields).toString('latin1');
  return Buffer.from(whole.replace(/Content-Length: \d+/, 'Content-Length: 9999'), 'latin1');
};

interface Row {
  readonly answer: RawAnswer;
  readonly told: Readonly<Record<string, unknown>>;
  readonly call?: object;
  readonly spec?: InvokingSpec['connection'];
}

const told = (body: unknown, more: object = {}): Record<string, unknown> => ({ status: 200, body, ...more });
const limit = (max_response_bytes: number): Row['spec'] => ({ limits: { max_response_bytes } });
const hint = (bytes: number, ask = 'ask for less, by a page size, a filter or fields') =>
  `body is the first ${bytes} bytes, as text (max_response_bytes of the connection): ${ask}`;

const ROWS: Record<string, Row> = {
  'JSON, parsed': { answer: json('{"a":[1,null,"é"]}'), told: told({ a: [1, null, 'é'] }) },
  'JSON that names itself otherwise': {
    answer: answerOf('200 OK', 'application/vnd.api+json; charset=utf-8', '\ufeff[1]'),
    told: told([1]),
  },
  'JSON that is none': { answer: json('{"a":'), told: told('{"a":') },
  'JSON that is nested beyond reason': {
    answer: json('['.repeat(200) + ']'.repeat(200)),
    told: told('['.repeat(200) + ']'.repeat(200)),
  },
  'a member named __proto__': {
    answer: json(`{"__proto__":{"a":1},"echo":"\\u0076${SECRET.slice(1)}"}`),
    spec: { credential: CREDENTIALS.bearer },
    told: told(JSON.parse('{"__proto__":{"a":1},"echo":"[redacted]"}')),
  },
  text: { answer: answerOf('200 OK', 'text/csv', 'a,b\n'), told: told('a,b\n') },
  YAML: { answer: answerOf('200 OK', 'application/yaml', 'a: 1'), told: told('a: 1') },
  'lines of JSON': { answer: answerOf('200 OK', 'application/x-ndjson', '{}\n{}'), told: told('{}\n{}') },
  GraphQL: { answer: answerOf('200 OK', 'application/graphql', '{ a }'), told: told('{ a }') },
  XML: { answer: answerOf('200 OK', 'application/atom+xml', '<a/>'), told: told('<a/>') },
  'text in another charset': {
    answer: answerOf('200 OK', 'text/plain; charset=iso-8859-1', Buffer.from([0xe4])),
    told: told('ä'),
  },
  'text in a charset that nobody has': {
    answer: answerOf('200 OK', 'text/plain; charset=x-none', 'ä'),
    told: told('ä'),
  },
  'no media type, and text': { answer: answerOf('200 OK', '', '{"a":1}'), told: told({ a: 1 }) },
  'a media type that is none, and text': { answer: answerOf('200 OK', 'json', 'hi'), told: told('hi') },
  'an error of the upstream': {
    answer: answerOf('404 Not Found', 'application/json', '{"error":"gone"}'),
    told: { status: 404, body: { error: 'gone' } },
  },
  'a redirect, not followed': {
    answer: answerOf('302 Found', '', '', 'Location: https://elsewhere.example/x'),
    told: {
      status: 302,
      body: null,
      headers: { Location: ['https://elsewhere.example/x'], 'Content-Length': ['0'] },
    },
  },
  'no content': {
    answer: 'HTTP/1.1 204 No Content\r\nContent-Type: image/png\r\n\r\n',
    told: { status: 204, body: null },
  },
  'an answer to HEAD': {
    call: { method: 'HEAD', path: '/a' },
    answer: 'HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 5\r\n\r\n',
    told: told(null, { headers: { 'Content-Type': ['image/png'], 'Content-Length': ['5'] } }),
  },
  'an image of no bytes': { answer: answerOf('200 OK', 'image/png', ''), told: told(null) },
  'headers, those that are told': {
    answer: json(
      '1',
      'Set-Cookie: a=b',
      'X-Secret: s',
      'ETag: "x"',
      'x-ratelimit-remaining: 4',
      'LINK: </a>; rel="prev"',
      'Link: </b>; rel="last"',
      'Retry-After: 5',
      'X-Total-Count: 7',
    ),
    told: told(1, {
      headers: {
        'Content-Type': ['application/json'],
        ETag: ['"x"'],
        'X-RateLimit-Remaining': ['4'],
        Link: ['</a>; rel="prev"', '</b>; rel="last"'],
        'Retry-After': ['5'],
        'X-Total-Count': ['7'],
        'Content-Length': ['1'],
      },
    }),
  },
  gzip: { answer: json(gzipSync('{"a":1}') as never, 'Content-Encoding: gzip'), told: told({ a: 1 }) },
  brotli: {
    answer: json(brotliCompressSync('{"a":1}') as never, 'Content-Encoding: br'),
    told: told({ a: 1 }),
  },
  deflate: {
    answer: json(deflateSync('{"a":1}') as never, 'Content-Encoding: deflate'),
    told: told({ a: 1 }),
  },
  'deflate without its frame': {
    answer: json(deflateRawSync('{"a":1}') as never, 'Content-Encoding: DEFLATE'),
    told: told({ a: 1 }),
  },
  'much that was packed into little': {
    answer: answerOf('200 OK', 'text/plain', gzipSync('a'.repeat(1_000_000)), 'Content-Encoding: gzip'),
    spec: limit(1000),
    told: told('a'.repeat(1000), { body_truncated: true, hint: hint(1000) }),
  },
  'what is not in its coding': {
    answer: json('{"a":1}', 'Content-Encoding: gzip'),
    told: told(null, {
      error: {
        code: 'upstream_protocol',
        message:
          'the call was made, and its answer is not what its Content-Encoding says; body is what came of it',
      },
    }),
  },
  'as long as it may be': { answer: json('"aaa"'), spec: limit(5), told: told('aaa') },
  'longer than it may be': {
    answer: json('"aaaa"'),
    spec: limit(5),
    told: told('"aaaa', { body_truncated: true, hint: hint(5) }),
  },
  'cut within a character': {
    answer: answerOf('200 OK', 'text/plain', 'aä€😀'),
    spec: limit(9),
    told: told('aä€', { body_truncated: true, hint: hint(6) }),
  },
  'cut at the end of a character': {
    answer: answerOf('200 OK', 'text/plain', 'aä€😀x'),
    spec: limit(10),
    told: told('aä€😀', { body_truncated: true, hint: hint(10) }),
  },
  'longer than it may be, where the description says how to ask for less': {
    answer: json('[1,2]'),
    spec: {
      ...limit(3),
      described: describe([
        {
          id: 'GET /a',
          parameters: ['per_page', 'q', 'fields[]', '$top'].map((name) => ({ name, in: 'query' })),
        },
      ]),
    },
    told: told('[1,', { body_truncated: true, hint: hint(3, 'ask for less by per_page, fields[], $top') }),
  },
  'content that breaks off': {
    answer: cutAfter(promising('application/json', '{"a":"ä')),
    told: told('{"a":"ä', {
      error: {
        code: 'upstream_unreachable',
        message:
          'the call was made, and its answer broke off: the upstream of vendor could not be reached or closed the connection; body is what came of it',
      },
    }),
  },
  'packed content that breaks off': {
    answer: cutAfter(
      promising('text/plain', gzipSync('hello', { level: 0 }).subarray(0, 18), 'Content-Encoding: gzip'),
    ),
    told: told('hel', {
      error: {
        code: 'upstream_unreachable',
        message:
          'the call was made, and its answer broke off: the upstream of vendor could not be reached or closed the connection; body is what came of it',
      },
    }),
  },
  'content that takes longer than the call may': {
    answer: promising('text/event-stream', 'data: 1\n\n'),
    spec: { limits: { call_timeout_ms: 300 } },
    told: told('data: 1\n\n', {
      error: {
        code: 'upstream_timeout',
        message:
          'the call was made, and its answer broke off: the upstream of vendor did not answer in full within 300 ms; body is what came of it',
      },
    }),
  },
  'the credential, echoed': {
    answer: json(
      JSON.stringify({ [SECRET]: [`Bearer ${SECRET}`, encodeURIComponent(`x=${SECRET}&y`), 1] }),
      `Location: /x?key=${SECRET}`,
    ),
    spec: { credential: CREDENTIALS.bearer },
    told: told(
      { '[redacted]': ['Bearer [redacted]', 'x%3D[redacted]%26y', 1] },
      {
        headers: {
          'Content-Type': ['application/json'],
          Location: ['/x?key=[redacted]'],
          'Content-Length': ['89'],
        },
      },
    ),
  },
  'the credential, echoed as text': {
    answer: answerOf('200 OK', 'text/plain', `<${SECRET}> ${SECRET.replaceAll('-', '%2D')} 100%`),
    spec: { credential: CREDENTIALS.bearer },
    told: told('<[redacted]> [redacted] 100%'),
  },
  'the credential, cut off': {
    answer: answerOf('200 OK', 'text/plain', `<${SECRET}>`),
    spec: { credential: CREDENTIALS.bearer, ...limit(SECRET.length) },
    told: told('<[redacted]', { body_truncated: true, hint: hint(SECRET.length) }),
  },
  'the credential, encoded and cut off within a character': {
    answer: answerOf('200 OK', 'text/plain', `<${SECRET.replaceAll('-', '%2D')}>`),
    spec: { credential: CREDENTIALS.bearer, ...limit(SECRET.indexOf('-') + 3) },
    told: told('<[redacted]', { body_truncated: true, hint: hint(SECRET.indexOf('-') + 3) }),
  },
  'a secret with slashes, as JSON and as text escape them': {
    answer: answerOf('200 OK', 'application/x-ndjson', '{"a":"other\\/secret+6c5b=","b":"c\\/d"}'),
    spec: { static_headers: { 'X-Other': '$OTHER_SECRET' } },
    told: told('{"a":"[redacted]","b":"c\\/d"}'),
  },
  'a path under the base path of the connection, without its key': {
    answer: json('1'),
    call: { method: 'GET', path: '/b', query_params: { q: 'x' } },
    spec: { credential: CREDENTIALS.query },
    told: told(1, { resolved_path: '/b?q=x' }),
  },
};

test.each(Object.entries(ROWS))('%s', async (_name, { answer, told: expected, call, spec }) => {
  const { upstream, gateway, invoke } = await startInvoking({
    answer,
    ...(spec === undefined ? {} : { connection: spec }),
  });
  const called = await invoke(call ?? GET);
  expect(called.status).toBe(200);
  expect(called.answer).toMatchObject(expected);
  for (const name of ['body_truncated', 'hint', 'error']) expect(called.answer[name]).toEqual(expected[name]);
  expect(called.content).not.toContain(SECRET);
  expect(called.answer['duration_ms']).toEqual(expect.any(Number));
  expect(upstream.requests.length).toBe(1);
  const line = await gateway.logged(({ msg }) => msg === 'exchange');
  const problem = (expected['error'] as { code: string } | undefined)?.code ?? null;
  expect(line).toMatchObject({ door: 'invoke', status: 200, problem, source: 'upstream' });
});
