import { test } from 'vitest';
import { checkRefused, get, invalid, post } from '../support/refused-calls.ts';
import type { Refused } from '../support/refused-calls.ts';
import { CREDENTIALS } from '../support/table.ts';

// Queries, bodies and sizes that a call cannot have.

const QUERIES: Record<string, Refused> = {
  'an object that nothing describes': {
    call: get({ query_params: { a: { b: 1 }, c: [[1]] } }),
    says: invalid(
      'query_params "a": text, a number, true or false, or a list of them; query_params "c": text, a number, true or false at each place',
    ),
  },
  'no name': {
    call: get({ query_params: { '': 'x' } }),
    says: invalid('query_params "": a name that is not empty'),
  },
  'the key of the connection': {
    call: get({ query_params: { api_key: 'mine' } }),
    spec: { connection: { credential: CREDENTIALS.query } },
    says: invalid('query_params "api_key": to be left out: the connection sets it'),
  },
  'a pair of the connection': {
    call: get({ query_params: { v: '2' } }),
    spec: { connection: { query: [{ name: 'v', value: { text: '1', at: 'gateway.d/test.yaml:1:1' } }] } },
    says: invalid('query_params "v": to be left out: the connection sets it'),
  },
};

const BODIES: Record<string, Refused> = {
  'a body of GET': {
    call: get({ body: { a: 1 } }),
    says: invalid('body: nothing: GET has no content; what selects goes into query_params'),
  },
  'a body of HEAD': {
    call: { method: 'HEAD', path: '/a', body: 'x' },
    says: invalid('body: nothing: HEAD has no content; what selects goes into query_params'),
  },
  'text that is no JSON, for JSON': {
    call: { operation_id: 'POST /objects', body: 'name=a' },
    says: invalid('body: JSON: an object or list, or text that is JSON'),
  },
  'a list for a form': {
    call: post([1], { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }),
    says: invalid('body: an object, or form content as text'),
  },
  'text for multipart': {
    call: { operation_id: 'POST /upload', body: 'x' },
    says: invalid(
      'body: an object: fields as text, files as {filename, content or content_base64, content_type}',
    ),
  },
  'an object for XML': {
    call: { operation_id: 'POST /xml', body: { a: 1 } },
    says: invalid('body: application/xml as text, or as {content_base64, content_type}'),
  },
  'base64 that is none': {
    call: post({ content_base64: 'a?b' }),
    says: invalid('body/content_base64: base64'),
  },
  'a content_type with a line of its own': {
    call: post({ content_base64: 'aGk=', content_type: 'text/plain\r\nX-Evil: 1' }),
    says: invalid('body/content_type: a media type'),
  },
  'two media types': {
    call: post(
      { content_base64: 'aGk=', content_type: 'text/plain' },
      { headers: { 'Content-Type': 'text/csv' } },
    ),
    says: invalid('body/content_type: the Content-Type that goes out already, or none'),
  },
  'multipart under a Content-Type of static_headers': {
    call: { operation_id: 'POST /upload', body: { a: 1 } },
    spec: { connection: { static_headers: { 'Content-Type': 'multipart/form-data' } } },
    says: invalid('body: no multipart content: static_headers of the connection set Content-Type'),
  },
  'parts of no kind': {
    call: {
      operation_id: 'POST /upload',
      body: {
        a: { filename: 'a\r\nb', content: 'x' },
        b: { filename: 'b', content: 'x', content_base64: 'eA==' },
        c: { filename: 'c', content: 1 },
        d: { filename: 'd', content: 'x', other: 1 },
        e: { filename: 'e', content: 'x', content_type: 'a\r\nb' },
        f: [[1]],
      },
    },
    says: invalid(
      'body/a: a filename without CR, LF and NUL; body/b: one of content (text) and content_base64 (base64); body/c: one of content (text) and content_base64 (base64); body/d: a file: filename, content or content_base64, content_type, and not "other"; body/e: a content_type that is a media type',
    ),
  },
  'a part with a line in its name': {
    call: { operation_id: 'POST /upload', body: { 'a\r\nb': 1 } },
    says: invalid('body: names of parts without CR, LF and NUL'),
  },
};

const LIMITS: Record<string, Refused> = {
  'no time': {
    call: get({ timeout_seconds: 0 }),
    says: invalid('timeout_seconds is a number from 1 to 600'),
  },
  'too much time': {
    call: get({ timeout_seconds: 601 }),
    says: invalid('timeout_seconds is a number from 1 to 600'),
  },
  'a long target': {
    call: get({ query_params: { a: 'x'.repeat(20_000) } }),
    says: ['target_too_large', 'path and query are over 16384 bytes (target_max)'],
  },
  'a long header': {
    call: get({ headers: { 'X-A': 'x'.repeat(20_000) } }),
    says: ['headers_too_large', 'a header field is over 16384 bytes (header_field_max)'],
  },
  'a body over the limit of the connection': {
    call: post('x'.repeat(20)),
    spec: { connection: { limits: { body_max_bytes: 10 } } },
    says: ['body_too_large', 'the request body is over 10 bytes (limits.body_max)'],
  },
  'a grant where there are none': {
    call: get({ grant: 'conn_1' }),
    says: [
      'connection_missing',
      'the grant that the request names cannot be used on vendor, which has its credential declared',
    ],
  },
  'two grants': {
    call: get({ grant: 'conn_1' }),
    fields: ['Gateway-Connection: conn_2'],
    says: invalid('grant and the header Gateway-Connection name two grants'),
  },
  'no memory': {
    call: get({}),
    spec: { table: { limits: { invoke_memory_max_bytes: 65_535 } } },
    says: [
      'memory_budget',
      'calls under way hold as much memory as they may (invoke_memory_max); nothing was sent: try again',
    ],
  },
};

test.each([QUERIES, BODIES, LIMITS].flatMap((rows) => Object.entries(rows)))('%s', (_name, row) =>
  checkRefused(row),
);
