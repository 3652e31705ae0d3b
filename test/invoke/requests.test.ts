import { expect, test } from 'vitest';
import { describe } from '../support/described.ts';
import { seen, startInvoking } from '../support/invoking.ts';
import type { InvokingSpec } from '../support/invoking.ts';
import { CREDENTIALS } from '../support/table.ts';

// What an upstream sees of a call. The brackets of names in queries and forms are percent-encoded.

const TEXT = { type: 'string' } as const;
const TEXTS = { type: 'array', items: TEXT } as const;
const style = (name: 'form' | 'deepObject', explode: boolean) => ({
  style: name,
  explode,
  content_type: null,
  allow_reserved: false,
});

/** A bit of Stripe, of Slack, of a mailer and of a store of files, as their descriptions have it. */
const DESCRIBED = describe(
  [
    {
      id: 'POST /v1/customers',
      body: {
        content: {
          'application/x-www-form-urlencoded': {
            schema: {
              type: 'object',
              properties: {
                email: TEXT,
                address: { type: 'object', properties: { city: TEXT } },
                metadata: { type: 'object' },
                expand: TEXTS,
                tags: TEXTS,
                items: { type: 'array', items: { type: 'object' } },
              },
            },
            encoding: { metadata: style('deepObject', true), expand: style('deepObject', true) },
          },
        },
      },
    },
    {
      id: 'POST /api/chat.postMessage',
      body: {
        content: {
          'application/x-www-form-urlencoded': { schema: { type: 'object' } },
          'application/json': { schema: { type: 'object' } },
        },
      },
    },
    { id: 'GET /users/{email}/messages/{id}' },
    { id: 'GET /points/{lat},{lon}' },
    { id: 'GET /files/{name}.json' },
    { id: 'GET /labels/{id}', parameters: [{ name: 'id', in: 'path', style: 'label' }] },
    { id: 'GET /lists/{ids}', parameters: [{ name: 'ids', in: 'path', schema: TEXTS }] },
    {
      id: 'GET /search',
      parameters: [
        { name: 'ids', in: 'query', explode: false, schema: TEXTS },
        { name: 'words', in: 'query', style: 'spaceDelimited', explode: false, schema: TEXTS },
        { name: 'pipes', in: 'query', style: 'pipeDelimited', explode: false, schema: TEXTS },
        { name: 'created', in: 'query', style: 'deepObject', schema: { type: 'object' } },
        { name: 'sort', in: 'query', style: 'deepObject', schema: { type: 'array' } },
        { name: 'where', in: 'query', media_type: 'application/json', schema: { type: 'object' } },
      ],
    },
    {
      id: 'POST /upload',
      body: {
        content: {
          'multipart/form-data': {
            schema: { type: 'object' },
            encoding: { meta: { ...style('form', true), content_type: 'application/vnd.meta+json' } },
          },
        },
      },
    },
    { id: 'PUT /raw/{key}', body: { content: { 'image/png': {} } } },
    { id: 'POST /xml', body: { content: { 'application/xml': {} } } },
    { id: 'POST /word', body: { content: { 'application/json': { schema: TEXT } } } },
    {
      id: 'POST /keeps',
      body: {
        content: { 'application/json': { schema: { type: 'object', properties: { content_base64: TEXT } } } },
      },
    },
  ],
  [],
);

interface Row {
  readonly call: Readonly<Record<string, unknown>>;
  readonly sees: string;
  readonly connection?: InvokingSpec['connection'];
  /** Headers that are looked at. */
  readonly headers?: readonly string[];
}

const TYPE = ['Content-Type'];
const form = 'Content-Type: application/x-www-form-urlencoded';

