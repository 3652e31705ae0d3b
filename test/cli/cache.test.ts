import { existsSync, readdirSync, writeFileSync } from 'node:fs';
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

test('--no-cache keeps nothing', async () => {
  const cwd = folder();
  await compile(cwd, '--no-cache');
  expect(existsSync(join(cwd, 'cache'))).toBe(false);
});

test('a cache that is damaged or cannot be written is no fault', async () => {
  const cwd = folder();
  const cold = await compile(cwd);
  const kept = join(cwd, 'cache/gw');
  for (const name of readdirSync(kept)) writeFileSync(join(kept, name), 'damaged');
  expect(await compile(cwd)).toEqual(cold);
  const blocked = folder();
  writeFileSync(join(blocked, 'cache'), 'a file');
  expect(await compile(blocked)).toEqual(cold);
});
