import { once } from 'node:events';
import { appendFileSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { folderOf, writeFiles } from '../support/folder.ts';
import { FREE_PORTS, gw, listening, startGw } from '../support/gw-process.ts';
import type { Listening, RunningGw } from '../support/gw-process.ts';
import { readRaw } from '../support/raw-caller.ts';
import { OK, rawUpstream } from '../support/raw-upstream.ts';
import { SIMPLE_ENVIRONMENT, SIMPLE_KEY, simpleFolder } from '../support/simple-folder.ts';

const UPSTREAM = 'https://api.vendor.example';

test('a table with a byte changed is refused', async () => {
  const dir = await compiled(simpleFolder(UPSTREAM));
  const table = join(dir, 'build/table', readlinkSync(join(dir, 'build/table/current')), 'table.json');
  appendFileSync(table, ' ');
  const ran = await gw(['serve', ...FREE_PORTS], { cwd: dir, env: SIMPLE_ENVIRONMENT });
  expect([ran.code, ran.stdout]).toEqual([1, '']);
  expect(ran.stderr).toMatch(/^gw: .*digest/);
});

test('every missing secret is told, with its connection, file and line', async () => {
  const files = simpleFolder(UPSTREAM, ['static_headers: { X-Signed: "${file:nowhere/signed}" }']);
  const dir = await compiled(files);
  const ran = await gw(['serve', ...FREE_PORTS], { cwd: dir, env: { GW_TESTER: 'too-short-to-be-a-key' } });
  expect(ran).toEqual({
    code: 1,
    stdout: '',
    stderr: `gw: the table cannot be served:
  connection vendor: \${file:nowhere/signed}: the file cannot be read (ENOENT) (gateway.d/20-vendor.yaml:6:23)
  connection vendor: \${env:VENDOR_KEY}: the environment variable is not set (gateway.d/20-vendor.yaml:5:5)
  caller tester: the key has fewer than 32 characters; gw key create makes one (gateway.d/10-gateway.yaml:2:13)
`,
  });
});

test.each(['--listen', '--control'])('an address in use ends the start: %s', async (flag) => {
  const dir = await compiled(simpleFolder(UPSTREAM));
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  onTestFinished(() => void taken.close());
  const { port } = taken.address() as AddressInfo;
  const other = flag === '--listen' ? '--control' : '--listen';
  const ran = await gw(['serve', flag, `127.0.0.1:${port}`, other, '127.0.0.1:0'], {
    cwd: dir,
    env: SIMPLE_ENVIRONMENT,
  });
  expect([ran.code, ran.stdout]).toEqual([2, '']);
  expect(ran.stderr).toBe(
    `gw: cannot listen: listen EADDRINUSE: address already in use 127.0.0.1:${port}; pass --listen or --control\n`,
  );
});

test('every flag can come from the environment', async () => {
  const upstream = await rawUpstream();
  const dir = await compiled(simpleFolder(upstream.origin));
  const running = startGw(['serve'], {
    env: {
      ...SIMPLE_ENVIRONMENT,
      GW_TABLE: join(dir, 'build/table'),
      GW_LISTEN: '127.0.0.1:0',
      GW_CONTROL: '127.0.0.1:0',
      GW_LOG_LEVEL: 'info',
      GW_WATCH: '1',
    },
  });
  const { base, control, digest } = await listening(running);
  expect(digest).toBe(readlinkSync(join(dir, 'build/table/current')));
  expect((await ask(base)).status).toBe(200);
  expect(await (await fetch(`${control}/readyz`)).json()).toMatchObject({ state: 'ready', table: digest });
  // GW_WATCH: the new table comes without a signal.
  const next = await recompile(dir, simpleFolder(upstream.origin, ['forwarded: true']));
  await running.logged(({ msg, table }) => msg === 'reloaded' && table === next);
});

test('GW_WATCH=false does not watch, GW_LOG_LEVEL=warn drops the access log', async () => {
  const upstream = await rawUpstream();
  const dir = await compiled(simpleFolder(upstream.origin));
  const running = startGw(['serve', ...FREE_PORTS, '--log-level', 'info'], {
    cwd: dir,
    env: { ...SIMPLE_ENVIRONMENT, GW_WATCH: 'false', GW_LOG_LEVEL: 'warn' },
  });
  // The flag goes before the variable, or there would be no line to wait for.
  const { digest } = await listening(running);
  const next = await recompile(dir, simpleFolder(upstream.origin, ['forwarded: true']));
  running.signal('SIGHUP');
  await running.logged(({ msg, table }) => msg === 'reloaded' && table === next);
  expect(running.log.filter(({ msg }) => msg === 'reloaded')).toEqual([
    expect.objectContaining({ before: digest, table: next }),
  ]);
});

test('SIGHUP reads a secret file again, and takes a new table', async () => {
  const upstream = await rawUpstream();
  const files = simpleFolder(upstream.origin, ['static_headers: { X-Signed: "${file:signed}" }']);
  const { dir, running, base } = await serving({ ...files, signed: 'first\n' });
  await ask(base);
  writeFileSync(join(dir, 'signed'), 'second\n');
  running.signal('SIGHUP');
  await running.logged(({ msg }) => msg === 'reloaded');
  await ask(base);
  const next = await recompile(
    dir,
    simpleFolder(upstream.origin, ['static_headers: { X-Signed: "third, and public" }']),
  );
  running.signal('SIGHUP');
  await running.logged(({ msg, table }) => msg === 'reloaded' && table === next);
  await ask(base);
  expect(upstream.requests.map(({ head }) => /^X-Signed: (.*)$/m.exec(head)?.[1]?.trim())).toEqual([
    'first',
    'second',
    'third, and public',
  ]);
  expect(JSON.stringify(running.log)).not.toMatch(/first|second|vendor-credential|gw_simple/);
});

interface BadReload {
  readonly spoil: (dir: string) => void | Promise<unknown>;
  readonly reason: string;
  readonly error: RegExp;
}

const BAD_RELOADS: Record<string, BadReload> = {
  'a table with a byte changed': {
    spoil: async (dir) => {
      const digest = await recompile(dir, simpleFolder('http://127.0.0.1:9', ['forwarded: true']));
      appendFileSync(join(dir, 'build/table', digest, 'table.json'), ' ');
    },
    reason: 'table_invalid',
    error: /digest/,
  },
  'a missing secret': {
    spoil: (dir) =>
      recompile(dir, simpleFolder('http://127.0.0.1:9', ['static_headers: { X-A: "${env:NOT_SET}" }'])),
    reason: 'table_unservable',
    error:
      /^connection vendor: \$\{env:NOT_SET\}: the environment variable is not set \(gateway\.d\/20-vendor\.yaml:6:\d+\)$/,
  },
  'no table any more': {
    spoil: (dir) => rmSync(join(dir, 'build'), { recursive: true }),
    reason: 'table_unreadable',
    error: /^ENOENT: /,
  },
};

test.each(Object.entries(BAD_RELOADS))(
  '%s: the table before goes on serving, log and readiness say so',
  async (_name, { spoil, reason, error }) => {
    const upstream = await rawUpstream();
    const { dir, running, base, control, digest } = await serving(simpleFolder(upstream.origin));
    await spoil(dir);
    running.signal('SIGHUP');
    const line = await running.logged(({ msg }) => String(msg).startsWith('reload failed'));
    expect(line).toMatchObject({
      table: digest,
      msg: 'reload failed: the table before goes on serving',
      error: expect.stringMatching(error) as unknown,
    });
    expect((await ask(base)).status).toBe(200);
    const ready = await fetch(`${control}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({
      state: 'ready',
      table: digest,
      last_reload_failed: { reason },
    });
  },
);

test('--watch sees that current was turned to another table', async () => {
  const upstream = await rawUpstream();
  const { dir, running, base, control } = await serving(simpleFolder(upstream.origin), ['--watch']);
  const next = await recompile(dir, simpleFolder(upstream.origin, ['static_headers: { X-Seen: "yes" }']));
  await running.logged(({ msg, table }) => msg === 'reloaded' && table === next);
  await ask(base);
  expect(upstream.requests[0]?.head).toContain('\r\nX-Seen: yes\r\n');
  expect(await (await fetch(`${control}/readyz`)).json()).toMatchObject({
    table: next,
    last_reload_failed: null,
  });
});

test('--watch sees the symlink swap by which Kubernetes replaces a ConfigMap', async () => {
  const upstream = await rawUpstream();
  const dir = await compiled(simpleFolder(upstream.origin));
  const first = readlinkSync(join(dir, 'build/table/current'));
  const second = await recompile(dir, simpleFolder(upstream.origin, ['forwarded: true']));
  const volume = folderOf();
  symlinkSync(join(dir, 'build/table', first), join(volume, '..data'));
  for (const name of ['table.json', 'digest']) symlinkSync(join('..data', name), join(volume, name));
  const running = startGw(['serve', '--watch', '--table', volume, ...FREE_PORTS], {
    env: SIMPLE_ENVIRONMENT,
  });
  expect((await listening(running)).digest).toBe(first);
  symlinkSync(join(dir, 'build/table', second), join(volume, '..data_new'));
  renameSync(join(volume, '..data_new'), join(volume, '..data'));
  await running.logged(({ msg, table }) => msg === 'reloaded' && table === second);
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s drains: what is in flight finishes, nothing new is taken, exit code 0',
  async (signal) => {
    let answer = (): void => {};
    const upstream = await rawUpstream(() => ({ socket }) => {
      answer = () => socket.write(OK);
    });
    const { running, base, control } = await serving(simpleFolder(upstream.origin));
    const inFlight = ask(base);
    await upstream.waitForRequests(1);
    running.signal(signal);
    await running.logged(({ msg }) => msg === 'draining');
    const ready = await fetch(`${control}/readyz`);
    expect([ready.status, await ready.json()]).toMatchObject([503, { state: 'draining' }]);
    await expect(ask(base)).rejects.toThrow('fetch failed');
    answer();
    const response = await inFlight;
    expect([response.status, await response.text()]).toEqual([200, 'ok']);
    expect(await running.ended).toEqual({ code: 0, signal: null });
    expect(running.log.at(-1)).toMatchObject({ msg: 'exchange', status: 200, cut: false });
  },
);

test('a second signal ends at once', async () => {
  const upstream = await rawUpstream(() => () => {});
  const { running, base } = await serving(simpleFolder(upstream.origin));
  const caller = connect(Number(new URL(base).port), '127.0.0.1');
  onTestFinished(() => void caller.destroy());
  caller.write(`GET /vendor/slow HTTP/1.1\r\nHost: gw\r\nX-API-Key: ${SIMPLE_KEY}\r\n\r\n`);
  const cut = readRaw(caller, () => false);
  await upstream.waitForRequests(1);
  running.signal('SIGTERM');
  await running.logged(({ msg }) => msg === 'draining');
  running.signal('SIGTERM');
  expect(await running.ended).toEqual({ code: 1, signal: null });
  expect(await cut).toMatchObject({ bytes: '', closed: true });
});

/** Gives a folder with these files and their table. */
async function compiled(files: Parameters<typeof folderOf>[0]): Promise<string> {
  const dir = folderOf(files);
  const ran = await gw(['compile'], { cwd: dir });
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  return dir;
}

/** Compiles other files in the folder. Gives the digest. */
async function recompile(dir: string, files: Parameters<typeof writeFiles>[1]): Promise<string> {
  writeFiles(dir, files);
  const ran = await gw(['compile'], { cwd: dir });
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  return readlinkSync(join(dir, 'build/table/current'));
}

/** Compiles a folder and serves it on free ports. */
async function serving(
  files: Parameters<typeof folderOf>[0],
  flags: readonly string[] = [],
): Promise<Listening & { dir: string; running: RunningGw }> {
  const dir = await compiled(files);
  const running = startGw(['serve', ...FREE_PORTS, ...flags], { cwd: dir, env: SIMPLE_ENVIRONMENT });
  return { dir, running, ...(await listening(running)) };
}

function ask(base: string): Promise<Response> {
  return fetch(`${base}/vendor/things`, { headers: { Authorization: `Bearer ${SIMPLE_KEY}` } });
}