const ROWS: Record<string, Row> = {
  'a customer of Stripe, by form in brackets': {
    call: {
      operation_id: 'POST /v1/customers',
      body: {
        email: 'ada@example.com',
        address: { city: 'Łódź', line1: null },
        metadata: { plan: 'pro', seats: 3 },
        expand: ['subscriptions', 'sources'],
        tags: ['a', 'b c'],
        items: [{ price: 'p_1', on: true }, { price: 'p_2' }],
      },
    },
    headers: TYPE,
    sees: `POST /v1/customers\n${form}\nemail=ada%40example.com&address%5Bcity%5D=%C5%81%C3%B3d%C5%BA&metadata%5Bplan%5D=pro&metadata%5Bseats%5D=3&expand%5B%5D=subscriptions&expand%5B%5D=sources&tags=a&tags=b%20c&items%5B0%5D%5Bprice%5D=p_1&items%5B0%5D%5Bon%5D=true&items%5B1%5D%5Bprice%5D=p_2`,
  },
  'a form that nothing describes': {
    call: {
      method: 'post',
      path: '/forms',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: { a: { b: [1, 2] }, list: ['x', null, 'y'], 'names[]': ['n', 'm'], big: 1e21, small: 1e-7 },
    },
    headers: TYPE,
    sees: `POST /forms\ncontent-type: application/x-www-form-urlencoded\na%5Bb%5D%5B%5D=1&a%5Bb%5D%5B%5D=2&list%5B%5D=x&list%5B%5D=y&names%5B%5D=n&names%5B%5D=m&big=1000000000000000000000&small=0.0000001`,
  },
  'form content as text': {
    call: { operation_id: 'POST /v1/customers', body: 'email=a%40b.com' },
    headers: TYPE,
    sees: `POST /v1/customers\n${form}\nemail=a%40b.com`,
  },
  'a message to Slack, by JSON before form': {
    call: { operation_id: 'POST /api/chat.postMessage', body: { channel: 'C1', text: 'hi' } },
    headers: [...TYPE, 'Accept', 'User-Agent'],
    sees: 'POST /api/chat.postMessage\nAccept: application/json, */*;q=0.5\nUser-Agent: gw\nContent-Type: application/json\n{"channel":"C1","text":"hi"}',
  },
  'text that is JSON goes as it is': {
    call: { operation_id: 'POST /api/chat.postMessage', body: '{ "channel": 12345678901234567890 }' },
    headers: TYPE,
    sees: 'POST /api/chat.postMessage\nContent-Type: application/json\n{ "channel": 12345678901234567890 }',
  },
  'text where the description has text as JSON': {
    call: { operation_id: 'POST /word', body: 'hi' },
    headers: TYPE,
    sees: 'POST /word\nContent-Type: application/json\n"hi"',
  },
  'text that nothing describes': {
    call: { method: 'POST', path: '/a', body: 'hi' },
    headers: TYPE,
    sees: 'POST /a\nContent-Type: text/plain; charset=utf-8\nhi',
  },
  'an object in text that nothing describes': {
    call: { method: 'POST', path: '/a', body: ' {"a":1}' },
    headers: TYPE,
    sees: 'POST /a\nContent-Type: application/json\n {"a":1}',
  },
  'text for XML': {
    call: { operation_id: 'POST /xml', body: '<a/>' },
    headers: TYPE,
    sees: 'POST /xml\nContent-Type: application/xml\n<a/>',
  },
  'an e-mail address, a slash and what else has to be encoded, in a path': {
    call: {
      operation_id: 'GET /users/{email}/messages/{id}',
      path_params: { email: 'a@b.com', id: 'a/b?c#d %;' },
    },
    sees: 'GET /users/a%40b.com/messages/a%2Fb%3Fc%23d%20%25%3B',
  },
  'placeholders that share a segment': {
    call: { operation_id: 'GET /points/{lat},{lon}', path_params: { lat: 1.5, lon: -2 } },
    sees: 'GET /points/1.5,-2',
  },
  'a placeholder with text beside it': {
    call: { operation_id: 'GET /files/{name}.json', path_params: { name: 'a.b' } },
    sees: 'GET /files/a.b.json',
  },
  'a placeholder of the style label, and a list': {
    call: { operation_id: 'GET /labels/{id}', path_params: { id: 5 } },
    sees: 'GET /labels/.5',
  },
  'a list in a path': {
    call: { operation_id: 'GET /lists/{ids}', path_params: { ids: ['a,b', 'c'] } },
    sees: 'GET /lists/a%2Cb,c',
  },
  'a path as it is given': {
    call: { method: ' get ', path: '/x:undo/[]/%21//a/' },
    sees: 'GET /x:undo/[]/%21//a/',
  },
  'a query that nothing describes': {
    call: {
      method: 'GET',
      path: '/a',
      query_params: { q: 'a b&c=d', list: ['x', 2], none: null, yes: true, big: 1e21, 'a[b]': '', page: 1.5 },
    },
    sees: 'GET /a?q=a%20b%26c%3Dd&list=x&list=2&yes=true&big=1000000000000000000000&a%5Bb%5D=&page=1.5',
  },
  'a query by the styles of its description': {
    call: {
      operation_id: 'GET /search',
      query_params: {
        ids: ['a', 'b,c'],
        words: ['a', 'b'],
        pipes: ['a', 'b'],
        created: { gte: 1, in: { deep: ['x'] } },
        sort: [{ field: 'Total' }],
        where: { a: [1] },
      },
    },
    sees: 'GET /search?ids=a,b%2Cc&words=a%20b&pipes=a%7Cb&created%5Bgte%5D=1&created%5Bin%5D%5Bdeep%5D%5B%5D=x&sort%5B0%5D%5Bfield%5D=Total&where=%7B%22a%22%3A%5B1%5D%7D',
  },
  'the styles of a description where only method and path are given': {
    call: { method: 'GET', path: '/search/', query_params: { ids: ['a', 'b'] } },
    sees: 'GET /search/?ids=a,b',
  },
  'bytes, by the type of the description': {
    call: { operation_id: 'PUT /raw/{key}', path_params: { key: 'k' }, body: { content_base64: 'AAH_' } },
    headers: TYPE,
    sees: 'PUT /raw/k\nContent-Type: image/png\n\x00\x01\xff',
  },
  'bytes with their own type': {
    call: { method: 'POST', path: '/a', body: { content_base64: 'aGk', content_type: 'application/pdf' } },
    headers: TYPE,
    sees: 'POST /a\nContent-Type: application/pdf\nhi',
  },
  'content_base64 where it is a name of the API': {
    call: { operation_id: 'POST /keeps', body: { content_base64: 'aGk=' } },
    headers: TYPE,
    sees: 'POST /keeps\nContent-Type: application/json\n{"content_base64":"aGk="}',
  },
  "the caller's media type, once": {
    call: {
      method: 'PATCH',
      path: '/a',
      headers: { 'CONTENT-TYPE': 'application/merge-patch+json' },
      body: { a: 1 },
    },
    headers: TYPE,
    sees: 'PATCH /a\nCONTENT-TYPE: application/merge-patch+json\n{"a":1}',
  },
  'a Content-Type of static_headers, once': {
    connection: { static_headers: { 'Content-Type': 'application/vnd.vendor+json' } },
    call: { method: 'POST', path: '/a', body: { a: 1 } },
    headers: TYPE,
    sees: 'POST /a\nContent-Type: application/vnd.vendor+json\n{"a":1}',
  },
  'a Content-Type of default_headers gives way': {
    connection: {
      default_headers: {
        'Content-Type': 'application/json',
        Accept: 'application/vnd.x',
        'User-Agent': 'acme',
      },
    },
    call: { operation_id: 'POST /xml', body: '<a/>' },
    headers: [...TYPE, 'Accept', 'User-Agent'],
    sees: 'POST /xml\nContent-Type: application/xml\nAccept: application/vnd.x\nUser-Agent: acme\n<a/>',
  },
  'headers of the call between those of the connection': {
    connection: {
      static_headers: { 'X-Static': 's' },
      default_headers: { 'X-Default': 'd', 'X-Kept': 'd' },
      credential: CREDENTIALS.bearer,
    },
    call: { method: 'GET', path: '/a', headers: { 'x-default': 'mine', 'X-Own': 'ä', Accept: '*/*' } },
    headers: [
      'X-Default',
      'X-Kept',
      'X-Static',
      'X-Own',
      'Authorization',
      'Accept',
      'Content-Type',
      'Content-Length',
    ],
    sees: 'GET /a\nx-default: mine\nX-Own: \xe4\nAccept: */*\nX-Kept: d\nX-Static: s\nAuthorization: Bearer vendor-secret-9f8e7d',
  },
  'a key in the query, behind what was asked for': {
    connection: { credential: CREDENTIALS.query },
    call: { method: 'GET', path: '/a', query_params: { q: 'x' } },
    sees: 'GET /a?q=x&api_key=vendor-secret-9f8e7d',
  },
  'no body': {
    call: { method: 'DELETE', path: '/a', body: null },
    headers: ['Content-Length', ...TYPE],
    sees: 'DELETE /a',
  },
};

test.each(Object.entries(ROWS))('%s', async (_name, { call, sees, connection, headers }) => {
  const { upstream, invoke } = await startInvoking({
    connection: { described: DESCRIBED, ...connection },
  });
  const { status, detail } = await invoke(call);
  expect({ status, detail }).toEqual({ status: 200, detail: '' });
  expect(upstream.requests.length).toBe(1);
  expect(seen(upstream.requests[0], ...(headers ?? []))).toBe(sees);
});
