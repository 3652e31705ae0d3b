import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isMeant } from '../../runtime/observe/audit/audit-filters.ts';
import type { AuditFilters } from '../../runtime/observe/audit/audit-filters.ts';
import { valuesOf } from '../../runtime/observe/audit/audit-row.ts';
import type { AuditOutcome, AuditRow } from '../../runtime/observe/audit/audit-row.ts';
import { STATS_BY, statsOf } from '../../runtime/observe/audit/audit-stats.ts';
import { pruneAll } from '../../runtime/observe/audit/keep-pruned.ts';
import { eventIds } from '../../runtime/store/event-id.ts';
import { openedAudit, rowWith } from '../support/audit-rows.ts';
import { storeUrl, STORES } from '../support/stores.ts';

const OUTCOMES: readonly AuditOutcome[] = [
  'ok',
  'upstream_4xx',
  'upstream_5xx',
  'upstream_timeout',
  'transport_error',
  'caller_gone',
  'refused:forbidden',
  'refused:rate_limited',
];
const NOW = 1_800_000_000_000;

/** Rows of a day, each value one of a few. */
const given = fc.record({
  occurred_at: fc.integer({ min: NOW, max: NOW + 20 }),
  duration_ms: fc.option(fc.integer({ min: 0, max: 5000 }).map((ms) => ms / 4)),
  caller: fc.constantFrom('a', 'b', null),
  account: fc.constantFrom('x', 'y', null),
  door: fc.constantFrom('passthrough', 'invoke', 'mcp'),
  connection: fc.constantFrom('one', 'two', null),
  operation: fc.constantFrom('get', 'it\'s "%" \\ _', null),
  method: fc.constantFrom('GET', 'POST'),
  status: fc.constantFrom(200, 204, 404, 503, null),
  outcome: fc.constantFrom(...OUTCOMES),
  request_bytes: fc.integer({ min: 0, max: 2 ** 40 }),
  response_bytes: fc.integer({ min: 0, max: 2 ** 40 }),
  request_id: fc.constantFrom('r1', 'r2', 'r3'),
  trace_id: fc.constantFrom('0'.repeat(31) + '1', null),
  parameters: fc.constantFrom('{"query":[["a","☃"]]}', null),
});
const filters: fc.Arbitrary<AuditFilters> = fc.record(
  {
    caller: fc.constantFrom('a', 'nobody'),
    account: fc.constantFrom('x'),
    connection: fc.constantFrom('one', 'two'),
    operation: fc.constantFrom('get', 'it\'s "%" \\ _'),
    method: fc.constantFrom('GET'),
    door: fc.constantFrom('mcp', 'passthrough'),
    outcome: fc.constantFrom(...OUTCOMES, 'refused'),
    status: fc.constantFrom('200', '4xx', '5xx'),
    request_id: fc.constantFrom('r1'),
    since: fc.integer({ min: NOW, max: NOW + 20 }),
    until: fc.integer({ min: NOW, max: NOW + 20 }),
  },
  { requiredKeys: [] },
);

function rowsOf(values: readonly Partial<AuditRow>[]): AuditRow[] {
  const nextId = eventIds();
  return values.map((one) => rowWith({ id: nextId((one.occurred_at ?? 0) + 30), ...one }));
}

