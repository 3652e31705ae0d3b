import { expect, test } from 'vitest';
import type { EncodingRecord } from '../../table/operations.ts';
import { describe } from '../support/described.ts';
import type { ParameterSpec } from '../support/described.ts';
import { headOf } from '../support/sides.ts';
import { startValidating, withBody } from '../support/validating.ts';

const NUMBERS = { type: 'array', items: { type: 'integer' } } as const;
const POINT = { type: 'object', properties: { x: { type: 'integer' }, y: { type: 'integer' } } } as const;

/** Every style of OpenAPI 3.2, 4.12.3 and of 2.0: where a parameter `p` is, how it is written, and what is wrong with it. */
const STYLES: [
  style: string,
  schema: typeof NUMBERS | typeof POINT | { readonly type: 'integer' },
  sent: string,
  faults: string[],
][] = [
  ['path simple', NUMBERS, '/1,2', []],
  ['path simple', NUMBERS, '/1,b', ['path p/1: the type integer']],
  ['path simple', POINT, '/x,1,y,b', ['path p/y: the type integer']],
  ['path simple explode', POINT, '/x=1,y=b', ['path p/y: the type integer']],
  ['path label', { type: 'integer' }, '/.5', []],
  ['path label', { type: 'integer' }, '/.a', ['path p: the type integer']],
  ['path label', NUMBERS, '/.1,b', ['path p/1: the type integer']],
  ['path label explode', NUMBERS, '/.1.b', ['path p/1: the type integer']],
  ['path label explode', POINT, '/.x=1.y=b', ['path p/y: the type integer']],
  ['path label', POINT, '/.x,1,y,b', ['path p/y: the type integer']],
  ['path matrix', { type: 'integer' }, '/;p=5', []],
  ['path matrix', { type: 'integer' }, '/;p=a', ['path p: the type integer']],
  ['path matrix explode', { type: 'integer' }, '/;p=a', ['path p: the type integer']],
  ['path matrix', NUMBERS, '/;p=1,b', ['path p/1: the type integer']],
  ['path matrix explode', NUMBERS, '/;p=1;p=b', ['path p/1: the type integer']],
  ['path matrix', POINT, '/;p=x,1,y,b', ['path p/y: the type integer']],
  ['path matrix explode', POINT, '/;x=1;y=b', ['path p/y: the type integer']],
  ['query form', NUMBERS, '?p=1,b', ['query p/1: the type integer']],
  ['query form', POINT, '?p=x,1,y,b', ['query p/y: the type integer']],
  ['query form explode', POINT, '?x=1&y=b', ['query p/y: the type integer']],
  ['query form explode', NUMBERS, '?p=1&p=b', ['query p/1: the type integer']],
  ['query spaceDelimited', NUMBERS, '?p=1%20b', ['query p/1: the type integer']],
  ['query spaceDelimited explode', NUMBERS, '?p=1&p=b', ['query p/1: the type integer']],
  ['query spaceDelimited', POINT, '?p=x%201%20y%20b', ['query p/y: the type integer']],
  ['query pipeDelimited', NUMBERS, '?p=1%7Cb', ['query p/1: the type integer']],
  ['query pipeDelimited explode', NUMBERS, '?p=1&p=b', ['query p/1: the type integer']],
  ['query pipeDelimited', POINT, '?p=x|1|y|b', ['query p/y: the type integer']],
  ['query tabDelimited', NUMBERS, '?p=1%09b', ['query p/1: the type integer']],
  ['query deepObject explode', POINT, '?p[x]=1&p[y]=b', ['query p/y: the type integer']],
  ['query deepObject explode', NUMBERS, '?p[]=1&p[]=b', ['query p/1: the type integer']],
  ['query deepObject explode', NUMBERS, '?p[0]=1&p[1]=b', ['query p/1: the type integer']],
  ['header simple', POINT, ' x,1,y,b', ['header p/y: the type integer']],
  ['header simple explode', POINT, ' x=1,y=b', ['header p/y: the type integer']],
  ['cookie form', NUMBERS, ';p=1,b', ['cookie p/1: the type integer']],
  ['cookie form explode', { type: 'integer' }, ';p=b', ['cookie p: the type integer']],
];

test.each(STYLES)('%s of %o: %s', async (written, schema, sent, faults) => {
  const [place = '', style = '', exploded] = written.split(' ');
  const parameter = { name: 'p', in: place, style, explode: exploded !== undefined, schema } as ParameterSpec;
  const described = describe([{ id: place === 'path' ? 'GET /a/{p}' : 'GET /a', parameters: [parameter] }]);
  const { send, upstream } = await startValidating('enforce', { described });
  const request =
    place === 'header'
      ? headOf('/vendor/a', `p:${sent}`)
      : place === 'cookie'
        ? headOf('/vendor/a', `Cookie: a=1${sent}`)
        : headOf(`/vendor/a${sent}`);
  expect((await send(request)).faults).toEqual(faults);
  expect(upstream.requests.length).toBe(faults.length === 0 ? 1 : 0);
});

