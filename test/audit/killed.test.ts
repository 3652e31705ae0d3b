import { describe, expect, test } from 'vitest';
import type { AuditRow } from '../../runtime/observe/audit/audit-row.ts';
import { allRows, openedAudit } from '../support/audit-rows.ts';
import { folderOf } from '../support/folder.ts';
import { FREE_PORTS, gw, listening, startGw } from '../support/gw-process.ts';
import type { RunningGw } from '../support/gw-process.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import type { RawUpstream } from '../support/raw-upstream.ts';
import { SIMPLE_ENVIRONMENT, SIMPLE_KEY, simpleFolder } from '../support/simple-folder.ts';
import { storeUrl, STORES } from '../support/stores.ts';
import type { StoreKind } from '../support/stores.ts';

// A real `gw serve` that is killed by the system, so that nothing of it runs any more.

interface Killed {
  readonly upstream: RawUpstream;
  readonly store: string;
  readonly running: RunningGw;
  readonly base: string;
}

async function started(kind: StoreKind, mode: 'async' | 'sync'): Promise<Killed> {
  const upstream = await rawUpstream();
  const store = await storeUrl(kind);
  const files = simpleFolder(upstream.origin);
  const gateway = `gateway:
  audit: { sink: store, mode: ${mode} }
  store: ${store}
  rate_limit: { requests_per_second: 100000, burst: 100000 }
`;
  const cwd = folderOf({
    ...files,
    'gateway.d/10-gateway.yaml': (files['gateway.d/10-gateway.yaml'] ?? '').replace(
      /^gateway: .*\n/m,
      gateway,
    ),
  });
  expect(await gw(['compile'], { cwd })).toMatchObject({ code: 0 });
  const running = startGw(['serve', ...FREE_PORTS], { cwd, env: SIMPLE_ENVIRONMENT });
  return { upstream, store, running, base: (await listening(running)).base };
}

/** Sends requests one after another, as callers do, until the gateway is gone. */
async function keepAsking(base: string, name: string): Promise<string[]> {
  const answered: string[] = [];
  for (let at = 0; ; at += 1) {
    const path = `/${name}/${at}`;
    try {
      const answer = await fetch(`${base}/vendor${path}`, { headers: { 'X-API-Key': SIMPLE_KEY } });
      await answer.text();
    } catch {
      return answered;
    }
    answered.push(path);
  }
}

function pathsOf(upstream: RawUpstream): string[] {
  return upstream.requests.map(({ head }) => / (\S+) /.exec(head)?.[1] ?? '');
}

async function untilRows(store: string, count: number): Promise<void> {
  const reader = await openedAudit(store);
  for (;;) {
    const rows = await reader.events({ filters: {}, sort: 'oldest', after: null, limit: count });
    if (rows.length >= count) return;
  }
}

describe.each(STORES)('%s', (_name, kind, present) => {
  test.skipIf(!present)(
    'killed under sync, every request that reached the upstream has its row',
    async () => {
      const { upstream, store, running, base } = await started(kind, 'sync');
      const callers = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => keepAsking(base, name));
      await upstream.waitForRequests(120);
      running.signal('SIGKILL');
      await running.ended;
      const answered = (await Promise.all(callers)).flat();
      const rows = await allRows(store);
      const kept = new Set(rows.map(({ path }) => path));
      const reached = pathsOf(upstream);
      expect(reached.length).toBeGreaterThanOrEqual(120);
      expect(reached.filter((path) => !kept.has(path))).toEqual([]);
      expect(answered.filter((path) => !kept.has(path))).toEqual([]);
      // What was under way when it was killed says so.
      const outcomes = new Set(rows.map(({ outcome }) => outcome));
      expect([...outcomes].filter((outcome) => outcome !== 'ok' && outcome !== 'begun')).toEqual([]);
      expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    },
  );

  test.skipIf(!present)('killed under async, only the last of the rows are lost', async () => {
    const { upstream, store, running, base } = await started(kind, 'async');
    const caller = keepAsking(base, 'a');
    await upstream.waitForRequests(50);
    // Rows come by themselves while requests go on.
    await untilRows(store, 50);
    await upstream.waitForRequests(pathsOf(upstream).length + 20);
    running.signal('SIGKILL');
    await running.ended;
    const answered = await caller;
    const rows: readonly AuditRow[] = await allRows(store);
    expect(rows.length).toBeGreaterThanOrEqual(50);
    // One caller's exchanges end one after another: what is there has no gap.
    expect(rows.map(({ path }) => path)).toEqual(answered.slice(0, rows.length));
  });
});

test('a gateway that is told to end writes every row first', async () => {
  const { store, running, base } = await started('sqlite', 'async');
  const answers = Array.from({ length: 20 }, (_, at) =>
    fetch(`${base}/vendor/${at}`, { headers: { 'X-API-Key': SIMPLE_KEY } }).then((answer) => answer.text()),
  );
  await Promise.all(answers);
  running.signal('SIGTERM');
  expect(await running.ended).toEqual({ code: 0, signal: null });
  expect((await allRows(store)).map(({ outcome }) => outcome)).toEqual(
    Array.from({ length: 20 }, () => 'ok'),
  );
});
