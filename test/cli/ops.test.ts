import { expect, test } from 'vitest';
import { folderOf } from '../support/folder.ts';
import { gw } from '../support/gw-process.ts';
import type { Ran } from '../support/run-program.ts';

const DOCUMENT = `openapi: 3.1.0
info: { title: Shop, version: "1" }
servers: [{ url: https://api.shop.example/v2 }]
paths:
  /orders:
    get: { operationId: listOrders, summary: List orders, responses: { "200": { description: Orders } } }
    post: { operationId: addOrder, summary: Add an order, responses: { "201": { description: Added } } }
  /orders/{order}/refunds:
    post: { summary: Refund an order, tags: [money], responses: { "201": { description: Refunded } } }
`;

const FOLDER = {
  'gateway.d/gateway.yaml': `connections:
  shop: { catalog: shop, auth_mode: none }
  copy: { catalog: shop, auth_mode: none, base_url: https://copy.shop.example }
  bare: { base_url: https://bare.example, auth_mode: none }
`,
  'catalogs/shop/catalog.yaml': `catalog: shop
base_url: https://api.shop.example
versions: { "1": { descriptions: { main: { document: shop.yaml } } } }
`,
  'catalogs/shop/shop.yaml': DOCUMENT,
};

async function ops(...parameters: string[]): Promise<Ran> {
  const cwd = folderOf(FOLDER);
  const compiled = await gw(['compile'], { cwd });
  expect(compiled.code).toBe(0);
  return gw(['ops', ...parameters], { cwd });
}

const SHOP = `GET   /shop/v2/orders                  listOrders                    List orders
POST  /shop/v2/orders                  addOrder                      Add an order
POST  /shop/v2/orders/{order}/refunds  POST /orders/{order}/refunds  Refund an order
`;

test('list prints what a connection has', async () => {
  expect(await ops('list', 'shop')).toEqual({ code: 0, stdout: SHOP, stderr: '' });
});

test('list without a connection prints all', async () => {
  const { stdout } = await ops('list', '--format', 'json');
  const { operations } = JSON.parse(stdout) as { operations: { connection: string; catalog: string }[] };
  expect(operations.map((one) => `${one.connection} ${one.catalog}`)).toEqual([
    ...Array.from({ length: 3 }, () => 'copy shop@1'),
    ...Array.from({ length: 3 }, () => 'shop shop@1'),
  ]);
});

test('--dir compiles in memory', async () => {
  const ran = await gw(['ops', 'list', 'shop', '--dir', folderOf(FOLDER)]);
  expect(ran).toEqual({ code: 0, stdout: SHOP, stderr: '' });
  const faulty = await gw(['ops', 'list', '--dir', folderOf()]);
  expect([faulty.code, faulty.stdout]).toEqual([1, '']);
  expect(faulty.stderr).toMatch(/^error GW1001: /);
});

const FOUND: readonly [words: readonly string[], first: string][] = [
  [['refund'], 'POST  /shop/v2/orders/{order}/refunds  POST /orders/{order}/refunds  Refund an order\n'],
  [['ref'], 'POST  /shop/v2/orders/{order}/refunds  POST /orders/{order}/refunds  Refund an order\n'],
  [
    ['MONEY', 'order'],
    'POST  /shop/v2/orders/{order}/refunds  POST /orders/{order}/refunds  Refund an order\n',
  ],
  [['add order'], 'POST  /shop/v2/orders  addOrder  Add an order\n'],
];

test.each(FOUND)('search %j', async (words, first) => {
  expect(await ops('search', ...words, '--connection', 'shop')).toEqual({
    code: 0,
    stdout: first,
    stderr: '',
  });
});

const NOTHING: readonly [words: readonly string[], note: string][] = [
  [['refnud'], 'none of 3 operations holds "refnud" (did you mean "refund"?)\n'],
  [
    ['refnud', 'zzzz'],
    'none of 3 operations holds "refnud" (did you mean "refund"?) or "zzzz"; try fewer words\n',
  ],
  [['?!'], 'there is no word to search for: words are letters and digits\n'],
];

test.each(NOTHING)('search %j finds nothing, and says why', async (words, note) => {
  const ran = await ops('search', ...words, '--connection', 'shop');
  expect(ran).toEqual({ code: 0, stdout: '', stderr: note });
});

const PARTLY: readonly [words: readonly string[], lines: number, note: string][] = [
  [['dOrd'], 1, 'no operation holds all of these words; these hold each within another\n'],
  [['list', 'money'], 2, 'none of 3 operations holds all of: list, money; these hold some of the words\n'],
  [['order', 'zzzzzzzz'], 3, 'none of 3 operations holds "zzzzzzzz"; these hold some of the words\n'],
];

test.each(PARTLY)('search %j finds something, and says how', async (words, lines, note) => {
  const { code, stdout, stderr } = await ops('search', ...words, '--connection', 'shop');
  expect([code, stdout.split('\n').length - 1, stderr]).toEqual([0, lines, note]);
});

test('search says when there is more', async () => {
  const ran = await ops('search', 'order', '--limit', '2');
  expect([ran.code, ran.stdout.split('\n').length, ran.stderr]).toEqual([
    0,
    3,
    'and 4 more; --limit 6 shows all\n',
  ]);
});

