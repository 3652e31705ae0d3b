import { expect, test } from 'vitest';
import { listCatalogs } from '../../../cli/catalog/list-catalogs.ts';
import { folderOf } from '../../support/folder.ts';

const description = (path: string): string =>
  `openapi: 3.1.0\ninfo: { title: Shop, version: "1" }\npaths: { ${path}: { get: { responses: { "200": { description: A } } } } }\n`;

test('operations of every way to authenticate count, families are left out, and their variables need no value', async () => {
  const dir = folderOf({
    'catalogs/family/catalog.yaml': `catalog: family
abstract: true
base_url: https://{site}.shop.example
variables: { site: { pattern: "[a-z]+" } }
auth: { basic: {}, oauth2: { authorization_url: "https://shop.example/a", token_url: "https://shop.example/t" } }
`,
    'catalogs/shop/catalog.yaml': `catalog: shop
extends: family
title: Shop
query: { site: "{site}" }
descriptions:
  all: { document: all.yaml }
  site: { document: site.yaml, auth: [basic] }
  cloud: { document: cloud.yaml, auth: [oauth2] }
`,
    'catalogs/shop/all.yaml': description('/a'),
    'catalogs/shop/site.yaml': description('/b'),
    'catalogs/shop/cloud.yaml': description('/c'),
    'catalogs/broken/catalog.yaml': 'catalog: [\n',
  });
  const listed = (await listCatalogs(dir)).filter(({ origin }) => origin === 'folder');
  const only = { origin: 'folder', version: null, default: true };
  expect(listed).toEqual([
    { catalog: 'broken', ...only, operations: null, title: null },
    { catalog: 'shop', ...only, operations: 3, title: 'Shop' },
  ]);
});
