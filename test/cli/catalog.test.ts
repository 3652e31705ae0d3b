import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf } from '../support/folder.ts';
import { gw } from '../support/gw-process.ts';
import { CERTIFICATE_FILE, serveDocuments } from '../support/https-documents.ts';
import type { Ran } from '../support/run-program.ts';

/** A document with one operation, and more of them. */
function shop(version: string, paths: string): string {
  return `openapi: 3.1.0
info: { title: Shop, version: "${version}" }
servers: [{ url: https://api.shop.example }]
paths:
  /orders: { get: { operationId: listOrders, responses: { "200": { description: Orders } } } }
${paths}`;
}

const OLD = `  /old: { get: { operationId: old, responses: { "200": { description: Old } } } }
  /kept: { get: { operationId: kept, responses: { "200": { description: Kept } } } }
`;
const NEW = `  /new: { put: { operationId: new, responses: { "200": { description: New } } } }
  /kept:
    get:
      operationId: kept
      parameters: [{ name: page, in: query, required: true, schema: { type: integer } }]
      responses: { "200": { description: Kept } }
`;

function catalog(cwd: string, ...parameters: string[]): Promise<Ran> {
  return gw(['catalog', ...parameters], { cwd, env: { NODE_EXTRA_CA_CERTS: CERTIFICATE_FILE } });
}

test('add, list, update: what a team does in a year', async () => {
  let document = shop('1', OLD);
  let etag = '"1"';
  const { port, seen } = await serveDocuments({
    '/api.yaml': (request, response) => {
      if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
      else response.setHeader('etag', etag).end(document);
    },
  });
  const cwd = folderOf();
  const url = `https://localhost:${port}/api.yaml`;
  const allowed = ['--allow-private', '127.0.0.0/8', '--allow-private', '::1/128'];

  const refused = await catalog(cwd, 'add', 'shop', url, '--version', '1');
  expect([refused.code, refused.stdout]).toEqual([2, '']);
  expect(refused.stderr).toMatch(/^gw: localhost leads to .*, which is not public \(loopback\)\n$/);

  const added = await catalog(cwd, 'add', 'shop', url, '--version', '1', ...allowed);
  expect(added).toEqual({
    code: 0,
    stdout: 'wrote catalogs/shop/1/main.yaml (1 kB, 3 operations)\nwrote catalogs/shop/catalog.yaml\n',
    stderr: '',
  });
  const listed = await catalog(cwd, 'list');
  // Columns are as wide as the longest name of a catalog that is shipped.
  expect(listed.stdout).toMatch(/^shop@1 +folder +3 operations +default +Shop$/m);

  const unchanged = await catalog(cwd, 'update', 'shop', ...allowed);
  expect(unchanged).toEqual({ code: 0, stdout: 'shop@1 is unchanged\n', stderr: '' });
  expect(seen).toEqual(['GET /api.yaml', 'GET /api.yaml "1"']);

  document = shop('1', NEW);
  etag = '"2"';
  const unnamed = await catalog(cwd, 'update', 'shop', ...allowed);
  expect(unnamed).toEqual({
    code: 2,
    stdout: '',
    stderr: 'gw: the document changed, and still calls itself 1; name the new version with --version\n',
  });

  document = shop('2', NEW);
  const path = join(cwd, 'catalogs/shop/catalog.yaml');
  writeFileSync(path, readFileSync(path, 'utf8').replace('versions:', '# Ours.\nversions:'));
  const updated = await catalog(cwd, 'update', 'shop', ...allowed);
  expect(updated).toEqual({
    code: 0,
    stdout: [
      'wrote catalogs/shop/2/main.yaml (1 kB, 3 operations)',
      'wrote catalogs/shop/catalog.yaml',
      'operations since 1: 1 added, 1 removed, 1 changed; 2 break callers',
      '! ~ GET /kept  kept (parameters): query parameter page is required',
      '! - GET /old  old',
      '  + PUT /new  new',
      '',
    ].join('\n'),
    stderr: 'note: connections without a version keep 1: set default_version to 2 when they are to move\n',
  });
  const written = readFileSync(path, 'utf8');
  expect(written).toContain('# Ours.\nversions:\n  "1":\n');
  expect(written).toContain('etag: \'"2"\'');
  expect(written).toContain('default_version: "1"\n');
  expect((await catalog(cwd, 'list', '--format', 'json')).stdout).toContain('"version": "2"');
});

