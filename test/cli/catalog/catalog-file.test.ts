import { expect, test } from 'vitest';
import { CatalogFile } from '../../../cli/catalog/catalog-file.ts';

const PINNED = { document: 'd.json', sha256: 'abc', source: null };

test('what people wrote stays as it is', () => {
  const before = `# yaml-language-server: $schema=../x.json
# Ours.
catalog: shop # the name

base_url: https://api.shop.example
default_headers: { Shop-Version: "2" } # callers may override
versions:
  # The first.
  "1":
    descriptions:
      main: { document: one.json, base_path: /v1 } # by hand
  # A number.
  2:
    title: Two
    descriptions: { main: { document: two.json } }
default_version: "1"
`;
  const file = CatalogFile.read(before, 'catalog.yaml');
  expect(file.toString()).toBe(before);
  expect(file.versions()).toEqual(['1', '2']);
  file.copyVersion('2', '2026-01');
  file.setDescription('2026-01', 'main', {
    ...PINNED,
    source: { url: 'https://x.example/a', etag: 'W/"1"', last_modified: null },
  });
  file.setDescription('2', 'other', PINNED);
  file.setDescription('1', 'main', PINNED);
  expect(file.toString()).toBe(`# yaml-language-server: $schema=../x.json
# Ours.
catalog: shop # the name

base_url: https://api.shop.example
default_headers: { Shop-Version: "2" } # callers may override
versions:
  # The first.
  "1":
    descriptions:
      main: { document: d.json, base_path: /v1, sha256: abc } # by hand
  # A number.
  2:
    title: Two
    descriptions: { main: { document: two.json }, other: { document: d.json, sha256: abc } }
  "2026-01":
    title: Two
    descriptions: { main: { document: d.json, sha256: abc, source: { url: https://x.example/a, etag: W/"1" } } }
default_version: "1"
`);
});

test('a new file', () => {
  const file = CatalogFile.create('shop', { title: 'The: Shop', baseUrl: null });
  file.setDescription('1.10', 'main', PINNED);
  expect(file.toString())
    .toBe(`# yaml-language-server: $schema=../../node_modules/gw/docs/schema/catalog.schema.json

catalog: shop
title: "The: Shop"
versions:
  "1.10":
    descriptions:
      main:
        document: d.json
        sha256: abc
`);
  expect(CatalogFile.read(file.toString(), '').descriptions('1.10')).toEqual(new Map([['main', PINNED]]));
});

test('a file that ends in nothing, and one with an empty `versions`', () => {
  const file = CatalogFile.read('catalog: shop\nversions:\n', '');
  file.setDescription('1', 'main', PINNED);
  expect(file.descriptions('1')).toEqual(new Map([['main', PINNED]]));
  expect(file.toString()).toContain('versions:\n  "1":\n    descriptions:\n');
});

test.each([
  ['- a\n', 'catalogs/x/catalog.yaml cannot be changed: it holds no mapping'],
  ['', 'catalogs/x/catalog.yaml cannot be changed: it holds no mapping'],
  ['a: {\n', /^catalogs\/x\/catalog\.yaml cannot be changed: /],
])('%j is told', (text, message) => {
  expect(() => CatalogFile.read(text, 'catalogs/x/catalog.yaml')).toThrow(message);
});
