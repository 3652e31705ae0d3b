import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { folderOf, writeFiles } from '../support/folder.ts';
import { FREE_PORTS, gw, listening, startGw } from '../support/gw-process.ts';
import { loadedOf } from '../support/loaded-sources.ts';
import type { Loaded } from '../support/loaded-sources.ts';
import { SIMPLE_ENVIRONMENT, simpleFolder } from '../support/simple-folder.ts';

// What a start costs is what it loads. Counted here, and not timed.

const DOCUMENT = `openapi: 3.1.0
info: { title: Shop, version: "1" }
paths: { /a: { get: { operationId: a, parameters: [{ in: query, name: b, schema: { type: integer } }] } } }
`;

const HEAVY = [
  '@modelcontextprotocol/sdk',
  '@redocly/openapi-core',
  'ajv',
  'ajv-formats',
  'js-yaml',
  're2js',
  'yaml',
];
const heavy = ({ packages }: Loaded): string[] => packages.filter((name) => HEAVY.includes(name));
/** What reads, checks and lowers. */
const COMPILING = /^compiler\/(?:[2345]-|compile\.ts|fields\/)/;

function folder(validate: 'off' | 'enforce' = 'enforce'): string {
  return folderOf({
    ...simpleFolder('https://api.vendor.example', ['catalog: shop', `validate: ${validate}`]),
    'catalogs/shop/catalog.yaml':
      'catalog: shop\ndescriptions: { main: { document: a.yaml } }\nrules: { GW6012: warn, GW6009: warn }\n',
    'catalogs/shop/a.yaml': DOCUMENT,
  });
}

async function loadedBy(cwd: string, ...parameters: string[]): Promise<Loaded> {
  const coverage = mkdtempSync(join(cwd, 'coverage-'));
  const env = { XDG_CACHE_HOME: join(cwd, 'cache'), NODE_V8_COVERAGE: coverage };
  expect(await gw(parameters, { cwd, env })).toMatchObject({ code: 0 });
  return loadedOf(coverage, inject('built'));
}

test.each(['compile', 'check'])(
  'a warm %s loads nothing that compiles, and no package but those of the command line',
  async (command) => {
    const cwd = folder();
    const cold = await loadedBy(cwd, 'compile');
    // The counting counts.
    expect(heavy(cold)).toEqual(['@redocly/openapi-core', 'js-yaml', 'yaml']);
    expect(cold.sources.filter((path) => COMPILING.test(path)).length).toBeGreaterThan(50);
    const warm = await loadedBy(cwd, command);
    expect(warm.packages).toEqual(['commander', 'picocolors']);
    expect(warm.sources).toContain('compiler/kept-run.ts');
    expect(warm.sources.filter((path) => COMPILING.test(path) || path.startsWith('runtime/'))).toEqual([]);
  },
);

test('where gateway.d alone changed, documents are not read again', async () => {
  const cwd = folder();
  await loadedBy(cwd, 'compile');
  writeFiles(cwd, { 'gateway.d/30-more.yaml': 'personas: { writer: { read_only: false } }\n' });
  expect(heavy(await loadedBy(cwd, 'compile'))).toEqual(['yaml']);
});

