import { expect } from 'vitest';
import { foldHeaderName } from '../../table/rules/fold-header-name.ts';
import { describe } from './described.ts';
import { answerOf, startInvoking } from './invoking.ts';
import type { Invoking } from './invoking.ts';
import { CREDENTIALS, gives, rule, TEST_ENVIRONMENT } from './table.ts';
import type { Described } from './table.ts';

const { SECRET } = TEST_ENVIRONMENT;

/** Operations with a parameter in each place that odd text can come to. */
const CALLED: Described = describe([
  { id: 'GET /v1/users/{id}', parameters: [{ name: 'deep', in: 'query', style: 'deepObject' }] },
  {
    id: 'POST /v1/points/{lat},{lon}',
    body: { content: { 'application/json': {}, 'multipart/form-data': {} } },
  },
  {
    id: 'PUT /v1/{a}/{b}.json',
    parameters: [{ name: 'a', in: 'path', style: 'matrix' }],
    body: { content: { 'application/x-www-form-urlencoded': {} } },
  },
  { id: 'DELETE /v1/users/{id}' },
]);

/**
 * Starts a gateway with rules of every kind on `vendor`: paths and methods, a header and a query parameter that are
 * the connection's own. It outlives the test that started it.
 */
export function startRuled(): Promise<Invoking> {
  return startInvoking({
    keep: true,
    answer: answerOf('200 OK', 'application/json', '{}'),
    connection: {
      described: CALLED,
      credential: CREDENTIALS.query,
      static_headers: { 'X-Static': 'ours', Authorization2: 'ours' },
    },
    table: {
      access: {
        vendor: {
          allows: [gives([rule('allow', ['GET', 'POST', 'PUT'], ['/v1/**'])])],
          denies: [rule('deny', [], ['/v1/admin/**', '/**/secret'])],
        },
      },
    },
  });
}

/** What no head of ours has, folded. */
const NEVER = new Set([
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'keep-alive',
  'proxy-connection',
  'authorization',
  'x-api-key',
  'cookie',
  'via',
  'forwarded',
  'x-forwarded-for',
  'x-http-method-override',
  'x-original-url',
]);

function decoded(path: string): string {
  return path.replace(/%([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Asserts what the rules of `startRuled` say of a request that went out, on its bytes. */
export function checkSent({ upstream }: Invoking, head: string): void {
  const [line = '', ...fields] = head.slice(0, -4).split('\r\n');
  const [, method = '', path = '', query = ''] =
    /^([A-Z]+) (\/[\x21-\x7e]*?)(?:\?([\x21-\x7e]*))? HTTP\/1\.1$/.exec(line) ?? [];
  expect(['GET', 'POST', 'PUT']).toContain(method);
  // Read as a server reads it that decodes once, twice, before it splits or after.
  for (const read of [path, decoded(path), decoded(decoded(path))]) {
    const segments = read.split(/[/\\]/);
    expect(segments.slice(0, 2)).toEqual(['', 'v1']);
    expect(segments.some((segment) => /^\.{1,2}(?:;|$)/.test(segment))).toBe(false);
    expect(segments[2]).not.toBe('admin');
    expect(segments.filter((segment) => segment !== '').at(-1)).not.toBe('secret');
  }
  expect(
    query.split(/[&;]/).filter((pair) => decodeURIComponent(pair.split('=')[0] ?? '') === 'api_key'),
  ).toEqual([`api_key=${SECRET}`]);
  expect(query.endsWith(`api_key=${SECRET}`)).toBe(true);
  expect(decoded(query)).not.toMatch(/(?:^|[&;])_method=/);
  const names: string[] = [];
  for (const field of fields) {
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(field).toMatch(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+: [^\x00-\x08\x0a-\x1f\x7f]*$/);
    names.push(foldHeaderName(field.split(':')[0] ?? ''));
  }
  expect([...new Set(names)]).toEqual(names);
  expect(names.filter((name) => NEVER.has(name) || name.startsWith('gateway-'))).toEqual([]);
  expect(fields.filter((field) => /^host:/i.test(field))).toEqual([`host: 127.0.0.1:${upstream.port}`]);
  expect(fields.filter((field) => foldHeaderName(field.split(':')[0] ?? '') === 'x-static')).toEqual([
    'X-Static: ours',
  ]);
}
