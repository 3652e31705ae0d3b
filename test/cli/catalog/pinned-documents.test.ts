import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addCatalog } from '../../../cli/catalog/add-catalog.ts';
import { fileCache } from '../../../compiler/1-read/file-cache.ts';
import { readWorkspace } from '../../../compiler/1-read/read-workspace.ts';
import { compile } from '../../../compiler/compile.ts';
import { folderOf } from '../../support/folder.ts';

// What `gw catalog add` pins is what the compiler takes, and nothing else is: whichever of the files it was that changed.

const FINE = 'responses: { "200": { description: fine } }\n';
const DOCUMENTS: Readonly<Record<string, string>> = {
  'openapi.yaml': `openapi: 3.1.0
info: { title: Shop, version: "1" }
servers: [{ url: https://api.shop.example }]
paths: { /a: { $ref: paths/a.yaml } }
components: { schemas: { Unused: { $ref: schemas/unused.yaml } } }
`,
  'paths/a.yaml': `get:\n  parameters: [{ $ref: "../parts/q.json" }]\n  ${FINE}`,
  'parts/q.json': '{ "name": "q", "in": "query", "schema": { "$ref": "../schemas/s.yaml#/defs/A" } }\n',
  'schemas/s.yaml': 'defs: { A: { allOf: [{ $ref: "deep/b.yaml" }] } }\n',
  'schemas/deep/b.yaml': 'type: string\n',
  'schemas/unused.yaml': 'type: string\n',
};

interface Added {
  /** Where the documents stand. */
  readonly folder: string;
  /** Gives the codes of what is found, with the cache that every run of this folder shares. */
  readonly codes: () => Promise<string[]>;
}

async function added(): Promise<Added> {
  const dir = folderOf({
    'gateway.d/a.yaml': 'connections: { shop: { catalog: shop, auth_mode: none } }\n',
    ...Object.fromEntries(Object.entries(DOCUMENTS).map(([path, text]) => [`vendor/${path}`, text])),
  });
  const source = join(dir, 'vendor/openapi.yaml');
  const done = await addCatalog({ dir, catalog: 'shop', source, version: '1', description: 'main' }, {});
  expect(done.lines[0]).toContain(`(${Object.keys(DOCUMENTS).length} files, 1 kB, 1 operation)`);
  const cache = fileCache(join(dir, 'cache'), '1');
  const codes = async (): Promise<string[]> => {
    const options = { literalSecrets: 'error', cache } as const;
    const { diagnostics } = await compile(readWorkspace(dir, null), options);
    return diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code);
  };
  return { folder: join(dir, 'catalogs/shop/1/main'), codes };
}

test.each(Object.keys(DOCUMENTS))('a change of %s is found, and that it is undone', async (path) => {
  const { folder, codes } = await added();
  const file = join(folder, path);
  expect(await codes()).toEqual([]);
  // The value stays as it was: it is the bytes that were reviewed.
  writeFileSync(file, `${readFileSync(file, 'utf8')}\n`);
  expect(await codes()).toEqual(['GW6004']);
  writeFileSync(file, DOCUMENTS[path] ?? '');
  expect(await codes()).toEqual([]);
  rmSync(file);
  const missing = await codes();
  expect(missing).toContain(path === 'openapi.yaml' ? 'GW6001' : 'GW6004');
});
