import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe as group, expect, test } from 'vitest';
import { headOf } from '../support/sides.ts';
import { startValidating, withBody } from '../support/validating.ts';

const JSON_POST = 'POST /vendor/items HTTP/1.1';
const FORM_POST = 'POST /vendor/forms HTTP/1.1';
const form = (content: string) => withBody(FORM_POST, 'application/x-www-form-urlencoded', content);
const multipart = (content: string) =>
  withBody(FORM_POST, 'multipart/form-data; boundary="b b"', content.replaceAll('\n', '\r\n'));

const ROWS: [what: string, request: string | Buffer, faults: string[]][] = [
  ['a good request', headOf('/vendor/items/1?limit=5'), []],
  ['a missing parameter', headOf('/vendor/items/1'), ['query limit: to be there']],
  [
    'every fault',
    headOf('/vendor/items/x?limit=500&tags=1&tags=y&tags=3'),
    [
      'path id: the type integer',
      'query limit: at most 100',
      'query tags: at most 2 elements',
      'query tags/1: the type integer',
    ],
  ],
  ['an encoded path value', headOf('/vendor/items/%31?limit=5'), []],
  ['one element of an exploded list', headOf('/vendor/items/1?limit=5&tags=7'), []],
  ['a list behind commas', headOf('/vendor/items/1?limit=5&ids=1,2,x'), ['query ids/2: the type integer']],
  [
    'a list behind spaces',
    headOf('/vendor/items/1?limit=5&words=a%20b+c'),
    ['query words/2: one of "a", "b"'],
  ],
  [
    'a list behind bars',
    headOf('/vendor/items/1?limit=5&pipes=true|false%7Cno'),
    ['query pipes/2: the type boolean'],
  ],
  ['a deep object', headOf('/vendor/items/1?limit=5&deep[n]=x'), ['query deep/n: the type integer']],
  ['a good deep object', headOf('/vendor/items/1?limit=5&deep%5Bn%5D=7'), []],
  ['numbers that are listed', headOf('/vendor/items/1?limit=5&level=3'), ['query level: one of 1, 2']],
  ['a listed number', headOf('/vendor/items/1?limit=5&level=2'), []],
  [
    'JSON in a parameter',
    headOf('/vendor/items/1?limit=5&json=%7B%22name%22%3A%22x%22%7D'),
    ['query json/name: at least 2 characters'],
  ],
  ['no JSON in a parameter', headOf('/vendor/items/1?limit=5&json=%7B'), ['query json: JSON']],
  [
    'a header',
    headOf('/vendor/items/1?limit=5', 'X-When: tomorrow', 'X-List: 1, b'),
    ['header X-When: the format date', 'header X-List/1: the type integer'],
  ],
  ['a cookie', headOf('/vendor/items/1?limit=5', 'Cookie: a=b; seen=no'), ['cookie seen: the type integer']],
  ['two parameters in a segment', headOf('/vendor/points/1.5,east'), ['path lon: the type number']],
  ['a body', withBody(JSON_POST, 'application/json; charset=utf-8', '{"name":"ab","age":3}'), []],
  ['a read-only member is not asked for', withBody(JSON_POST, 'application/json', '{"name":"ab"}'), []],
  [
    'faults of a body',
    withBody(JSON_POST, 'application/json', '{"age":-1,"a/b":1}'),
    ['body /name: to be there', 'body /a~1b: no member of that name', 'body /age: at least 0'],
  ],
  [
    'names that every object has',
    withBody(JSON_POST, 'application/json', '{"name":"ab","constructor":1}'),
    ['body /constructor: no member of that name'],
  ],
  ['no JSON', withBody(JSON_POST, 'application/json', '{"name":'), ['body : JSON']],
  ['no UTF-8', withBody(JSON_POST, 'application/json', Buffer.from([0x22, 0xff, 0x22])), ['body : JSON']],
  ['no body', headOf(JSON_POST), ['body : a body']],
  ['an empty body', withBody(JSON_POST, 'application/json', ''), ['body : a body']],
  [
    'another media type',
    withBody(JSON_POST, 'text/plain', 'x'),
    ['header Content-Type: one of application/json'],
  ],
  ['no media type', withBody(JSON_POST, '', '{}'), ['header Content-Type: one of application/json']],
  ['a form', form('amount=5&lines[0][price]=7'), []],
  [
    'faults of a form',
    form('amount=x&lines[0][price]=y'),
    ['body /amount: the type integer', 'body /lines/0/price: the type integer'],
  ],
  ['an empty form', form('x=1'), ['body /amount: to be there']],
  [
    'parts',
    multipart(
      '--b b\nContent-Disposition: form-data; name="file"; filename="a.bin"\n\n\u0001\n--b b\nContent-Disposition: form-data; name="count"\n\n7\n--b b--\n',
    ),
    [],
  ],
  [
    'faults of parts',
    multipart(
      '--b b\nContent-Disposition: form-data; name=count\n\nx\n--b b\nContent-Disposition: form-data; name="meta"\nContent-Type: application/json\n\n{}\n--b b--',
    ),
    ['body /file: to be there', 'body /count: the type integer', 'body /meta/a: to be there'],
  ],
  ['no parts', multipart('hello'), ['body : multipart/form-data with its boundary (RFC 7578)']],
  [
    'gzip',
    withBody(JSON_POST, 'application/json', gzipSync('{"name":1}'), 'Content-Encoding: gzip'),
    ['body /name: the type string'],
  ],
  [
    'deflate',
    withBody(JSON_POST, 'application/json', deflateSync('{"name":1}'), 'Content-Encoding: deflate'),
    ['body /name: the type string'],
  ],
  [
    'bare deflate',
    withBody(JSON_POST, 'application/json', deflateRawSync('{"name":1}'), 'Content-Encoding: deflate'),
    ['body /name: the type string'],
  ],
  [
    'brotli',
    withBody(JSON_POST, 'application/json', brotliCompressSync('{"name":1}'), 'Content-Encoding: br'),
    ['body /name: the type string'],
  ],
  [
    'no gzip',
    withBody(JSON_POST, 'application/json', '{"name":"ab"}', 'Content-Encoding: gzip'),
    ['body : content that its Content-Encoding decodes'],
  ],
  [
    'a schema in itself',
    withBody('POST /vendor/tree HTTP/1.1', 'application/json', '{"next":{"next":{"n":"x"}}}'),
    ['body /next/next/n: the type integer'],
  ],
  [
    'a deep body',
    withBody('POST /vendor/tree HTTP/1.1', 'application/json', '{"next":'.repeat(50_000)),
    ['body : JSON that is nested at most 100 levels'],
  ],
  [
    'an exponential pattern',
    withBody('POST /vendor/pattern HTTP/1.1', 'application/json', JSON.stringify('a'.repeat(200_000) + '!')),
    ['body : to match ^(a+)+$'],
  ],
  ['what is not described', headOf('/vendor/other?limit=x'), []],
];

