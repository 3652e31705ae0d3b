import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { describe } from '../support/described.ts';
import { headOf } from '../support/sides.ts';
import { startValidating, withBody } from '../support/validating.ts';

const JSON_POST = 'POST /vendor/items HTTP/1.1';
const LONG = `{"name":"${'x'.repeat(2000)}"}`;
const chunked = (content: string) =>
  `${headOf(JSON_POST, 'Content-Type: application/json', 'Transfer-Encoding: chunked')}${content.length.toString(16)}\r\n${content}\r\n0\r\n\r\n`;

const UNREAD: [
  what: string,
  request: string | Buffer,
  why: string,
  answer: { readonly status: number; readonly code: string },
][] = [
  [
    'too long',
    withBody(JSON_POST, 'application/json', LONG),
    'size',
    { status: 413, code: 'body_too_large' },
  ],
  ['too long in chunks', chunked(LONG), 'size', { status: 413, code: 'body_too_large' }],
  [
    'an unknown coding',
    withBody(JSON_POST, 'application/json', '{}', 'Content-Encoding: zstd'),
    'encoding',
    { status: 415, code: 'content_encoding_unsupported' },
  ],
  [
    'two codings',
    withBody(JSON_POST, 'application/json', '{}', 'Content-Encoding: gzip, br'),
    'encoding',
    { status: 415, code: 'content_encoding_unsupported' },
  ],
  [
    'a bomb',
    withBody(JSON_POST, 'application/json', gzipSync(' '.repeat(1_000_000)), 'Content-Encoding: gzip'),
    'decoded_size',
    { status: 413, code: 'body_too_large' },
  ],
];
const SHORT = { limits: { validate_body_max_bytes: 1500 } };

test.each(UNREAD)('enforce refuses what it cannot look at: %s', async (_what, request, why, answer) => {
  const { upstream, gateway, send } = await startValidating('enforce', SHORT);
  expect(await send(request)).toMatchObject({ ...answer, faults: [] });
  expect((await gateway.logged(({ msg }) => msg === 'exchange'))['unchecked']).toBe(why);
  expect(upstream.received()).toBe('');
});

test.each(UNREAD)('warn sends what it cannot look at, and says so: %s', async (_what, request, why) => {
  const { upstream, gateway, send } = await startValidating('warn', SHORT);
  expect((await send(request)).status).toBe(200);
  const sent = typeof request === 'string' ? request : request.toString('latin1');
  const body = upstream.requests[0]?.body ?? '';
  const unframed = (text: string) => text.replace(/^[0-9a-f]+\r\n|\r\n0\r\n\r\n$/g, '');
  expect(unframed(body)).toBe(unframed(sent.slice(sent.indexOf('\r\n\r\n') + 4)));
  const line = await gateway.logged(({ msg }) => msg === 'exchange');
  expect([line['validation'], line['unchecked']]).toEqual(['unchecked', why]);
});

test('who waits to be told to continue is told its faults instead', async () => {
  const { send } = await startValidating('enforce');
  const request = headOf(
    'POST /vendor/items HTTP/1.1',
    'Content-Type: text/plain',
    'Content-Length: 5',
    'Expect: 100-continue',
  );
  expect((await send(request)).faults).toEqual(['header Content-Type: one of application/json']);
});

test('headers that the connection sets are not asked of the caller', async () => {
  const described = describe([
    {
      id: 'GET /a',
      parameters: [{ name: 'X-Version', in: 'header', required: true, schema: { enum: ['2'] } }],
    },
  ]);
  const { send } = await startValidating('enforce', { described, static_headers: { 'X-Version': '1' } });
  expect((await send(headOf('/vendor/a'))).status).toBe(200);
});
