import { test } from 'vitest';
import { checkRefused, get, invalid, messages, post } from '../support/refused-calls.ts';
import type { Refused } from '../support/refused-calls.ts';

// What calls cannot go to, and what is no call.

const DOT = 'text that is no dot segment, however often decoded, and has no NUL';

const ADDRESSES: Record<string, Refused> = {
  'neither way of naming a call': { call: {}, says: invalid('give operation_id, or both method and path') },
  'a method alone': { call: { method: 'GET' }, says: invalid('give operation_id, or both method and path') },
  'both ways of naming a call': {
    call: { operation_id: 'POST /xml', path: '/a' },
    says: invalid('give operation_id, or method and path, not both'),
  },
  'path_params of a path': {
    call: get({ path_params: {} }),
    says: invalid('path_params go with operation_id; a path is given with its values in it'),
  },
  'a description of a path': { call: get({ spec: 'main' }), says: invalid('spec goes with operation_id') },
  'an operation that is not there': {
    call: { operation_id: 'POST /xmls' },
    says: [
      'operation_unknown',
      'vendor has no operation "POST /xmls"; nearest are: POST /xml, POST /upload, POST /objects, DELETE /users/{email}, GET /files/{name}.json, GET /users/{email}/messages/{id}',
    ],
  },
  'a description that is not there': {
    call: { operation_id: 'POST /xml', spec: 'other' },
    says: ['operation_unknown', 'vendor has no description "other"; there are: main'],
  },
  'an operation where nothing is described': {
    call: { operation_id: 'POST /xml' },
    spec: { connection: { described: undefined as never } },
    says: ['operation_unknown', 'vendor has no description: call it by method and path'],
  },
  'placeholders without values, all at once': {
    call: messages({}),
    says: invalid('path_params "email": to be there; path_params "id": to be there'),
  },
  'a placeholder with an empty value, and what is none': {
    call: messages({ email: '', id: null, user: 'x', __proto__: 'y' }),
    says: invalid(
      'path_params "user": to be left out: /users/{email}/messages/{id} has no such placeholder; path_params "email": a value that is not empty; path_params "id": to be there',
    ),
  },
  'dot segments as values': {
    call: messages({ email: '..', id: '.;a' }),
    says: invalid(`path_params "email": ${DOT}; path_params "id": ${DOT}`),
  },
  'dot segments within values': {
    call: messages({ email: 'a/../b', id: '%2e%2e' }),
    says: invalid(`path_params "email": ${DOT}; path_params "id": ${DOT}`),
  },
  'NUL, and half a surrogate pair': {
    call: '{"operation_id":"GET /users/{email}/messages/{id}","path_params":{"email":"a\\u0000","id":"\\ud800"}}',
    says: invalid(`path_params "email": ${DOT}; path_params "id": text without half a surrogate pair`),
  },
  'a value with members': {
    call: messages({ email: { a: 1 }, id: [] }),
    says: invalid(
      'path_params "email": text, a number, true or false, or a list of them; path_params "id": a value that is not empty',
    ),
  },
  'a method that is none': {
    call: { method: 'GET /x', path: '/' },
    says: invalid('method is none of HTTP that is forwarded, such as GET or POST'),
  },
  'a method that is not forwarded': {
    call: { method: 'CONNECT', path: '/' },
    says: invalid('method is none of HTTP that is forwarded, such as GET or POST'),
  },
  'a query in the path': {
    call: { method: 'GET', path: '/a?b=c' },
    says: [
      'target_invalid',
      'path has a ?: give a query as query_params, and write %3F and %23 where they are part of a segment',
    ],
  },
  'a fragment in the path': {
    call: { method: 'GET', path: '/a#b' },
    says: [
      'target_invalid',
      'path has a #: give a query as query_params, and write %3F and %23 where they are part of a segment',
    ],
  },
};

const PATHS: Record<string, string> = {
  '': 'the request target is not a path',
  a: 'the request target is not a path',
  'http://evil.example/': 'the request target is not a path',
  '@evil.example/': 'the request target is not a path',
  '/\\evil.example/x': 'the request target has a backslash; write %5C',
  '/\tx': 'the request target has a control character',
  '/a\r\nX-Evil: 1': 'the request target has a control character',
  '/a b': 'the request target has a raw space; write %20',
  '/ä': 'the request target has a character outside ASCII; percent-encode it',
  '/%zz': 'the request target has a % that two hex digits do not follow; write %25',
  '/%00': 'the request target has %00',
  '/a/../b': 'the path has a dot segment, plain or encoded',
  '/a/%2e%2E/b': 'the path has a dot segment, plain or encoded',
  '/a/..%2fb': 'the path has a dot segment, plain or encoded',
  '/a/%252e%252e/b': 'the path has a dot segment, plain or encoded',
};