group('enforce: every fault is told and nothing is sent', () => {
  test.each(ROWS)('%s', async (_what, request, faults) => {
    const { upstream, send } = await startValidating('enforce');
    const answer = await send(request);
    expect(answer.faults).toEqual(faults);
    expect([answer.status, answer.code]).toEqual(
      faults.length === 0 ? [200, undefined] : [400, 'request_invalid'],
    );
    expect(upstream.requests.length).toBe(faults.length === 0 ? 1 : 0);
  });

  test('all of them at once, while nothing is prepared: each has its own answer', async () => {
    const { upstream, send } = await startValidating('enforce');
    const answers = await Promise.all(ROWS.map(([, request]) => send(request)));
    expect(answers.map((answer) => answer.faults)).toEqual(ROWS.map(([, , faults]) => faults));
    expect(upstream.requests.length).toBe(ROWS.filter(([, , faults]) => faults.length === 0).length);
  });
});

group('warn: everything is sent and the log tells', () => {
  test.each(ROWS)('%s', async (what, request, faults) => {
    const { upstream, gateway, send } = await startValidating('warn');
    expect((await send(request)).status).toBe(200);
    const sent = typeof request === 'string' ? request : request.toString('latin1');
    expect(upstream.requests[0]?.body).toBe(sent.slice(sent.indexOf('\r\n\r\n') + 4));
    const line = await gateway.logged(({ msg }) => msg === 'exchange');
    const validation =
      what === 'what is not described' ? undefined : faults.length === 0 ? 'valid' : 'faulty';
    expect([line['validation'], line['faults'] ?? 0]).toEqual([validation, faults.length]);
  });
});