test('show prints one operation', async () => {
  const ran = await ops('show', 'addOrder', '--connection', 'shop');
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  expect(ran.stdout).toMatch(
    /^POST \/shop\/v2\/orders\naddOrder \(shop@1, description main\)\nAdd an order\n\nNo parameters\n/,
  );
  const byPath = await ops('show', 'POST /copy/v2/orders', '--format', 'json');
  expect(JSON.parse(byPath.stdout)).toMatchObject({ connection: 'copy', caller_path: '/copy/v2/orders' });
});

const WRONG: readonly [parameters: readonly string[], stderr: string][] = [
  [['list', 'shpo'], 'gw: no connection is named "shpo"; there are: shop, copy, bare\n'],
  [
    ['show', 'addOrders', '--connection', 'shop'],
    'gw: no operation is named "addOrders"; there are: addOrder, listOrders, POST /orders/{order}/refunds\n',
  ],
  [
    ['list', '--table', 'nowhere'],
    'gw: there is no table in nowhere: run gw compile, or name a folder with --table or --dir\n',
  ],
];

test.each(WRONG)('gw ops %j is wrong usage', async (parameters, stderr) => {
  expect(await ops(...parameters)).toEqual({ code: 2, stdout: '', stderr });
});

test('an ambiguous operation is told with its places', async () => {
  const ran = await ops('show', 'addOrder');
  expect([ran.code, ran.stdout]).toEqual([2, '']);
  expect(ran.stderr).toContain('  shop: main:addOrder (POST /shop/v2/orders)\n');
});

const EMPTY_CATALOGS = {
  'catalogs/plain/catalog.yaml': 'catalog: plain\nbase_url: https://plain.example\n',
  'catalogs/hollow/catalog.yaml':
    'catalog: hollow\nbase_url: https://hollow.example\ndescriptions: { main: { document: hollow.yaml } }\n',
  'catalogs/hollow/hollow.yaml': 'openapi: 3.1.0\ninfo: { title: Hollow, version: "1" }\npaths: {}\n',
};
const ADD = '`gw catalog add` takes a description of the API\n';

test.each([
  [
    '{ base_url: "https://bare.example", auth_mode: none }',
    ['one'],
    `one has no catalog: every path is passed on, and none is known; ${ADD}`,
  ],
  [
    '{ catalog: plain, auth_mode: none }',
    ['one'],
    `the catalog of one has no descriptions: every path is passed on, and none is known; ${ADD}`,
  ],
  ['{ catalog: hollow, auth_mode: none }', ['one'], 'the descriptions of one have no operations\n'],
  [
    '{ catalog: hollow, auth_mode: none }',
    [],
    'the descriptions of all connections here have no operations\n',
  ],
  [
    '{ base_url: "https://bare.example", auth_mode: none }',
    [],
    `no connection here has a catalog with descriptions: ${ADD}`,
  ],
  [
    '{ base_url: "https://mcp.example/mcp", auth_mode: mcp, credential: "${env:TOKEN}" }',
    ['one'],
    'one is an MCP server: its tools are asked for while gw serves; the MCP tool api_list_endpoints lists and searches them\n',
  ],
])('where no operation is known, that is said, and what to do: %s %j', async (connection, named, stderr) => {
  const dir = folderOf({ 'gateway.d/a.yaml': `connections: { one: ${connection} }\n`, ...EMPTY_CATALOGS });
  const list = ['ops', 'list', ...named, '--dir', dir];
  expect(await gw(list)).toEqual({ code: 0, stdout: '', stderr });
  const json = await gw([...list, '--format', 'json']);
  expect(JSON.parse(json.stdout)).toEqual({ operations: [] });
});

const SERVERS = {
  'gateway.d/gateway.yaml': `connections:
  shop: { catalog: shop, auth_mode: none }
  notes: { base_url: "https://mcp.example/mcp", auth_mode: mcp, credential: "\${env:TOKEN}" }
  tasks: { base_url: "https://mcp.example/mcp", auth_mode: mcp, credential: "\${env:TOKEN}" }
`,
  'catalogs/shop/catalog.yaml': FOLDER['catalogs/shop/catalog.yaml'],
  'catalogs/shop/shop.yaml': DOCUMENT,
};
const BEHIND =
  'tools are asked for while gw serves; the MCP tool api_list_endpoints lists and searches them\n';
const ONE = `notes is an MCP server: its ${BEHIND}`;
const BOTH = `notes, tasks are MCP servers: their ${BEHIND}`;

/** What is said of tools, which no table has, beside what is found. */
const BESIDE: readonly [parameters: readonly string[], lines: number, stderr: string, code: number][] = [
  [['list'], 3, BOTH, 0],
  [['list', 'shop'], 3, '', 0],
  [['list', 'notes'], 0, ONE, 0],
  [['search', 'refund'], 1, BOTH, 0],
  [['search', 'refund', '--connection', 'shop'], 1, '', 0],
  [['search', 'refund', '--connection', 'notes'], 0, ONE, 0],
  [['show', 'add', '--connection', 'notes'], 0, `gw: ${ONE}`, 2],
];

test.each(BESIDE)('beside MCP servers: %j', async (parameters, lines, stderr, code) => {
  const ran = await gw(['ops', ...parameters, '--dir', folderOf(SERVERS)]);
  expect({ ...ran, stdout: ran.stdout.split('\n').length - 1 }).toEqual({ code, stdout: lines, stderr });
});
