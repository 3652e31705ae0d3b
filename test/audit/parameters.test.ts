import { expect, test } from 'vitest';
import { redactor } from '../../runtime/7-relay/redact.ts';
import { Hidden } from '../../runtime/hidden.ts';
import { foldName, showParameters } from '../../runtime/observe/audit/show-parameters.ts';
import { told } from '../support/planted.ts';

const KNOWN = {
  credential: 'plant-credential+/= 0a1b',
  named: 'plant-named-1c2d',
  key: 'plant-key-0123456789abcdefghijklmnop',
};
const HIDING = {
  names: new Set(['IBAN', 'national-id'].map(foldName)),
  redact: redactor([new Hidden([KNOWN.credential])]),
  isKey: (text: string) => text === KNOWN.key,
};

function shown(query: string, body?: unknown, contentType: string | null = 'application/json'): unknown {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const content = body === undefined ? null : { contentType, body: Buffer.from(text) };
  const parameters = showParameters(query, content, HIDING);
  return parameters === null ? null : JSON.parse(parameters);
}

const SECRET_NAMES = [
  'password',
  'Password',
  'new_password',
  'client_secret',
  'clientSecret',
  'CLIENT-SECRET',
  'secret',
  'secretAccessKey',
  'token',
  'access_token',
  'refreshToken',
  'id_token',
  'api_key',
  'apiKey',
  'X-Api-Key',
  'authorization',
  'Proxy-Authorization',
  'credentials',
  'private_key',
  'passphrase',
  'cookie',
  'Set-Cookie',
  'signature',
  'pin',
  'cvc',
  'code',
  'iban',
  'NationalId',
];

test.each(SECRET_NAMES)('the value of %s is not kept, wherever it stands', (name) => {
  const value = KNOWN.named;
  const text = JSON.stringify([
    shown(new URLSearchParams([[name, value]]).toString()),
    shown('', { [name]: value }),
    shown('', { [name]: { deep: [value] } }),
    shown('', { a: [{ b: { [name]: [value, 1] } }] }),
  ]);
  expect(told(text, KNOWN)).toEqual([]);
  expect(text.split('[redacted]')).toHaveLength(5);
});

test.each(['name', 'max_tokens', 'token_type', 'keys', 'description', 'author', 'pinned', 'encode'])(
  'the value of %s is kept',
  (name) => {
    expect(shown('', { [name]: 'x' })).toEqual({ body: { [name]: 'x' } });
  },
);

test.each([
  ['in a query', `q=before ${encodeURIComponent(KNOWN.credential)} after`, undefined],
  ['as a name of a query', `${encodeURIComponent(KNOWN.credential)}=1`, undefined],
  ['in a text', '', { note: `it is ${KNOWN.credential}.` }],
  ['as a name', '', { [KNOWN.credential]: 1 }],
  ['in a URL in a text', '', { callback: `https://a.example/?k=${encodeURIComponent(KNOWN.credential)}` }],
  ['in a list', '', [[KNOWN.credential]]],
  ['as the whole body', '', JSON.stringify(KNOWN.credential)],
])('a known secret is redacted by its value: %s', (_what, query, body) => {
  const text = JSON.stringify(shown(query, body));
  expect(told(text, KNOWN)).toEqual([]);
  expect(text).toContain('[redacted]');
});

test('a key of the gateway is redacted by its digest', () => {
  expect(shown(`q=${KNOWN.key}`, { note: KNOWN.key })).toEqual({
    query: [['q', '[redacted]']],
    body: { note: '[redacted]' },
  });
});

test.each([
  'Bearer KEY',
  'use KEY.',
  'X-API-Key: KEY',
  '"KEY", please',
  'https://gw.example/?key=KEY',
  'a=b:KEY',
])('a key of the gateway is redacted within a text: %s', (text) => {
  const written = text.replace('KEY', KNOWN.key);
  const kept = JSON.stringify(shown(`q=${encodeURIComponent(written)}`, { note: written }));
  expect(told(kept, KNOWN)).toEqual([]);
  expect(kept.split('[redacted]')).toHaveLength(3);
});

const JSON_TYPE = 'application/json';
const KEPT: [what: string, asked: Parameters<typeof shown>, kept: unknown][] = [
  ['nothing', [''], null],
  [
    'pairs in their order, repeats kept',
    ['b=1&a=2&b=3&c'],
    {
      query: [
        ['b', '1'],
        ['a', '2'],
        ['b', '3'],
        ['c', ''],
      ],
    },
  ],
  [
    'a long value',
    ['', { a: 'x'.repeat(16 * 1024 + 1), b: 'x' }, JSON_TYPE],
    { body: { a: '[16385 bytes]', b: 'x' } },
  ],
  [
    'a value of 16 KiB in all',
    ['', { a: 'é'.repeat(8 * 1024) }, JSON_TYPE],
    { body: { a: 'é'.repeat(8 * 1024) } },
  ],
  [
    'much of everything',
    ['', Array.from({ length: 10 }, () => 'x'.repeat(10_000)), JSON_TYPE],
    { omitted: '[100040 bytes]' },
  ],
  ['what is no JSON', ['', 'a=1', 'application/x-www-form-urlencoded'], { body: '[3 bytes]' }],
  ['what says so and is not', ['', '{"a":', JSON_TYPE], { body: '[5 bytes]' }],
  ['JSON by its suffix', ['', { a: 1 }, 'application/merge-patch+json; charset=utf-8'], { body: { a: 1 } }],
  ['a body without a type', ['', { a: 1 }, null], { body: '[7 bytes]' }],
  [
    'a name like any other',
    ['', '{"__proto__":{"a":1}}', JSON_TYPE],
    { body: JSON.parse('{"__proto__":{"a":1}}') as unknown },
  ],
];

test.each(KEPT)('what is kept of %s', (_what, asked, kept) => {
  expect(shown(...asked)).toEqual(kept);
});

test('what is deep is cut', () => {
  const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
  expect(JSON.stringify(shown('', deep))).toContain('[too deep]');
});
