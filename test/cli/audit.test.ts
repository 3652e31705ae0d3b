import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { renderRow } from '../../cli/audit/render-rows.ts';
import { shownRow, valuesOf } from '../../runtime/observe/audit/audit-row.ts';
import type { AuditRow } from '../../runtime/observe/audit/audit-row.ts';
import { eventIds } from '../../runtime/store/event-id.ts';
import { openedAudit, rowWith } from '../support/audit-rows.ts';
import { folderOf } from '../support/folder.ts';
import { gw, startGw } from '../support/gw-process.ts';
import { simpleFolder } from '../support/simple-folder.ts';

const nextId = eventIds();
const BEGAN = Date.now() - 3_600_000;

function made(values: Partial<AuditRow>): AuditRow {
  return rowWith({ id: nextId(BEGAN), occurred_at: BEGAN, ...values });
}

const ROWS = [
  made({ request_id: 'r-1', caller: 'ci', connection: 'stripe', path: '/v1/customers', duration_ms: 10 }),
  made({
    request_id: 'r-2',
    caller: 'ci',
    connection: 'stripe',
    outcome: 'refused:forbidden',
    status: 403,
    upstream_status: null,
    rule: 'gateway.d/a.yaml:3:5',
    duration_ms: 1,
  }),
  made({
    request_id: 'r-3',
    caller: null,
    account: null,
    connection: null,
    path: null,
    outcome: 'refused:route_unknown',
    status: 404,
    upstream_status: null,
    duration_ms: 2,
  }),
  made({
    request_id: 'r-4',
    caller: 'ops',
    connection: 'slack',
    outcome: 'upstream_5xx',
    status: 502,
    upstream_status: 502,
    door: 'mcp',
    operation: 'post\u001b[2Jit',
    duration_ms: 40,
    parameters: '{"query":[["a","b"]]}',
  }),
];

