import { expect, test } from 'vitest';
import { shownRow, valuesOf } from '../../runtime/observe/audit/audit-row.ts';
import type { AuditRow } from '../../runtime/observe/audit/audit-row.ts';
import { eventIds } from '../../runtime/store/event-id.ts';
import type { Table } from '../../table/types.ts';
import { openedAudit, rowWith } from '../support/audit-rows.ts';
import { startGateway } from '../support/gateway.ts';
import { storeUrl } from '../support/stores.ts';
import { TEST_KEY } from '../support/table.ts';

const ADMIN_KEY = 'admin-key-0123456789abcdefghijklmnopqrstu';
const AT = 'gateway.d/test.yaml:1:1';
const BEGAN = Date.now() - 3_600_000;
const nextId = eventIds();

const ROWS: readonly AuditRow[] = Array.from({ length: 7 }, (_, at) =>
  rowWith({
    id: nextId(BEGAN + at),
    occurred_at: BEGAN + at,
    request_id: `r-${at}`,
    caller: at < 4 ? 'ci' : 'ops',
    outcome: at === 6 ? 'refused:forbidden' : 'ok',
    status: at === 6 ? 403 : 200,
    duration_ms: at,
  }),
);

function caller(name: string, env: string, admin: boolean): Table['callers'][number] {
  return {
    name,
    at: AT,
    account: name,
    admin,
    key: { secret: { env, at: AT } },
    personas: ['all'],
    access: 0,
  };
}

async function started(sink: 'store' | 'none' = 'store') {
  const store = await storeUrl('sqlite');
  await (await openedAudit(store)).write(ROWS.map(valuesOf));
  const gateway = await startGateway(
    {
      store,
      audit: { sink },
      connections: { vendor: { base_url: 'http://127.0.0.1:1' } },
      callers: [caller('ops', 'ADMIN_KEY', true), caller('tester', 'TEST_KEY', false)],
    },
    { environment: { ADMIN_KEY } },
  );
  const ask = async (path: string, key: string | null = ADMIN_KEY) => {
    const answer = await fetch(`http://127.0.0.1:${gateway.controlPort}/api/v1/admin/audit/${path}`, {
      headers: key === null ? {} : { 'X-API-Key': key },
    });
    const body = (await answer.json()) as Record<string, unknown>;
    return { status: answer.status, code: answer.headers.get('gateway-error'), body };
  };
  return { gateway, ask };
}

function idsOf(body: Record<string, unknown>): string {
  return (body['events'] as AuditRow[]).map(({ request_id }) => request_id).join(' ');
}

const ASKED: [query: string, ids: string][] = [
  ['', 'r-6 r-5 r-4 r-3 r-2 r-1 r-0'],
  ['?sort=oldest&limit=2', 'r-0 r-1'],
  ['?caller=ops', 'r-6 r-5 r-4'],
  ['?outcome=refused', 'r-6'],
  ['?status=4xx&caller=ops', 'r-6'],
  ['?request_id=r-3', 'r-3'],
  [`?since=${new Date(BEGAN + 5).toISOString()}`, 'r-6 r-5'],
  [`?until=${new Date(BEGAN + 1).toISOString()}`, 'r-0'],
  ['?connection=nobody', ''],
];

test('admins list rows by what they filter', async () => {
  const { ask } = await started();
  const found: [string, string][] = [];
  for (const [query] of ASKED) {
    const { status, body } = await ask(`events${query}`);
    expect(status).toBe(200);
    found.push([query, idsOf(body)]);
  }
  expect(found).toEqual(ASKED);
});

test('pages end where the rows do, and a row is found by its id', async () => {
  const { ask } = await started();
  const pages: string[] = [];
  let more = '';
  for (;;) {
    const { body } = await ask(`events?limit=3${more}`);
    pages.push(idsOf(body));
    const token = body['next_token'] as string | null;
    if (token === null) break;
    more = `&next_token=${token}`;
  }
  expect(pages).toEqual(['r-6 r-5 r-4', 'r-3 r-2 r-1', 'r-0']);
  const [, row] = ROWS;
  expect((await ask(`events/${row?.id}`)).body).toEqual({ event: row === undefined ? null : shownRow(row) });
  const unknown = await ask(`events/${nextId(BEGAN)}`);
  expect([unknown.status, unknown.code, unknown.body['title']]).toEqual([
    404,
    'route_unknown',
    'No such connection or path',
  ]);
});

test('stats are those of the last day, or of what is filtered', async () => {
  const { ask } = await started();
  expect((await ask('stats?by=caller')).body).toMatchObject({
    exchanges: 7,
    refused: 1,
    duration_ms: { mean: 3, max: 6 },
    quantiles_ms: { p50: 3, p95: 6, p99: 6 },
    by: 'caller',
    groups: [
      { value: 'ci', exchanges: 4, refused: 0 },
      { value: 'ops', exchanges: 3, refused: 1 },
    ],
  });
  expect((await ask('stats?outcome=refused&limit=1')).body).toMatchObject({ exchanges: 1, by: 'outcome' });
  const since = new Date(BEGAN + 60_000).toISOString();
  expect((await ask(`stats?since=${since}`)).body).toMatchObject({ since, exchanges: 0, groups: [] });
});

test.each([
  ['an unknown filter', 'events?user=ci', '"user" is not a parameter of it'],
  ['a filter twice', 'events?caller=a&caller=b', '"caller" stands more than once'],
  ['no status', 'events?status=ok', '"status": a status is 200 or 4xx'],
  [
    'no door',
    'events?door=mpc',
    '"door": no row has the door "mpc"; there are: mcp, invoke, control, passthrough',
  ],
  [
    'no outcome, nor method, both told',
    'stats?outcome=refused:nope&method=get',
    '"method": no row has the method "get"; nearest are: GET,',
  ],
  [
    'no outcome',
    'stats?outcome=refused:nope&method=get',
    '"outcome": no row has the outcome "refused:nope"; nearest are: refused',
  ],
  ['no time', 'events?since=yesterday', '"since": a time is 2026-01-31T08:00:00Z'],
  ['no limit', 'events?limit=0', '"limit" is a whole number from 1 to 500'],
  ['too much at once', 'events?limit=501', '"limit" is a whole number from 1 to 500'],
  ['no order', 'events?sort=best', '"sort" is one of newest, oldest'],
  ['no token', 'events?next_token=1', '"next_token" is that of the page before'],
  ['what is of stats', 'events?by=caller', '"by" is a parameter of stats'],
  ['what is of events', 'stats?sort=newest', '"sort" is a parameter of events'],
  ['no group', 'stats?by=path', '"by" is one of outcome, connection'],
  ['a parameter of one row', `events/${ROWS[0]?.id}?limit=1`, '"limit" is not a parameter of it'],
])('what cannot be asked is 400 and told: %s', async (_what, path, detail) => {
  const { ask } = await started();
  const { status, code, body } = await ask(path);
  expect([status, code]).toEqual([400, 'input_invalid']);
  expect(body['detail']).toContain(detail);
});

test.each([
  ['nobody', null, 'store', 401, 'caller_unauthenticated'],
  ['a caller', TEST_KEY, 'store', 403, 'forbidden'],
  ['an admin where none are kept', ADMIN_KEY, 'none', 404, 'route_unknown'],
] as const)('rows are for admins: %s', async (_what, key, sink, ...said) => {
  const { ask } = await started(sink);
  for (const path of ['events', `events/${ROWS[0]?.id}`, 'stats']) {
    const { status, code } = await ask(path, key);
    expect([status, code]).toEqual(said);
  }
});