test('serve loads nothing of the compiler, and nothing heavy where no request is checked', async () => {
  // Where some are, what makes validators is loaded as soon as it serves.
  const cwd = folder('off');
  expect(await gw(['compile'], { cwd })).toMatchObject({ code: 0 });
  const coverage = mkdtempSync(join(cwd, 'coverage-'));
  const env = { ...SIMPLE_ENVIRONMENT, NODE_V8_COVERAGE: coverage };
  const serving = startGw(['serve', ...FREE_PORTS], { cwd, env });
  await listening(serving);
  serving.signal('SIGTERM');
  expect(await serving.ended).toEqual({ code: 0, signal: null });
  const loaded = loadedOf(coverage, inject('built'));
  // What sends to upstreams comes in turns behind the start.
  expect(loaded.packages).toContain('pino');
  expect(heavy(loaded)).toEqual([]);
  expect(loaded.sources).toContain('runtime/serve.ts');
  expect(loaded.sources.filter((path) => /^(?:compiler|runtime\/mcp)\//.test(path))).toEqual([]);
  // No connection needs a grant: neither their store nor what chooses and refreshes them.
  expect(loaded.packages.filter((name) => ['pg', '@photostructure/sqlite'].includes(name))).toEqual([]);
  expect(
    loaded.sources.filter((path) => /^runtime\/(?:store|grants\/(?:store|refresh))\//.test(path)),
  ).toEqual([]);
});

const NOTES = `gateway: { store: "sqlite:state/gw.db" }
connections:
  notes:
    base_url: https://notes.example
    auth_mode: oauth2_authorization_code
    oauth2_authorization_url: https://notes.example/authorize
    oauth2_token_url: https://notes.example/token
    oauth2_client_id: me
    oauth2_client_secret: "\${env:VENDOR_KEY}"
    grants: true
`;

/** What a part of serving loads where it is used. */
const PARTS: Readonly<Record<string, RegExp>> = {
  control: /^runtime\/control\/(?:answer-control|control-routes|connections-routes|admin-routes)\.ts$/,
  pages: /^runtime\/control\/connect\/(?:connect-routes|page|oauth-callback)\.ts$/,
  // Refreshing is there from the start: what is near its end is looked for then.
  'sign-in': /^runtime\/grants\/oauth\/(?:callback|discover|register-.*|variables)\.ts$/,
  mcp: /^runtime\/mcp(?:-upstream)?\//,
  invoke: /^runtime\/invoke\//,
};

type Ask = readonly [at: 'base' | 'control', path: string];

/** Gives the parts that a process loaded which served a connection with grants, and was asked for this. */
async function partsLoaded(ask: Ask | null): Promise<string[]> {
  const cwd = folderOf({ ...simpleFolder('https://api.vendor.example'), 'gateway.d/30-notes.yaml': NOTES });
  expect(await gw(['compile'], { cwd })).toMatchObject({ code: 0 });
  const coverage = mkdtempSync(join(cwd, 'coverage-'));
  const env = { ...SIMPLE_ENVIRONMENT, NODE_V8_COVERAGE: coverage };
  const serving = startGw(['serve', ...FREE_PORTS], { cwd, env });
  const at = await listening(serving);
  if (ask !== null) {
    const authorization = `Bearer ${SIMPLE_ENVIRONMENT.GW_TESTER}`;
    await (await fetch(at[ask[0]] + ask[1], { headers: { authorization } })).text();
  }
  serving.signal('SIGTERM');
  expect(await serving.ended).toEqual({ code: 0, signal: null });
  const { sources } = loadedOf(coverage, inject('built'));
  // The store is opened at the start: keys that do not open it end that.
  expect(sources).toContain('runtime/grants/store/open-store.ts');
  return Object.keys(PARTS).filter((part) => sources.some((path) => PARTS[part]?.test(path) === true));
}

const ASKED: readonly [ask: Ask | null, parts: readonly string[]][] = [
  [null, []],
  [['control', '/readyz'], []],
  [['base', '/notes/a'], []],
  [
    ['control', '/connections'],
    ['control', 'pages', 'sign-in'],
  ],
  [
    ['control', '/connect'],
    ['control', 'pages', 'sign-in'],
  ],
  // One of its tools is a call by envelope.
  [
    ['base', '/mcp'],
    ['mcp', 'invoke'],
  ],
  [['base', '/api/v1/gateway/vendor/invoke'], ['invoke']],
];

test.each(ASKED)('serve with grants, asked for %j, loads %j', async (ask, parts) => {
  expect(await partsLoaded(ask)).toEqual(parts);
});
