import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { folderOf } from './support/folder.ts';
import { gw } from './support/gw-process.ts';

// What README.md says of itself, and what its first example comes to.

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const YAML = /```yaml\n([^]*?)```/.exec(README)?.[1] ?? '';
const NUMBERS = ['Seven', 'Eight', 'Nine', 'Ten'];

test('the lines of the first example are as many as are said', () => {
  const lines = YAML.split('\n').filter((line) => line !== '').length;
  const said = /^(\w+) lines of YAML in `mine\/gateway\.d\/github\.yaml`/m.exec(README)?.[1];
  expect(said).toBe(NUMBERS[lines - 7]);
});

test('the catalogs are as many as are said', async () => {
  const listed = await gw(['add', '--format', 'json'], { cwd: folderOf() });
  const { catalogs } = JSON.parse(listed.stdout) as { catalogs: { catalog: string }[] };
  const services = catalogs.filter(({ catalog }) => catalog !== 'sample').length;
  const said = [...README.matchAll(/\b(\d{3}) (?:that gw knows|APIs are known)/g)].map(([, count]) => count);
  expect(said).toEqual([String(services), String(services)]);
});

test('the first example compiles, and its call is allowed', async () => {
  const created = await gw(['key', 'create', 'ci-bot']);
  const digest = /key_sha256: "([0-9a-f]{64})"/.exec(created.stdout)?.[1] ?? '';
  const cwd = folderOf({
    'mine/gateway.d/github.yaml': YAML.replace('key_sha256: "…"', `key_sha256: "${digest}"`),
  });
  const compiled = await gw(['compile', '--dir', 'mine'], { cwd });
  expect([compiled.code, compiled.stderr]).toEqual([0, '']);
  const asked = ['explain', 'GET', '/github/repos/nodejs/node', '--dir', 'mine'];
  const explained = await gw(asked, { cwd });
  expect([explained.code, explained.stderr]).toEqual([0, '']);
  expect(explained.stdout).toMatch(/upstream {5}GET https:\/\/api\.github\.com\/repos\/nodejs\/node\n$/);
});
