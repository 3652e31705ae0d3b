import { describe, expect, test } from 'vitest';
import type { AuditRow } from '../../runtime/observe/audit/audit-row.ts';
import { rowQueue } from '../../runtime/observe/audit/row-queue.ts';
import type { RowSink } from '../../runtime/observe/audit/row-sink.ts';
import { openCounts } from '../../runtime/observe/counts.ts';
import { openLog } from '../../runtime/observe/log.ts';
import { metricsText } from '../../runtime/observe/metrics-text.ts';
import { StoreUnavailable } from '../../runtime/store/store-errors.ts';
import { tellAudit } from '../../runtime/tell-audit.ts';
import { allRows, rowWith } from '../support/audit-rows.ts';
import { startGateway } from '../support/gateway.ts';
import { hasPostgres, postgresServer } from '../support/postgres-server.ts';
import { sendRaw } from '../support/raw-caller.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { codeOf, headOf } from '../support/sides.ts';

describe.skipIf(!hasPostgres)('a server that stops', () => {
  async function started(mode: 'async' | 'sync') {
    const server = await postgresServer();
    const store = await server.database();
    const upstream = await rawUpstream();
    const gateway = await startGateway({
      store,
      audit: { sink: 'store', mode },
      connections: { vendor: { base_url: upstream.origin } },
    });
    return { server, store, upstream, gateway };
  }

  test('under sync nothing is sent until it is back', async () => {
    const { server, store, upstream, gateway } = await started('sync');
    expect((await sendRaw(gateway.port, headOf('/vendor/a'))).statuses).toEqual([200]);
    await server.stop();
    for (const path of ['/vendor/b', '/vendor/c']) {
      const answer = await sendRaw(gateway.port, headOf(path));
      expect([answer.statuses[0], codeOf(answer.bytes)]).toEqual([503, 'audit_unavailable']);
      expect(answer.bytes).toMatch(/\r\nRetry-After: [1-9]\d*\r\n/);
    }
    // What has no use for the upstream is refused as ever.
    expect((await sendRaw(gateway.port, headOf('/nobody'))).statuses).toEqual([404]);
    expect(upstream.requests.map(({ head }) => head.split(' ')[1])).toEqual(['/a']);
    await server.start();
    for (;;) {
      const { statuses } = await sendRaw(gateway.port, headOf('/vendor/d'));
      if (statuses[0] === 200) break;
    }
    await gateway.serving.close();
    const rows = await allRows(store);
    const outcomesOf = (path: string) =>
      rows.filter((row) => row.path === path).map(({ outcome }) => outcome);
    expect(outcomesOf('/a')).toEqual(['ok']);
    expect(outcomesOf('/b')).toEqual(['refused:audit_unavailable']);
    expect(outcomesOf('/c')).toEqual(['refused:audit_unavailable']);
    expect(outcomesOf('/d').at(-1)).toBe('ok');
    expect(rows.map(({ outcome }) => outcome)).toContain('refused:route_unknown');
    await server.remove();
  });

  test('under async requests go on, and rows that waited are written when it is back', async () => {
    const { server, store, upstream, gateway } = await started('async');
    await sendRaw(gateway.port, headOf('/vendor/first'));
    // What is asked of the store at the start has been by then, and is not what fails.
    while ((await allRows(store)).length === 0);
    await server.stop();
    for (const path of ['/vendor/a', '/vendor/b'])
      expect((await sendRaw(gateway.port, headOf(path))).statuses).toEqual([200]);
    await gateway.logged(({ msg }) => String(msg).startsWith('rows of audit cannot be written'));
    await server.start();
    await gateway.logged(({ msg }) => msg === 'rows of audit are written again');
    expect(upstream.requests).toHaveLength(3);
    await gateway.serving.close();
    expect((await allRows(store)).map(({ path }) => path)).toEqual(['/first', '/a', '/b']);
    await server.remove();
  });

  test('what cannot be written at the end is counted', async () => {
    const { server, gateway } = await started('async');
    await server.stop();
    await sendRaw(gateway.port, headOf('/vendor/a'));
    await gateway.serving.close();
    expect(gateway.log.find(({ msg }) => msg === 'rows of audit were dropped')).toMatchObject({
      sink: 'store',
      dropped: 1,
    });
    await server.remove();
  });
});

