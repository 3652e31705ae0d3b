import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { readWorkspace } from '../../compiler/1-read/read-workspace.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gw-read-'));
  mkdirSync(join(folder, 'gateway.d'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function findings(): Promise<string[]> {
  const { diagnostics } = await compile(readWorkspace(folder, null), { literalSecrets: 'error' });
  return diagnostics.map((one) => `${one.code} ${one.span.source.path} ${one.message}`);
}

test('a file over 1 MiB is not read', async () => {
  writeFileSync(join(folder, 'gateway.d/a.yaml'), `# ${'x'.repeat(1024 * 1024)}\n`);
  expect(await findings()).toEqual(['GW1003 gateway.d/a.yaml "gateway.d/a.yaml" is larger than 1 MiB']);
});

test('a document over 128 MiB is not read', async () => {
  mkdirSync(join(folder, 'catalogs/acme'), { recursive: true });
  writeFileSync(
    join(folder, 'catalogs/acme/catalog.yaml'),
    'catalog: acme\nbase_url: https://api.acme.example\ndescriptions: { main: { document: big.json } }\n',
  );
  writeFileSync(join(folder, 'catalogs/acme/big.json'), '');
  // Sparse: no byte of it is on the disk.
  for (const bytes of [128 * 1024 * 1024 + 1, 200_000_000]) {
    truncateSync(join(folder, 'catalogs/acme/big.json'), bytes);
    expect(await findings()).toEqual(['GW1003 catalogs/acme/catalog.yaml "big.json" is larger than 128 MiB']);
  }
});

test('more than 10,000 files are too many', async () => {
  for (let index = 0; index <= 10_000; index += 1) writeFileSync(join(folder, `gateway.d/${index}.txt`), '');
  expect(await findings()).toEqual(['GW1006 gateway.d gateway.d holds more than 10,000 files']);
});

test('a named pipe does not hang the compiler', async () => {
  const makePipe = 'mkfifo';
  execFileSync(makePipe, [join(folder, 'gateway.d/pipe.yaml')]);
  expect(await findings()).toEqual(['GW1007 gateway.d/pipe.yaml "gateway.d/pipe.yaml" cannot be read']);
});

test('a folder that is a symlink to itself ends', async () => {
  execFileSync('ln', ['-s', '.', join(folder, 'gateway.d/loop')]);
  expect((await findings()).every((one) => one.startsWith('GW1005') || one.startsWith('GW1012'))).toBe(true);
});

test('catalogs that is no folder is not passed over', async () => {
  writeFileSync(join(folder, 'catalogs'), '');
  expect(await findings()).toEqual(['GW1007 catalogs "catalogs" cannot be listed']);
});

const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? ' (not tried: root may list everything)' : '';
test.skipIf(isRoot)(`a folder that cannot be listed is not passed over${asRoot}`, async () => {
  mkdirSync(join(folder, 'gateway.d/team'));
  chmodSync(join(folder, 'gateway.d/team'), 0);
  expect(await findings()).toEqual(['GW1007 gateway.d/team "gateway.d/team" cannot be listed']);
});
