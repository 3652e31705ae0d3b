import { expect, test } from 'vitest';
import { codeOf } from '../support/sides.ts';
import { answerOf, startInvoking } from '../support/invoking.ts';
import type { RawAnswer } from '../support/raw-upstream.ts';
import { CREDENTIALS, TEST_ENVIRONMENT, TEST_KEY } from '../support/table.ts';

// What invoke-raw lets through of an upstream's answer: its status and bytes, and headers that do no harm.

const SAFE = ['X-Content-Type-Options: nosniff', "Content-Security-Policy: sandbox; default-src 'none'"];
const lines = (...own: string[]) => [...own, ...SAFE];

interface Row {
  readonly answer: RawAnswer;
  readonly status: number;
  /** All headers but those of the socket. */
  readonly headers: readonly string[];
  readonly content: string;
}

const type = (written: string, ...own: string[]): Row => ({
  answer: answerOf('200 OK', written, '<script>'),
  status: 200,
  headers: lines('Content-Length: 8', 'Cache-Control: private', ...own),
  content: '<script>',
});

const ROWS: Record<string, Row> = {
  bytes: {
    answer: answerOf('200 OK', 'image/png', Buffer.from([0, 0xff, 0x80])),
    status: 200,
    headers: lines('Content-Length: 3', 'Cache-Control: private', 'Content-Type: image/png'),
    content: '\x00\xff\x80',
  },
  'an error of the upstream': {
    answer: answerOf(
      '401 Unauthorized',
      'application/json',
      '{}',
      'WWW-Authenticate: Basic',
      'Gateway-Error: forbidden',
    ),
    status: 401,
    headers: lines('Content-Length: 2', 'Cache-Control: private', 'Content-Type: application/json'),
    content: '{}',
  },
  'headers, those that are safe': {
    answer: answerOf(
      '206 Partial Content',
      'application/json',
      'xy',
      'Content-Encoding: gzip',
      'Content-Range: bytes 0-1/9',
      'ETag: "a"',
      'Last-Modified: Sat, 28 Nov 2026 00:00:00 GMT',
      'Cache-Control: max-age=5',
      'Set-Cookie: a=b',
      'Access-Control-Allow-Origin: *',
      'Location: https://elsewhere.example/',
      'Refresh: 0',
      'Clear-Site-Data: "*"',
    ),
    status: 206,
    headers: lines(
      'Content-Length: 2',
      'Content-Encoding: gzip',
      'Content-Range: bytes 0-1/9',
      'ETag: "a"',
      'Last-Modified: Sat, 28 Nov 2026 00:00:00 GMT',
      'Cache-Control: max-age=5',
      'Content-Type: application/json',
    ),
    content: 'xy',
  },
  HTML: type('text/html', 'Content-Type: text/html', 'Content-Disposition: attachment'),
  'a picture that runs scripts': type(
    'image/svg+xml',
    'Content-Type: image/svg+xml',
    'Content-Disposition: attachment',
  ),
  XML: type('application/xml', 'Content-Type: application/xml', 'Content-Disposition: attachment'),
  'a script': type('text/javascript', 'Content-Type: text/javascript', 'Content-Disposition: attachment'),
  'a media type of nobody': type('x/y', 'Content-Type: x/y', 'Content-Disposition: attachment'),
  'a media type that is none': type('text/html, text/plain', 'Content-Type: application/octet-stream'),
  'the name of a file': {
    ...type('application/pdf'),
    answer: answerOf(
      '200 OK',
      'application/pdf',
      '<script>',
      'Content-Disposition: inline; filename="../../a/..b c;\\"é.pdf"',
    ),
    headers: lines(
      'Content-Length: 8',
      'Cache-Control: private',
      'Content-Type: application/pdf',
      'Content-Disposition: attachment; filename="b_c_.pdf"',
    ),
  },
  'the name of a file that is shown': {
    ...type('text/plain'),
    answer: answerOf('200 OK', 'text/plain', '<script>', 'Content-Disposition: inline; filename=a.txt'),
    headers: lines(
      'Content-Length: 8',
      'Cache-Control: private',
      'Content-Type: text/plain',
      'Content-Disposition: inline; filename="a.txt"',
    ),
  },
  'what is to be saved': {
    ...type('text/plain'),
    answer: answerOf('200 OK', 'text/plain', '<script>', 'Content-Disposition: Attachment'),
    headers: lines(
      'Content-Length: 8',
      'Cache-Control: private',
      'Content-Type: text/plain',
      'Content-Disposition: attachment',
    ),
  },
  'no content': {
    answer: 'HTTP/1.1 204 No Content\r\n\r\n',
    status: 204,
    headers: lines('Cache-Control: private', 'Content-Type: application/octet-stream'),
    content: '',
  },
  'a secret in a header': {
    ...type('text/plain'),
    answer: answerOf('200 OK', 'text/plain', '<script>', `ETag: "${TEST_ENVIRONMENT.SECRET}"`),
    headers: lines(
      'Content-Length: 8',
      'ETag: "[redacted]"',
      'Cache-Control: private',
      'Content-Type: text/plain',
    ),
  },
};

test.each(Object.entries(ROWS))('%s', async (_name, { answer, status, headers, content }) => {
  const { gateway, invokeRaw } = await startInvoking({
    answer,
    connection: { credential: CREDENTIALS.bearer },
  });
  const called = await invokeRaw({ method: 'GET', path: '/a' });
  const [, ...fields] = called.head.split('\r\n');
  expect(called.status).toBe(status);
  expect(fields.filter((field) => !/^(?:Date|Connection|Keep-Alive): /.test(field))).toEqual(headers);
  expect(called.content).toBe(content);
  const line = await gateway.logged(({ msg }) => msg === 'exchange');
  expect(line).toMatchObject({ door: 'invoke', status, source: 'upstream', problem: null, cut: false });
});

test('an answer that breaks off is cut', async () => {
  const { gateway, invokeRaw } = await startInvoking({
    answer: ({ socket }) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'),
  });
  const called = await invokeRaw({ method: 'GET', path: '/a' });
  expect([called.status, called.content]).toEqual([200, 'abc']);
  const line = await gateway.logged(({ msg }) => msg === 'exchange');
  expect(line).toMatchObject({ cut: true, problem: 'upstream_unreachable' });
});

test('content is streamed: it comes before the upstream is done', async () => {
  const { upstream, gateway } = await startInvoking({
    answer: ({ socket }) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc'),
  });
  const response = await fetch(`http://127.0.0.1:${gateway.port}/api/v1/gateway/vendor/invoke-raw`, {
    method: 'POST',
    headers: { 'X-API-Key': TEST_KEY },
    body: JSON.stringify({ method: 'GET', path: '/a' }),
  });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('abc');
  upstream.requests[0]?.socket.write('def');
  expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('def');
});

test('what is refused is a problem', async () => {
  const { invokeRaw } = await startInvoking();
  const called = await invokeRaw({ method: 'GET', path: '/a', headers: { Host: 'x' } });
  expect([called.status, codeOf(`${called.head}\r\n`)]).toEqual([400, 'request_invalid']);
});
