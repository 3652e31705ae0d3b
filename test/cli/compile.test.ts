import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf } from '../support/folder.ts';
import { gw } from '../support/gw-process.ts';
import { simpleFolder } from '../support/simple-folder.ts';

const FAULTY = {
  ...simpleFolder('https://api.vendor.example'),
  'gateway.d/30-faulty.yaml': 'connections:\n  other: { base_url: "https://x.example", authmode: none }\n',
};

test('compile writes OUT/<digest>/ and turns current to it', async () => {
  const dir = folderOf(simpleFolder('https://api.vendor.example'));
  const ran = await gw(['compile'], { cwd: dir });
  const digest = /table ([0-9a-f]{64})\n$/.exec(ran.stdout)?.[1] ?? '';
  expect(ran).toEqual({
    code: 0,
    stdout: `compiled 1 connection, 0 catalogs, 0 operations; table ${digest}\n`,
    stderr: '',
  });
  const out = join(dir, 'build/table');
  expect(readdirSync(out).sort()).toEqual([digest, 'current'].sort());
  expect(readlinkSync(join(out, 'current'))).toBe(digest);
  expect(readdirSync(join(out, digest)).sort()).toEqual(['digest', 'operations.bin', 'table.json']);
  expect(readFileSync(join(out, digest, 'digest'), 'utf8')).toBe(`${digest}\n`);
  const bytes = readFileSync(join(out, digest, 'table.json'));
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(digest);
});

test('compile keeps the table before beside the new one', async () => {
  const dir = folderOf(simpleFolder('https://api.vendor.example'));
  const out = join(dir, 'elsewhere');
  await gw(['compile', '--dir', dir, '--out', out]);
  const first = readlinkSync(join(out, 'current'));
  writeFileSync(
    join(dir, 'gateway.d/30-more.yaml'),
    'connections:\n  more: { base_url: "https://x.example", auth_mode: none }\n',
  );
  await gw(['compile', '--dir', dir, '--out', out]);
  const second = readlinkSync(join(out, 'current'));
  expect(second).not.toBe(first);
  expect(readdirSync(out).sort()).toEqual([first, second, 'current'].sort());
});

test('faults are told on standard error, exit code 1, and the table before stays', async () => {
  const dir = folderOf(simpleFolder('https://api.vendor.example'));
  await gw(['compile'], { cwd: dir });
  const current = readlinkSync(join(dir, 'build/table/current'));
  writeFileSync(join(dir, 'gateway.d/30-faulty.yaml'), FAULTY['gateway.d/30-faulty.yaml']);
  const ran = await gw(['compile'], { cwd: dir });
  expect([ran.code, ran.stdout]).toEqual([1, '']);
  expect(ran.stderr).toMatch(
    /^error GW\d{4}: unknown key "authmode"\n {2}--> gateway\.d\/30-faulty\.yaml:2:/,
  );
  expect(readlinkSync(join(dir, 'build/table/current'))).toBe(current);
});

test('check prints what compile prints, and writes nothing', async () => {
  const good = folderOf(simpleFolder('https://api.vendor.example'));
  const passed = await gw(['check'], { cwd: good });
  expect([passed.code, passed.stderr]).toEqual([0, '']);
  expect(passed.stdout).toMatch(/^checked 1 connection, 0 catalogs, 0 operations; table [0-9a-f]{64}\n$/);
  expect(readdirSync(good)).toEqual(['gateway.d']);

  const faulty = folderOf(FAULTY);
  const checked = await gw(['check'], { cwd: faulty });
  const compiled = await gw(['compile'], { cwd: faulty });
  expect(checked.code).toBe(1);
  expect(checked).toEqual(compiled);
  expect(existsSync(join(faulty, 'build'))).toBe(false);
});

const DOCUMENTS: [format: string, holds: (stdout: string) => unknown, expected: unknown][] = [
  ['json', (stdout) => Reflect.has(JSON.parse(stdout) as object, 'diagnostics'), true],
  ['sarif', (stdout) => (JSON.parse(stdout) as { version: string }).version, '2.1.0'],
  ['github', (stdout) => stdout.startsWith('::error '), true],
];

test.each(DOCUMENTS)('--format %s is a document on standard output', async (format, holds, expected) => {
  const ran = await gw(['check', '--format', format], { cwd: folderOf(FAULTY) });
  expect([ran.code, ran.stderr]).toEqual([1, '']);
  expect(holds(ran.stdout)).toEqual(expected);
});

test('a folder without gateway.d/ is a fault of the input', async () => {
  const ran = await gw(['compile', '--dir', join(folderOf(), 'nowhere')]);
  expect([ran.code, ran.stdout]).toEqual([1, '']);
  expect(ran.stderr).toMatch(/^error GW\d{4}: .*gateway\.d/);
});

test('a table that cannot be written is exit code 2, and says where', async () => {
  const dir = folderOf({ ...simpleFolder('https://api.vendor.example'), occupied: 'a file' });
  const ran = await gw(['compile', '--out', 'occupied/table'], { cwd: dir });
  expect([ran.code, ran.stdout]).toEqual([2, '']);
  expect(ran.stderr).toMatch(/^gw: the table cannot be written to occupied\/table: ENOTDIR/);
});

test('init writes a folder that compiles, and overwrites nothing', async () => {
  const dir = folderOf({ '.gitignore': 'mine/' });
  const ran = await gw(['init', '--dir', dir]);
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  expect(ran.stdout).toContain(`Next:\n  cd ${dir}\n  export GW_KEY=`);
  expect(readFileSync(join(dir, '.gitignore'), 'utf8')).toBe('mine/\nbuild/\nstate/\n.env\n');
  expect((await gw(['check', '--dir', dir])).code).toBe(0);

  const before = readFileSync(join(dir, 'gateway.d/10-example.yaml'), 'utf8');
  writeFileSync(join(dir, 'gateway.d/10-example.yaml'), `${before}# mine\n`);
  const again = await gw(['init', '--dir', dir]);
  expect([again.code, again.stdout]).toEqual([1, '']);
  expect(again.stderr).toBe(`gw init: ${join(dir, 'gateway.d')} exists already; nothing was written\n`);
  expect(readFileSync(join(dir, 'gateway.d/10-example.yaml'), 'utf8')).toBe(`${before}# mine\n`);
});

test('init where nothing can be written is wrong usage', async () => {
  const dir = join(folderOf({ file: '' }), 'file/inside');
  const ran = await gw(['init', '--dir', dir]);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toMatch(/^gw: \S+ cannot be written to: ENOTDIR/);
});