for (const [path, detail] of Object.entries(PATHS))
  ADDRESSES[`the path ${JSON.stringify(path)}`] = {
    call: { method: 'GET', path },
    says: ['target_invalid', detail],
  };

const FORMS: Record<string, Refused> = {
  'content that is no JSON': {
    call: '{',
    says: invalid('the body of the request is a call as JSON, in UTF-8'),
  },
  'content that is no object': { call: '[]', says: invalid('the body of the request is a call: an object') },
  'no content': { call: '', says: invalid('the body of the request is a call as JSON, in UTF-8') },
  'a member that is not known': {
    call: { method: 'GET', path: '/', query: { a: 1 } },
    says: invalid(
      '"query" is no member of a call; its members are operation_id, spec, path_params, method, path, query_params, headers, body, timeout_seconds, grant',
    ),
  },
  'another connection': {
    call: { connection: 'other', method: 'GET', path: '/' },
    says: invalid('connection is the one that the URL names, or left out'),
  },
  'several members, all at once': {
    call: {
      connection: 'other',
      query: 1,
      path_params: [],
      spec: 'main',
      method: 'FETCH',
      headers: 'x',
      timeout_seconds: 0,
      retries: 3,
    },
    says: invalid(
      'path_params is an object; headers is an object; connection is the one that the URL names, or left out; "query", "retries" are no members of a call; its members are operation_id, spec, path_params, method, path, query_params, headers, body, timeout_seconds, grant; path_params go with operation_id; a path is given with its values in it; spec goes with operation_id; give operation_id, or both method and path; method is none of HTTP that is forwarded, such as GET or POST; timeout_seconds is a number from 1 to 600',
    ),
  },
  'very many names that are no members': {
    call: Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`x${at}`, 1])),
    says: invalid(
      '"x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", 990 more are no members of a call; its members are operation_id, spec, path_params, method, path, query_params, headers, body, timeout_seconds, grant; give operation_id, or both method and path',
    ),
  },
  'members that do not go together, and a header and a time beside them': {
    call: { operation_id: 'POST /xml', path: '/a', headers: { Host: 'a' }, timeout_seconds: 0 },
    says: invalid(
      'give operation_id, or method and path, not both; timeout_seconds is a number from 1 to 600; headers "Host": to be left out: the gateway frames and addresses the request',
    ),
  },
  'a method, a description and placeholders': {
    call: { method: 'CONNECT', path: '/', spec: 'main', path_params: {} },
    says: invalid(
      'path_params go with operation_id; a path is given with its values in it; spec goes with operation_id; method is none of HTTP that is forwarded, such as GET or POST',
    ),
  },
  'a method, and a path with a query, a header and a time beside them': {
    call: { method: 'FETCH', path: '/a?b=c', headers: { Host: 'a' }, timeout_seconds: 0 },
    says: invalid(
      'method is none of HTTP that is forwarded, such as GET or POST; path has a ?: give a query as query_params, and write %3F and %23 where they are part of a segment; timeout_seconds is a number from 1 to 600; headers "Host": to be left out: the gateway frames and addresses the request',
    ),
  },
  'a path, and a header beside it': {
    call: { method: 'GET', path: '/a b', headers: { Host: 'a' } },
    says: invalid(
      'the request target has a raw space; write %20; headers "Host": to be left out: the gateway frames and addresses the request',
    ),
  },
  'values of every place, and a time': {
    call: {
      operation_id: 'GET /users/{email}/messages/{id}',
      path_params: { email: 'a' },
      query_params: { '': 1 },
      headers: { Host: 'a' },
      body: {},
      timeout_seconds: 601,
    },
    says: invalid(
      'timeout_seconds is a number from 1 to 600; path_params "id": to be there; query_params "": a name that is not empty; headers "Host": to be left out: the gateway frames and addresses the request; body: nothing: GET has no content; what selects goes into query_params',
    ),
  },
  'a member of another kind': { call: get({ query_params: [] }), says: invalid('query_params is an object') },
  'text for a number': { call: get({ timeout_seconds: '5' }), says: invalid('timeout_seconds is a number') },
  'content over its limit': {
    call: post('x'.repeat(1100)),
    spec: { table: { limits: { invoke_body_max_bytes: 1024 } } },
    says: ['body_too_large', 'the request body is over 1024 bytes (limits.invoke_body_max)'],
  },
  'content in a coding': {
    call: get({}),
    fields: ['Content-Encoding: gzip'],
    says: ['content_encoding_unsupported', 'a call is sent without Content-Encoding'],
  },
};

test.each([ADDRESSES, FORMS].flatMap((rows) => Object.entries(rows)))('%s', (_name, row) =>
  checkRefused(row),
);
