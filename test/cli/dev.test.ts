import { expect, test } from 'vitest';
import { folderOf, writeFiles } from '../support/folder.ts';
import { FREE_PORTS, gw, listening, startGw } from '../support/gw-process.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { SIMPLE_ENVIRONMENT, SIMPLE_KEY, simpleFolder } from '../support/simple-folder.ts';

const LITERAL = 'written-in-the-yaml';

test('dev takes a literal secret with a warning, which compile refuses', async () => {
  const upstream = await rawUpstream();
  const dir = folderOf(literal(upstream.origin));
  const running = startGw(['dev', ...FREE_PORTS], { cwd: dir, env: { GW_TESTER: SIMPLE_KEY } });
  const { base } = await listening(running);
  const stderr = await running.told('0 errors, 1 warning');
  expect(stderr).toMatch(/^warning GW\d{4}: /);
  expect(stderr).not.toContain(LITERAL);
  expect((await ask(base)).status).toBe(200);
  expect(upstream.requests[0]?.head).toContain(`\r\nAuthorization: Bearer ${LITERAL}\r\n`);
  expect(JSON.stringify(running.log)).not.toContain(LITERAL);

  const ran = await gw(['compile'], { cwd: dir });
  expect(ran.code).toBe(1);
  expect(ran.stderr).not.toContain(LITERAL);
});

test('dev compiles again on a change; a faulty edit is told and the table before goes on serving', async () => {
  const upstream = await rawUpstream();
  const dir = folderOf(simpleFolder(upstream.origin));
  const running = startGw(['dev', '--dir', dir, ...FREE_PORTS], { env: SIMPLE_ENVIRONMENT });
  const { base, digest } = await listening(running);

  writeFiles(dir, simpleFolder(upstream.origin, ['static_headers: { X-Edit: one }']));
  const { table: second } = await running.logged(({ msg }) => msg === 'reloaded');
  expect(second).not.toBe(digest);
  await ask(base);

  writeFiles(dir, simpleFolder(upstream.origin, ['static_header: { X-Edit: two }']));
  const failed = await running.logged(({ msg }) => String(msg).startsWith('reload failed'));
  expect(failed).toMatchObject({ table: second });
  expect(await running.told('unknown key "static_header"')).toContain('did you mean "static_headers"?');
  await ask(base);

  writeFiles(dir, simpleFolder(upstream.origin, ['static_headers: { X-Edit: "three" }']));
  await running.logged(({ msg, before }) => msg === 'reloaded' && before === second);
  await ask(base);
  expect(upstream.requests.map(({ head }) => /^X-Edit: (\w+)/m.exec(head)?.[1])).toEqual([
    'one',
    'one',
    'three',
  ]);
});

test('a folder that does not compile does not start', async () => {
  const dir = folderOf(simpleFolder('ftp://vendor.example'));
  const ran = await gw(['dev', ...FREE_PORTS], { cwd: dir, env: SIMPLE_ENVIRONMENT });
  expect([ran.code, ran.stdout]).toEqual([1, '']);
  expect(ran.stderr).toMatch(/^error GW\d{4}: /);
  expect(ran.stderr).toMatch(/\ngw: gateway\.d\/ and catalogs\/ do not compile; see above\n$/);
});

function literal(origin: string): Record<string, string> {
  const files = simpleFolder(origin);
  return {
    ...files,
    'gateway.d/20-vendor.yaml': String(files['gateway.d/20-vendor.yaml']).replace(
      /\$\{env:VENDOR_KEY\}/,
      LITERAL,
    ),
  };
}

function ask(base: string): Promise<Response> {
  return fetch(`${base}/vendor/things`, { headers: { Authorization: `Bearer ${SIMPLE_KEY}` } });
}