describe.each(STORES)('%s', (_name, kind, present) => {
  test.skipIf(!present)('what is asked of a store is what is true of its rows', async () => {
    const store = await openedAudit(await storeUrl(kind));
    await fc.assert(
      fc.asyncProperty(
        fc.array(given, { minLength: 1, maxLength: 130 }),
        filters,
        fc.constantFrom(...STATS_BY),
        fc.integer({ min: 1, max: 20 }),
        async (values, asked, by, limit) => {
          await pruneAll(store, -1_000_000_000_000);
          const rows = rowsOf(values);
          await store.write(rows.map(valuesOf));
          const meant = rows.filter((row) => isMeant(row, asked)).sort((a, b) => (a.id < b.id ? -1 : 1));
          for (const sort of ['oldest', 'newest'] as const) {
            const pages: AuditRow[] = [];
            for (;;) {
              const page = await store.events({
                filters: asked,
                sort,
                after: pages.at(-1)?.id ?? null,
                limit,
              });
              pages.push(...page);
              if (page.length < limit) break;
            }
            expect(pages).toEqual(sort === 'oldest' ? meant : meant.toReversed());
          }
          const query = { filters: asked, by, limit: 100 };
          const found = await store.stats(query);
          expect(found).toEqual(statsOf(rows, query));
        },
      ),
      { numRuns: 25 },
    );
  });

  test.skipIf(!present)('numbers are those of the rows', async () => {
    const store = await openedAudit(await storeUrl(kind));
    const durations = Array.from({ length: 100 }, (_, at) => at + 1);
    const rows = rowsOf(
      durations.map((duration_ms) => ({
        occurred_at: NOW,
        duration_ms,
        outcome: duration_ms > 90 ? 'refused:forbidden' : duration_ms > 80 ? 'upstream_timeout' : 'ok',
        connection: duration_ms > 50 ? 'two' : 'one',
        request_bytes: 1,
        response_bytes: 10,
      })),
    );
    await store.write(rows.map(valuesOf));
    const none = { upstream_4xx: 0 };
    expect(await store.stats({ filters: {}, by: 'connection', limit: 10 })).toEqual({
      ...none,
      exchanges: 100,
      refused: 10,
      failed: 10,
      request_bytes: 100,
      response_bytes: 1000,
      duration_ms: { mean: 50.5, max: 100 },
      quantiles_ms: { p50: 50, p95: 95, p99: 99 },
      by: 'connection',
      groups: [
        {
          ...none,
          value: 'one',
          exchanges: 50,
          refused: 0,
          failed: 0,
          request_bytes: 50,
          response_bytes: 500,
          duration_ms: { mean: 25.5, max: 50 },
        },
        {
          ...none,
          value: 'two',
          exchanges: 50,
          refused: 10,
          failed: 10,
          request_bytes: 50,
          response_bytes: 500,
          duration_ms: { mean: 75.5, max: 100 },
        },
      ],
    });
    const nothing = await store.stats({ filters: { caller: 'nobody' }, by: 'door', limit: 10 });
    expect(nothing).toEqual({
      ...none,
      exchanges: 0,
      refused: 0,
      failed: 0,
      request_bytes: 0,
      response_bytes: 0,
      duration_ms: null,
      quantiles_ms: null,
      by: 'door',
      groups: [],
    });
  });

  test.skipIf(!present)('rows that are too old go, in batches, and no other', async () => {
    const store = await openedAudit(await storeUrl(kind));
    const nextId = eventIds();
    const old = Array.from({ length: 1201 }, (_, at) => rowWith({ id: nextId(Date.now() - 100_000 - at) }));
    const young = Array.from({ length: 3 }, () => rowWith({ id: nextId(Date.now()) }));
    await store.write([...old, ...young].map(valuesOf));
    const counts: number[] = [];
    const counting = {
      prune: async (before: number) => {
        const count = await store.prune(before);
        counts.push(count);
        return count;
      },
    };
    expect(await pruneAll(counting, 50_000)).toBe(1201);
    expect(counts).toEqual([500, 500, 201, 0]);
    const left = await store.events({ filters: {}, sort: 'oldest', after: null, limit: 10 });
    expect(left.map(({ id }) => id)).toEqual(young.map(({ id }) => id));
  });

  test.skipIf(!present)(
    'an ended row takes the place of the one that had begun, and not the other way',
    async () => {
      const store = await openedAudit(await storeUrl(kind));
      const id = eventIds()(NOW);
      const begun = rowWith({ id, outcome: 'begun', duration_ms: null, status: null });
      const ended = rowWith({ id, outcome: 'upstream_4xx', duration_ms: 3, status: 404 });
      for (const row of [begun, ended, begun]) await store.write([valuesOf(row)]);
      expect(await store.event(id)).toEqual(ended);
      expect(await store.event(eventIds()(NOW))).toBeNull();
    },
  );
});
