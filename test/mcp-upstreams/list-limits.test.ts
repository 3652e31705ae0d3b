import { expect, test } from 'vitest';
import { LISTING_KEPT_MS, listingCache, LISTINGS_MAX } from '../../runtime/mcp-upstream/listing-cache.ts';
import { LISTED_MAX_BYTES, PAGES_MAX, TOOLS_MAX } from '../../runtime/mcp-upstream/read-listing.ts';
import type { Listed } from './mcp-server.ts';
import { stand } from './stand.ts';

// How far a server is listed: whatever it answers, a listing ends, and says where it did.

const named = (count: number, more: object = {}): Listed['tools'] =>
  Array.from({ length: count }, (_, at) => ({
    name: `t${String(at).padStart(5, '0')}`,
    inputSchema: {},
    ...more,
  }));

/** Pages of one tool each; `last` has no cursor. */
const paged =
  (last: number) =>
  (cursor = '1'): Listed => ({
    tools: [{ name: `t${cursor}`, inputSchema: {} }],
    ...(Number(cursor) < last ? { nextCursor: String(Number(cursor) + 1) } : {}),
  });

const LARGE = { description: 'x'.repeat(100_000) };
const FITTING = Math.floor(LISTED_MAX_BYTES / 100_100);
const others = '; others can be called by name';

interface Row {
  readonly what: string;
  readonly list: (cursor: string | undefined) => Listed;
  readonly asked: number;
  readonly total: number;
  readonly note?: string;
}

const ROWS: readonly Row[] = [
  {
    what: 'as many tools as are listed',
    list: () => ({ tools: named(TOOLS_MAX) }),
    asked: 1,
    total: TOOLS_MAX,
  },
  {
    what: 'one more',
    list: () => ({ tools: named(TOOLS_MAX + 1) }),
    asked: 1,
    total: TOOLS_MAX,
    note: `only the first ${TOOLS_MAX} tools are listed${others}`,
  },
  { what: 'as many pages as are asked for', list: paged(PAGES_MAX), asked: PAGES_MAX, total: PAGES_MAX },
  {
    what: 'one more page',
    list: paged(PAGES_MAX + 1),
    asked: PAGES_MAX,
    total: PAGES_MAX,
    note: `only the first ${PAGES_MAX} pages of tools are listed${others}`,
  },
  {
    what: 'more bytes than are kept',
    list: () => ({ tools: named(FITTING + 5, LARGE) }),
    asked: 1,
    total: FITTING,
    note: `only the first ${LISTED_MAX_BYTES} bytes of tools are listed${others}`,
  },
  {
    what: 'the same cursor for ever',
    list: (cursor) => ({ tools: [{ name: cursor ?? 'first', inputSchema: {} }], nextCursor: 'again' }),
    asked: 2,
    total: 2,
    note: `the MCP server gave a cursor twice, and is not listed beyond it${others}`,
  },
  {
    what: 'cursors that go round',
    list: (cursor = 'a') => ({
      tools: [{ name: cursor, inputSchema: {} }],
      nextCursor: { a: 'b', b: 'c', c: 'a' }[cursor] ?? '',
    }),
    asked: 4,
    total: 3,
    note: `the MCP server gave a cursor twice, and is not listed beyond it${others}`,
  },
  { what: 'an empty cursor', list: () => ({ tools: named(2), nextCursor: '' }), asked: 1, total: 2 },
  {
    what: 'no tools',
    list: () => ({ tools: [] }),
    asked: 1,
    total: 0,
    note: 'there is no operation that you may use',
  },
  {
    what: 'names that no path can have, twice the same, and what is no tool',
    list: () => ({
      tools: [
        ...['', '.', '..', 'a/../b', '\ud800', 'x'.repeat(257), 'a b', 'ä', 'a/b', 'a b', '{id}', '100%'].map(
          (name) => ({ name, inputSchema: {} }),
        ),
        { name: 7 as never },
        null as never,
      ],
    }),
    asked: 1,
    total: 5,
  },
];

test.each(ROWS)('a server with $what', async ({ list, asked, total, note }) => {
  const { ask, server } = await stand({ list });
  const { isError, structured } = await ask('api_list_endpoints', { connection: 'notes', limit: 1 });
  const told = structured as { readonly total: number; readonly note?: string };
  expect([isError, told.total, told.note]).toEqual([false, total, note]);
  expect(server.seen.filter(({ method }) => method === 'tools/list')).toHaveLength(asked);
});

test('a listing is kept for a time, and so many are', () => {
  const cache = listingCache();
  const listing = { tools: [], schemas: [], partial: null };
  cache.put('first', listing, 0);
  expect(cache.get('first', LISTING_KEPT_MS - 1)).toBe(listing);
  expect(cache.get('first', LISTING_KEPT_MS)).toBe(null);
  for (let at = 0; at <= LISTINGS_MAX; at += 1) cache.put(`owner ${at}`, listing, 0);
  const kept = Array.from({ length: LISTINGS_MAX + 1 }, (_, at) => cache.get(`owner ${at}`, 1) !== null);
  expect(kept.indexOf(true)).toBe(1);
  expect(kept.filter((one) => one)).toHaveLength(LISTINGS_MAX);
});