/** A queue to a sink that the test opens and closes. */
function queueTo(write: (rows: readonly AuditRow[]) => Promise<void>) {
  const told: string[] = [];
  const queue = rowQueue(
    { name: 'store', write, close: () => Promise.resolve() },
    { gather_ms: 1, together: 4, rows_max: 10, characters_max: 1000 },
    {
      dropped: (sink, rows) => void told.push(`dropped ${sink} ${rows}`),
      failing: (sink, error) =>
        void told.push(`failing ${sink} ${error instanceof Error ? error.message : ''}`),
      healed: (sink) => void told.push(`healed ${sink}`),
    },
  );
  return { queue, told };
}

const row = (id: number, parameters: string | null = null) =>
  rowWith({ id: String(id).padStart(3, '0'), parameters });

test('there is room for so many rows, in so many characters, and the rest is counted', async () => {
  const written: string[] = [];
  const { queue, told } = queueTo((rows) => {
    written.push(rows.map(({ id }) => id).join(' '));
    return Promise.resolve();
  });
  queue.add(row(0, 'x'.repeat(600)));
  queue.add(row(1, 'x'.repeat(600)));
  // Four are on their way as soon as they are four, and ten wait.
  for (let id = 2; id < 16; id += 1) queue.add(row(id));
  await queue.end();
  expect(told).toEqual(['dropped store 1', 'dropped store 1']);
  expect(written).toEqual(['000 002 003 004', '005 006 007 008', '009 010 011 012', '013 014']);
  queue.add(row(99));
  expect(told.at(-1)).toBe('dropped store 1');
});

test('rows that could not be written are written first when they can be, in their order', async () => {
  let isAway = true;
  const written: string[] = [];
  const { queue, told } = queueTo((rows) => {
    if (isAway) return Promise.reject(new StoreUnavailable('away', 1));
    written.push(...rows.map(({ id }) => id));
    return Promise.resolve();
  });
  for (let id = 0; id < 3; id += 1) queue.add(row(id));
  while (told.length === 0) await new Promise((resolve) => setImmediate(resolve));
  queue.add(row(3));
  isAway = false;
  await queue.end();
  expect(written).toEqual(['000', '001', '002', '003']);
  expect(told).toEqual(['failing store the store is unavailable (away)', 'healed store']);
});

test('rows that no store takes are given up, and those behind them are not', async () => {
  const written: string[] = [];
  const { queue, told } = queueTo((rows) => {
    if (rows.some(({ id }) => id === '001')) return Promise.reject(new Error('no such column'));
    written.push(...rows.map(({ id }) => id));
    return Promise.resolve();
  });
  for (let id = 0; id < 6; id += 1) queue.add(row(id));
  while (told.length < 2) await new Promise((resolve) => setImmediate(resolve));
  await queue.end();
  expect(told).toEqual(['failing store no such column', 'dropped store 4', 'healed store']);
  expect(written).toEqual(['004', '005']);
});

test('what is dropped is counted for whoever reads metrics', async () => {
  const counts = openCounts();
  const lines = { write: () => {}, flush: () => Promise.resolve() };
  const tell = tellAudit(openLog('silent', lines), counts);
  const away: RowSink = {
    name: 'store',
    write: () => Promise.reject(new Error('no such column')),
    close: () => Promise.resolve(),
  };
  const limits = { gather_ms: 1, together: 2, rows_max: 3, characters_max: 1000 };
  const queue = rowQueue(away, limits, tell);
  for (let id = 0; id < 9; id += 1) queue.add(row(id));
  await queue.end();
  const { text } = await metricsText(counts);
  expect(text).toContain('\ngw_audit_dropped_total{sink="store"} 9\n');
});
