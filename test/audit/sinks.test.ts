import { mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AuditPlan } from '../../table/types.ts';
import { allRows } from '../support/audit-rows.ts';
import { folderOf } from '../support/folder.ts';
import { startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';
import { sendRaw } from '../support/raw-caller.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { headOf } from '../support/sides.ts';
import { storeUrl } from '../support/stores.ts';
import type { TableSpec } from '../support/table.ts';

async function started(audit: Partial<AuditPlan>, more: Partial<TableSpec> = {}) {
  const upstream = await rawUpstream();
  const store = await storeUrl('sqlite');
  const spec = { store, audit, connections: { vendor: { base_url: upstream.origin } }, ...more };
  return { store, upstream, gateway: await startGateway(spec) };
}

async function ask(gateway: TestGateway, path: string): Promise<void> {
  const ended = () => gateway.log.filter(({ msg }) => msg === 'exchange').length;
  const before = ended();
  await sendRaw(gateway.port, headOf(path));
  await gateway.logged(() => ended() > before);
}

interface Line {
  readonly msg: string;
  readonly path: string;
  readonly outcome: string;
  readonly id: string;
}

function linesOf(path: string): Line[] {
  const text = readFileSync(path, 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
}

test('both sinks get the same rows', async () => {
  const file = join(folderOf(), 'log/audit.jsonl');
  const { store, gateway } = await started({ sink: 'both', file });
  for (const path of ['/vendor/a', '/vendor/b', '/nobody']) await ask(gateway, path);
  await gateway.serving.close();
  const rows = await allRows(store);
  expect(rows.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'refused:route_unknown']);
  expect(linesOf(file).map(({ id, outcome, path, msg }) => ({ id, outcome, path, msg }))).toEqual(
    rows.map(({ id, outcome, path }) => ({ id, outcome, path, msg: 'audit' })),
  );
  expect(statSync(file).mode & 0o077).toBe(0);
});

test('rows may stand among the lines of the log', async () => {
  const { gateway } = await started({ sink: 'jsonl', file: 'stdout' });
  await ask(gateway, '/vendor/a');
  await gateway.serving.close();
  const audit = gateway.log.filter(({ msg }) => msg === 'audit');
  expect(audit.map(({ outcome, path, caller }) => ({ outcome, path, caller }))).toEqual([
    { outcome: 'ok', path: '/a', caller: 'tester' },
  ]);
});

test('a file that was moved away is made anew when the table is loaded again', async () => {
  const folder = folderOf();
  const file = join(folder, 'audit.jsonl');
  const { gateway } = await started({ sink: 'jsonl', file, mode: 'sync' });
  await ask(gateway, '/vendor/a');
  renameSync(file, join(folder, 'audit.1.jsonl'));
  expect(await gateway.serving.reload()).toBe(true);
  await ask(gateway, '/vendor/b');
  await gateway.serving.close();
  const ended = (name: string) =>
    linesOf(join(folder, name))
      .filter(({ outcome }) => outcome !== 'begun')
      .map(({ path }) => path);
  expect(ended('audit.jsonl')).toEqual(['/b']);
  expect(linesOf(join(folder, 'audit.1.jsonl'))[0]).toMatchObject({ outcome: 'begun', path: '/a' });
});

test('under sync a line is there when the request is sent, and a second when it has ended', async () => {
  const file = join(folderOf(), 'audit.jsonl');
  let seen: Line[] = [];
  const upstream = await rawUpstream(() => {
    seen = linesOf(file);
    return 'HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n';
  });
  const gateway = await startGateway({
    audit: { sink: 'jsonl', file, mode: 'sync' },
    connections: { vendor: { base_url: upstream.origin } },
  });
  await ask(gateway, '/vendor/a');
  expect(seen).toMatchObject([{ outcome: 'begun', path: '/a', duration_ms: null, status: null }]);
  await gateway.serving.close();
  expect(linesOf(file)).toMatchObject([
    { outcome: 'begun', id: seen[0]?.id },
    { outcome: 'upstream_4xx', id: seen[0]?.id, status: 404 },
  ]);
});

test('a store that cannot be made is told, and requests go on', async () => {
  const store = `sqlite:${folderOf()}`;
  const { gateway, upstream } = await started({ sink: 'store' }, { store });
  const line = await gateway.logged(({ msg }) => String(msg).startsWith('rows of audit cannot be written'));
  expect(line['error']).toMatch(/is no file/);
  await ask(gateway, '/vendor/a');
  expect(upstream.requests).toHaveLength(1);
  await gateway.serving.close();
  expect(gateway.log.find(({ msg }) => msg === 'rows of audit were dropped')).toMatchObject({
    sink: 'store',
    dropped: 1,
  });
});

test.each([
  ['a store', { sink: 'store' }, /gateway\.audit \(mode: sync\): .* is no file/],
  ['a file', { sink: 'jsonl' }, /gateway\.audit \(mode: sync\): EISDIR/],
] as const)('under sync, %s that cannot be made stops the start', async (_what, plan, why) => {
  const folder = folderOf();
  mkdirSync(join(folder, 'taken'));
  const audit = { ...plan, mode: 'sync' as const, file: join(folder, 'taken') };
  await expect(started(audit, { store: `sqlite:${join(folder, 'taken')}` })).rejects.toThrow(why);
});
