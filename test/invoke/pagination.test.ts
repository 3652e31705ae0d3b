import { expect, test } from 'vitest';
import { answerOf, seen, startInvoking } from '../support/invoking.ts';
import type { InvokingSpec } from '../support/invoking.ts';
import { CREDENTIALS, TEST_ENVIRONMENT } from '../support/table.ts';

// How the next page is told, and that a call with what was told comes to it.

const { SECRET } = TEST_ENVIRONMENT;

interface Row {
  readonly body: unknown;
  /** `{origin}` is the upstream's. */
  readonly links?: readonly string[];
  /** In place of `{origin}` too. */
  readonly told: unknown;
  /** What the upstream sees of a call of `next`. */
  readonly leads?: string;
  readonly connection?: InvokingSpec['connection'];
}

const next = (path: string, query_params: object, source: string) => ({
  has_more: true,
  next: { path, query_params },
  source,
});
const BASE = { base_url: '{origin}/v1' };

const ROWS: Record<string, Row> = {
  nothing: { body: { next: null, next_cursor: '', nextPageToken: 0, has_more: false }, told: undefined },
  'no object': { body: ['next'], told: undefined },
  'a link behind others, on a line of its own': {
    body: {},
    links: [
      '<{origin}/v1/a?page=1>; rel="prev first"',
      '</v1/a?page=3&q=a%20b>; title="x, y"; REL="last NEXT"',
    ],
    connection: BASE,
    told: next('/a', { page: '3', q: 'a b' }, 'link_header'),
    leads: 'GET /v1/a?page=3&q=a%20b',
  },
  'two links on one line': {
    body: { next: 'x' },
    links: ['<{origin}/a?page=1>; rel=prev, <{origin}/a?page=3>; rel=next'],
    told: next('/a', { page: '3' }, 'link_header'),
    leads: 'GET /a?page=3',
  },
  'a relative link': {
    body: {},
    links: ['<?page=3>; rel="next"'],
    told: next('/a', { page: '3' }, 'link_header'),
    leads: 'GET /a?page=3',
  },
  'a link to another host': {
    body: {},
    links: ['<https://elsewhere.example/a?page=3>; rel="next"'],
    told: { has_more: true, next_url: 'https://elsewhere.example/a?page=3', source: 'link_header' },
  },
  'a link beside the base path': {
    body: {},
    links: ['<{origin}/v2/a>; rel="next"'],
    connection: BASE,
    told: { has_more: true, next_url: '{origin}/v2/a', source: 'link_header' },
  },
  'a link with the key of the connection': {
    body: { '@odata.nextLink': `{origin}/a?$skip=10&api_key=${SECRET}` },
    connection: { credential: CREDENTIALS.query },
    told: next('/a', { $skip: '10' }, 'body:@odata.nextLink'),
    leads: `GET /a?%24skip=10&api_key=${SECRET}`,
  },
  'names that stand twice': {
    body: { next: '/a?id=1&id=2&x=' },
    told: next('/a', { id: ['1', '2'], x: '' }, 'body:next'),
    leads: 'GET /a?id=1&id=2&x=',
  },
  'a cursor': {
    body: { next_cursor: 'abc==' },
    told: { has_more: true, next_cursor: 'abc==', source: 'body:next_cursor' },
  },
  'a number': {
    body: { nextPageToken: 1e21 },
    told: { has_more: true, next_cursor: '1000000000000000000000', source: 'body:nextPageToken' },
  },
  'the cursor of Slack': {
    body: { response_metadata: { next_cursor: 'dXNlcg==' } },
    told: { has_more: true, next_cursor: 'dXNlcg==', source: 'body:response_metadata.next_cursor' },
  },
  'that there is more': {
    body: { has_more: true, data: [] },
    told: { has_more: true, source: 'body:has_more' },
  },
  'where links are not rewritten': {
    body: { next: '{origin}/a?p=2' },
    connection: { rewrite_links: false },
    told: next('/a', { p: '2' }, 'body:next'),
    leads: 'GET /a?p=2',
  },
};

test.each(Object.entries(ROWS))('%s', async (_name, { body, links, told, leads, connection }) => {
  const filled = <Value>(value: Value): Value =>
    value === undefined
      ? value
      : (JSON.parse(JSON.stringify(value).replaceAll('{origin}', upstream.origin)) as Value);
  const spec: InvokingSpec = {
    answer: () =>
      answerOf(
        '200 OK',
        'application/json',
        JSON.stringify(filled(body)),
        ...filled(links ?? []).map((link) => `Link: ${link}`),
      ),
  };
  const started = await startInvoking({
    ...spec,
    connectionOf: (origin) => ({
      ...connection,
      ...(connection?.base_url === undefined
        ? {}
        : { base_url: connection.base_url.replace('{origin}', origin) }),
    }),
  });
  const { upstream, invoke } = started;
  const called = await invoke({ method: 'GET', path: '/a' });
  expect(called.answer['pagination']).toEqual(filled(told));
  if (leads === undefined) return;
  const { next: page } = called.answer['pagination'] as { next: object };
  await invoke({ method: 'GET', ...page });
  expect(seen(upstream.requests[1])).toBe(leads);
});
