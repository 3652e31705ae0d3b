import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf } from '../support/folder.ts';
import { gw } from '../support/gw-process.ts';
import type { Ran } from '../support/run-program.ts';

const DOCUMENT = `openapi: 3.1.0
info: { title: Shop, version: "1" }
paths: { /a: { get: { operationId: a, responses: { "200": { description: A } } } } }
`;

function folder(): string {
  return folderOf({
    'gateway.d/a.yaml':
      'connections: { shop: { catalog: shop, base_url: "https://a.example", auth_mode: none } }\n',
    'catalogs/shop/catalog.yaml': 'catalog: shop\ndescriptions: { main: { document: a.yaml } }\n',
    'catalogs/shop/a.yaml': DOCUMENT,
  });
}

function compile(cwd: string, ...parameters: string[]): Promise<Ran> {
  return gw(['compile', ...parameters], { cwd, env: { XDG_CACHE_HOME: join(cwd, 'cache') } });
}

test('a second run gives the same table from the cache, and a changed document is read anew', async () => {
  const cwd = folder();
  const cold = await compile(cwd);
  expect(cold.stdout).toMatch(/^compiled 1 connection, 1 catalog, 1 operation; table [0-9a-f]{64}\n$/);
  const kept = readdirSync(join(cwd, 'cache/gw'));
  expect(kept.length).toBeGreaterThan(0);
  expect(await compile(cwd)).toEqual(cold);
  expect(await compile(cwd, '--no-cache')).toEqual(cold);
  expect(readdirSync(join(cwd, 'cache/gw'))).toEqual(kept);
  writeFileSync(join(cwd, 'catalogs/shop/a.yaml'), DOCUMENT.replaceAll('/a:', '/b:'));
  expect((await compile(cwd)).stdout).not.toBe(cold.stdout);
});

// The first warns in its document, the second refuses it: what is printed is the same from wherever it comes.
const FINDINGS: Record<string, string> = {
  'a warning': 'rules: { GW6007: warn }\n',
  'an error': '',
};

test.each(
  Object.entries(FINDINGS).flatMap(([name, rules]) =>
    ['text', 'json', 'sarif', 'github'].map((format) => [name, format, rules] as const),
  ),
)('%s is printed as %s alike without a cache, at first, and again', async (_name, format, rules) => {
  const cwd = folder();
  writeFileSync(
    join(cwd, 'catalogs/shop/catalog.yaml'),
    `catalog: shop\ndescriptions: { main: { document: a.yaml } }\n${rules}`,
  );
  writeFileSync(
    join(cwd, 'catalogs/shop/a.yaml'),
    DOCUMENT.replace('operationId: a,', 'operationId: a, parameters: [{ $ref: "#/none" }],'),
  );
  const without = await compile(cwd, '--no-cache', '--format', format);
  expect(without.code).toBe(rules === '' ? 1 : 0);
  expect(without.stdout + without.stderr).toContain('GW6007');
  for (let run = 0; run < 2; run += 1) expect(await compile(cwd, '--format', format)).toEqual(without);
});

test('a table that was removed is written again, and current is turned back to one that is there', async () => {
  const cwd = folder();
  const cold = await compile(cwd);
  rmSync(join(cwd, 'build'), { recursive: true });
  expect(await compile(cwd)).toEqual(cold);
  const digest = readlinkSync(join(cwd, 'build/table/current'));
  expect(cold.stdout).toContain(digest);
  const table = readFileSync(join(cwd, 'build/table', digest, 'table.json'));
  expect(createHash('sha256').update(table).digest('hex')).toBe(digest);
  writeFileSync(join(cwd, 'catalogs/shop/a.yaml'), DOCUMENT.replaceAll('/a:', '/b:'));
  await compile(cwd);
  expect(readlinkSync(join(cwd, 'build/table/current'))).not.toBe(digest);
  writeFileSync(join(cwd, 'catalogs/shop/a.yaml'), DOCUMENT);
  expect(await compile(cwd)).toEqual(cold);
  expect(readlinkSync(join(cwd, 'build/table/current'))).toBe(digest);
});

test('--no-cache keeps nothing', async () => {
  const cwd = folder();
  await compile(cwd, '--no-cache');
  expect(existsSync(join(cwd, 'cache'))).toBe(false);
});

test('a cache that is damaged or cannot be written is no fault', async () => {
  const cwd = folder();
  const cold = await compile(cwd);
  const kept = join(cwd, 'cache/gw');
  for (const name of readdirSync(kept)) if (name !== '.pruned') writeFileSync(join(kept, name), 'damaged');
  expect(await compile(cwd)).toEqual(cold);
  const blocked = folder();
  writeFileSync(join(blocked, 'cache'), 'a file');
  expect(await compile(blocked)).toEqual(cold);
});