test('several files: each is fetched, pinned and compared', async () => {
  const answers: Record<string, string> = {
    '/v1/openapi.yaml': shop('1', '  /more: { $ref: "paths/more.yaml" }\n'),
    '/v1/paths/more.yaml': 'get: { operationId: more, responses: { "200": { description: More } } }\n',
  };
  const { port } = await serveDocuments(
    Object.fromEntries(
      Object.keys(answers).map((path) => [
        path,
        (_request, response) => response.setHeader('etag', '"1"').end(answers[path]),
      ]),
    ),
  );
  const cwd = folderOf({
    'gateway.d/a.yaml': 'connections: { shop: { catalog: "shop@1", auth_mode: none } }\n',
  });
  const allowed = ['--allow-private', '127.0.0.0/8', '--allow-private', '::1/128'];
  const url = `https://localhost:${port}/v1/openapi.yaml`;
  const added = await catalog(cwd, 'add', 'shop', url, '--version', '1', ...allowed);
  expect(added.stdout).toContain('wrote catalogs/shop/1/main/openapi.yaml (2 files, 1 kB, 2 operations)\n');
  const checked = await gw(['check'], { cwd });
  expect([checked.code, checked.stderr]).toEqual([0, '']);
  expect((await catalog(cwd, 'update', 'shop', ...allowed)).stdout).toBe('shop@1 is unchanged\n');
  // The first file stays as it is.
  answers['/v1/paths/more.yaml'] =
    'put: { operationId: more, responses: { "200": { description: More } } }\n';
  const updated = await catalog(cwd, 'update', 'shop', '--version', '2', ...allowed);
  expect(updated.stdout).toContain(
    'operations since 1: 1 added, 1 removed, 0 changed; 1 breaks callers\n! - GET /more  more\n  + PUT /more  more\n',
  );
  writeFileSync(join(cwd, 'catalogs/shop/1/main/paths/more.yaml'), answers['/v1/paths/more.yaml']);
  expect((await gw(['check'], { cwd })).stderr).toMatch(/^error GW6004: /);
});

test('a document from a file cannot be updated, and a catalog that is not there neither', async () => {
  const cwd = folderOf({ 'shop.yaml': shop('1', '') });
  await catalog(cwd, 'add', 'shop', 'shop.yaml', '--version', '1');
  const ran = await catalog(cwd, 'update', 'shop');
  expect([ran.code, ran.stdout]).toEqual([2, '']);
  expect(ran.stderr).toMatch(/^gw: the documents of version 1 were added from files/);
  const none = await catalog(cwd, 'update', 'shpo');
  expect(none.stderr).toBe(
    'gw: there is no catalog "shpo" here: catalogs/shpo/catalog.yaml cannot be read\n',
  );
});

test('list says which version has faults', async () => {
  const cwd = folderOf({
    'catalogs/shop/catalog.yaml': 'catalog: shop\ndescriptions: { main: { document: shop.yaml } }\n',
    'catalogs/shop/shop.yaml': 'openapi: 9.0.0\n',
    'catalogs/worse/catalog.yaml': '- no mapping\n',
  });
  const { code, stdout } = await catalog(cwd, 'list');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^sample@2 +built-in +\d+ operations +default +Sample library$/m);
  expect(stdout).toMatch(/^shop +folder +has faults$/m);
  expect(stdout).toMatch(/^worse +folder +has faults$/m);
});

test('list leaves families out, and fills in what only a connection knows', async () => {
  const { stdout } = await catalog(
    folderOf({
      'catalogs/family/catalog.yaml':
        'catalog: family\nabstract: true\nvariables: { site: { pattern: "[0-9]+" } }\n',
      'catalogs/member/catalog.yaml':
        'catalog: member\nextends: family\npath: { replace: { ":site": "{site}" } }\n',
      'catalogs/header/catalog.yaml':
        'catalog: header\nversions: { "1": { variables: { key: { from: secret } }, static_headers: { Key: "{key}" } } }\n',
    }),
    'list',
  );
  expect(stdout).toMatch(/^member +folder +0 operations$/m);
  expect(stdout).toMatch(/^header@1 +folder +0 operations +default$/m);
  expect(stdout).not.toMatch(/^family/m);
  expect(stdout).not.toContain('has faults');
});

test('an address block is checked', async () => {
  const ran = await catalog(folderOf(), 'add', 'x', 'y', '--version', '1', '--allow-private', '10.0.0.1/8');
  expect([ran.code, ran.stderr]).toEqual([
    2,
    'gw: --allow-private takes an address block such as 10.1.0.0/16, not "10.0.0.1/8"\n',
  ]);
});