/** The same rows, in a store and in a file. */
async function places(): Promise<Record<string, string[]>> {
  const folder = folderOf();
  const store = `sqlite:${join(folder, 'gw.db')}`;
  await (await openedAudit(store)).write(ROWS.map(valuesOf));
  const file = join(folder, 'audit.jsonl');
  const begun = { ...ROWS[0], outcome: 'begun', status: null } as AuditRow;
  const lines = [
    '{"level":30,"msg":"serving"}',
    'half a li',
    ...[begun, ...ROWS].map((row) => JSON.stringify({ ...shownRow(row), msg: 'audit' })),
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return { store: ['--store', store], file: ['--file', file] };
}

const IDS: [flags: string, ids: string][] = [
  ['', 'r-4 r-3 r-2 r-1'],
  ['--sort oldest', 'r-1 r-2 r-3 r-4'],
  ['--limit 2', 'r-4 r-3'],
  ['--caller ci', 'r-2 r-1'],
  ['--account acme', 'r-4 r-2 r-1'],
  ['--connection stripe --outcome ok', 'r-1'],
  ['--outcome refused', 'r-3 r-2'],
  ['--outcome refused:forbidden', 'r-2'],
  ['--status 4xx', 'r-3 r-2'],
  ['--status 502', 'r-4'],
  ['--door mcp', 'r-4'],
  ['--method POST', ''],
  ['--request-id r-3', 'r-3'],
  ['--since 2h', 'r-4 r-3 r-2 r-1'],
  ['--since 1m', ''],
  ['--until 2h', ''],
  [
    `--since ${new Date(BEGAN).toISOString()} --until ${new Date(BEGAN + 1).toISOString()}`,
    'r-4 r-3 r-2 r-1',
  ],
];

test('search gives the rows that are meant, of a store and of a file', async () => {
  const where = await places();
  const found: [string, string, string][] = [];
  for (const [place, flags] of Object.entries(where)) {
    for (const [asked] of IDS) {
      const words = asked === '' ? [] : asked.split(' ');
      const ran = await gw(['audit', 'search', ...flags, ...words, '--format', 'json']);
      expect([ran.code, ran.stderr]).toEqual([0, '']);
      const ids = ran.stdout
        .split('\n')
        .slice(0, -1)
        .map((line) => (JSON.parse(line) as AuditRow).request_id);
      found.push([place, asked, ids.join(' ')]);
    }
  }
  expect(found).toEqual(
    Object.keys(where).flatMap((place) => IDS.map(([asked, ids]) => [place, asked, ids])),
  );
});

test('text is for people: a line for each, without what moves the cursor', async () => {
  const { store = [], file = [] } = await places();
  const time = new Date(BEGAN).toISOString();
  const expected = [
    `${time} ok 200 10 ms GET /stripe/v1/customers caller=ci account=acme request=r-1`,
    `${time} refused:forbidden 403 1 ms GET /stripe/a caller=ci account=acme rule=gateway.d/a.yaml:3:5 request=r-2`,
    `${time} refused:route_unknown 404 2 ms GET request=r-3`,
    `${time} upstream_5xx 502 40 ms GET /slack/a caller=ops account=acme door=mcp operation="post\\u001b[2Jit" request=r-4 parameters={"query":[["a","b"]]}`,
    '',
  ].join('\n');
  for (const flags of [store, file])
    expect(await gw(['audit', 'search', ...flags, '--sort', 'oldest'])).toMatchObject({
      code: 0,
      stdout: expected,
    });
});

/** Values that would be other fields, or commands of a terminal, in a line that did not quote them. */
const QUOTED: [values: Partial<AuditRow>, fields: string][] = [
  [{ operation: 'GET /a' }, 'GET /vendor/a caller=tester account=acme operation="GET /a" request=r-0'],
  [
    { operation: 'a caller=root' },
    'GET /vendor/a caller=tester account=acme operation="a caller=root" request=r-0',
  ],
  [{ path: '/a caller=root' }, 'GET "/vendor/a caller=root" caller=tester account=acme request=r-0'],
  [{ connection: null, path: 'caller=root' }, 'GET "caller=root" caller=tester account=acme request=r-0'],
  [
    { rule: 'my rules/a.yaml:1:1' },
    'GET /vendor/a caller=tester account=acme rule="my rules/a.yaml:1:1" request=r-0',
  ],
  [{ account: 'a"b' }, 'GET /vendor/a caller=tester account="a\\"b" request=r-0'],
  [{ account: '' }, 'GET /vendor/a caller=tester account="" request=r-0'],
  [{ account: 'a\nb\u0085c' }, 'GET /vendor/a caller=tester account="a\\nb\\u0085c" request=r-0'],
  [
    { account: 'a\u202eb\u{e0001}' },
    'GET /vendor/a caller=tester account="a\\u202eb\\udb40\\udc01" request=r-0',
  ],
  [{ account: 'a\u2028b\u00a0c' }, 'GET /vendor/a caller=tester account="a\\u2028b\u00a0c" request=r-0'],
  [{ account: 'Łódź/a-b_c:1' }, 'GET /vendor/a caller=tester account=Łódź/a-b_c:1 request=r-0'],
  [
    { parameters: '{"query":[["a","\u202e request=r-1"]]}' },
    'GET /vendor/a caller=tester account=acme request=r-0 parameters={"query":[["a","\\u202e request=r-1"]]}',
  ],
];

test.each(QUOTED)('a value cannot be taken for another field: %j', (values, fields) => {
  const row = made({ duration_ms: 1, ...values });
  expect(renderRow(row)).toBe(`${new Date(BEGAN).toISOString()} ok 200 1 ms ${fields}`);
});

test('where there are no rows, and where none fits, that is said beside what is printed', async () => {
  const { store = [], file = [] } = await places();
  const cwd = folderOf({ 'empty.jsonl': '' });
  for (const [flags, told] of [
    [
      ['--file', 'empty.jsonl'],
      'there are no rows: each exchange of a gateway leaves one where gateway.audit.sink says so\n',
    ],
    [
      [...file, '--door', 'invoke'],
      'no row fits: ask with fewer filters, or see what there is with gw audit stats --since 90d\n',
    ],
    [
      [...store, '--door', 'invoke'],
      'no row fits: ask with fewer filters, or see what there is with gw audit stats --since 90d\n',
    ],
  ] as const) {
    const asked = ['audit', 'search', ...flags];
    expect(await gw(asked, { cwd })).toEqual({ code: 0, stdout: '', stderr: told });
    expect(await gw([...asked, '--format', 'json'], { cwd })).toEqual({ code: 0, stdout: '', stderr: '' });
  }
});

test('stats are the same of a store and of a file', async () => {
  const { store = [], file = [] } = await places();
  const text = [
    'connection  exchanges  refused  4xx  failed  mean ms  max ms  bytes in  bytes out',
    'stripe              2        1    0       0      5.5      10         0          4',
    'slack               1        0    0       1       40      40         0          2',
    '-                   1        1    0       0        2       2         0          2',
    'all                 4        2    0       1    13.25      40         0          8',
    'p50 2 ms, p95 40 ms, p99 40 ms',
    '',
  ].join('\n');
  for (const flags of [store, file]) {
    expect(await gw(['audit', 'stats', '--by', 'connection', ...flags])).toMatchObject({
      code: 0,
      stdout: text,
    });
    const json = await gw(['audit', 'stats', ...flags, '--caller', 'ci', '--format', 'json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ exchanges: 2, refused: 1, by: 'outcome' });
    const old = await gw(['audit', 'stats', ...flags, '--since', '1m', '--format', 'json']);
    expect(JSON.parse(old.stdout)).toMatchObject({ exchanges: 0, groups: [], quantiles_ms: null });
  }
});

describe('tail gives the newest rows, then each as its exchange ends', () => {
  test.each(['store', 'file'])('of a %s', async (place) => {
    const where = await places();
    const flags = where[place] ?? [];
    const add = async (rows: readonly AuditRow[]): Promise<void> => {
      if (place === 'file') {
        const text = rows.map((row) => `${JSON.stringify(shownRow(row))}\n`).join('');
        appendFileSync(flags[1] ?? '', text);
      } else {
        await (await openedAudit(flags[1] ?? '')).write(rows.map(valuesOf));
      }
    };
    const tail = startGw(['audit', 'tail', ...flags, '--limit', '2', '--caller', 'ci', '--format', 'json']);
    const seen = (id: string) => tail.logged(({ request_id }) => request_id === id);
    await seen('r-1');
    const now = rowWith({ id: nextId(Date.now()), occurred_at: Date.now(), caller: 'ci', request_id: 'r-5' });
    const begun = rowWith({
      ...now,
      id: nextId(Date.now()),
      request_id: 'r-6',
      outcome: 'begun',
      status: null,
    });
    await add([now, begun, { ...now, id: nextId(Date.now()), caller: 'other', request_id: 'r-7' }]);
    await seen('r-5');
    await add([{ ...begun, outcome: 'ok', status: 200 }]);
    await seen('r-6');
    tail.signal('SIGINT');
    expect(await tail.ended).toEqual({ code: 0, signal: null });
    expect(tail.log.map(({ request_id }) => request_id)).toEqual(['r-1', 'r-2', 'r-5', 'r-6']);
  });
});

test.each([
  ['no store', ['--store', 'sqlite:nowhere/gw.db'], /^gw: there is no store at nowhere\/gw\.db\n$/],
  ['no file', ['--file', 'nowhere.jsonl'], /^gw: there is no file nowhere\.jsonl\n$/],
  [
    'no table',
    [],
    /^gw: there is no table in build\/table: run gw compile, or name the store with --store\n$/,
  ],
  ['both', ['--file', 'a', '--store', 'sqlite:b'], /^gw: pass --file or --store, not both\n$/],
  ['no status', ['--file', 'a', '--status', 'bad'], /^gw: --status: a status is /],
  [
    'no door',
    ['--file', 'a', '--door', 'mpc'],
    /^gw: --door: no row has the door "mpc"; there are: mcp, invoke, control, passthrough\n$/,
  ],
  [
    'no outcome',
    ['--file', 'a', '--outcome', 'refused:route_unknow'],
    /^gw: --outcome: no row has the outcome "refused:route_unknow"; nearest are: refused:route_unknown, (?:[a-z_4x5:]+(?:, |\n)){7}$/,
  ],
  [
    'no refusal, but what comes of the upstream',
    ['--file', 'a', '--outcome', 'refused:upstream_timeout'],
    /^gw: --outcome: no row has the outcome "refused:upstream_timeout"; nearest are: /,
  ],
  [
    'no method',
    ['--file', 'a', '--method', 'get'],
    /^gw: --method: no row has the method "get"; nearest are: GET, /,
  ],
  ['no time', ['--file', 'a', '--since', 'yesterday'], /^gw: --since: a time is /],
])('wrong usage is told: %s', async (_what, flags, stderr) => {
  const ran = await gw(['audit', 'search', ...flags], { cwd: folderOf({ a: '' }) });
  expect([ran.code, ran.stdout]).toEqual([2, '']);
  expect(ran.stderr).toMatch(stderr);
});

test('a store that no gateway has served with has no rows yet, and stays as it is', async () => {
  const cwd = folderOf({ ...simpleFolder('https://vendor.example'), 'state/gw.db': '' });
  expect(await gw(['compile'], { cwd })).toMatchObject({ code: 0 });
  const ran = await gw(['audit', 'stats'], { cwd });
  expect(ran).toMatchObject({
    code: 2,
    stderr: 'gw: the store has no rows of audit yet: they come when a gateway serves with it\n',
  });
});