const WHOLE: [what: string, mediaType: string, query: string, faults: string[]][] = [
  ['JSON', 'application/json', '%7B%22x%22%3A1%7D', []],
  ['wrong JSON', 'application/json', '%7B%22x%22%3A%22b%22%7D', ['query p/x: the type integer']],
  ['no JSON', 'application/json', 'x=1', ['query p: JSON']],
  ['a type that is not read', 'text/plain', 'b', []],
];

test.each(WHOLE)('a whole query as one parameter: %s', async (_what, mediaType, query, faults) => {
  const parameter = { name: 'p', in: 'querystring', media_type: mediaType, schema: POINT } as const;
  const { send } = await startValidating('enforce', {
    described: describe([{ id: 'GET /a', parameters: [parameter] }]),
  });
  expect((await send(headOf(`/vendor/a?${query}`))).faults).toEqual(faults);
});

const encoding = (contentType: string | null, style: EncodingRecord['style'] = 'form'): EncodingRecord => ({
  content_type: contentType,
  style,
  explode: style === 'form',
  allow_reserved: false,
});
const PARTS: [what: string, parts: string[], faults: string[]][] = [
  ['JSON by the encoding', ['name="point"\n\n{"x":1}'], []],
  ['wrong JSON by the encoding', ['name="point"\n\n{"x":"b"}'], ['body /point/x: the type integer']],
  ['no JSON by the encoding', ['name="point"\n\nx'], ['body : JSON in each part whose Content-Type is JSON']],
  [
    'a part that says its own type',
    ['name="point"\nContent-Type: text/plain\n\nx'],
    ['body /point: the type object'],
  ],
  [
    'other headers of a part',
    ['name="count"\nContent-Transfer-Encoding: binary\nX-Part: 1\n\nb'],
    ['body /count: the type integer'],
  ],
  [
    'a list of JSON parts',
    ['name="points"\n\n{"x":1}', 'name="points"\n\n{"x":"b"}'],
    ['body /points/1/x: the type integer'],
  ],
  ['one part of a list', ['name="points"\n\n{"x":"b"}'], ['body /points/0/x: the type integer']],
  [
    'a list in one JSON part',
    ['name="points"\n\n[{"x":1},{"x":"b"}]'],
    ['body /points/1/x: the type integer'],
  ],
  ['a file that says JSON', ['name="file"; filename="a.json"\nContent-Type: application/json\n\n{'], []],
];

test.each(PARTS)('parts: %s', async (_what, parts, faults) => {
  const schema = {
    type: 'object',
    properties: {
      point: POINT,
      points: { type: 'array', items: POINT },
      count: { type: 'integer' },
      file: { type: 'string' },
    },
  } as const;
  const json = encoding('application/json');
  const content = { 'multipart/form-data': { schema, encoding: { point: json, points: json } } };
  const { send } = await startValidating('enforce', {
    described: describe([{ id: 'POST /a', body: { content } }]),
  });
  const body = [...parts.map((part) => `--b\nContent-Disposition: form-data; ${part}\n`), '--b--\n'].join('');
  const sent = withBody(
    'POST /vendor/a HTTP/1.1',
    'multipart/form-data; boundary=b',
    body.replaceAll('\n', '\r\n'),
  );
  expect((await send(sent)).faults).toEqual(faults);
});

const NOT_READ: [mediaType: string, content: string][] = [
  ['application/xml', '<a/>'],
  ['text/plain', 'a'],
  ['application/jsonl', '{"x":"b"}\n{}\n'],
  ['application/json-seq', '\u001e{}\n'],
  ['text/event-stream', 'data: a\n\n'],
  ['application/octet-stream', '\u0000'],
];

test.each(NOT_READ)('%s is sent on, and told to be unchecked', async (mediaType, content) => {
  const body = { required: true, content: { [mediaType]: { schema: POINT } } };
  const described = describe([{ id: 'POST /a', body }]);
  const { send, upstream, gateway } = await startValidating('enforce', { described });
  expect((await send(withBody('POST /vendor/a HTTP/1.1', mediaType, content))).status).toBe(200);
  expect(upstream.requests[0]?.body).toBe(content);
  const line = await gateway.logged(({ msg }) => msg === 'exchange');
  expect([line['validation'], line['unchecked'], line['faults']]).toEqual(['unchecked', 'media_type', 0]);
});

test('of many faults the first hundred are told, and no more are looked for', async () => {
  const described = describe([
    { id: 'POST /a', body: { content: { 'application/json': { schema: NUMBERS } } } },
  ]);
  const { gateway, send } = await startValidating('enforce', { described });
  const many = JSON.stringify(Array.from({ length: 100_000 }, () => 'a'));
  const answer = await send(withBody('POST /vendor/a HTTP/1.1', 'application/json', many));
  expect([answer.status, answer.faults.length, answer.faults[99]]).toEqual([
    400,
    100,
    'body /99: the type integer',
  ]);
  expect(answer.detail).toMatch(/: over 100 faults, the first of which are told$/);
  expect((await gateway.logged(({ msg }) => msg === 'exchange'))['faults']).toBe(101);
});
