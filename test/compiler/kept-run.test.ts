import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compileAndWrite } from '../../cli/compile-folder.ts';
import { FORMATS } from '../../cli/print-diagnostics.ts';
import type { Format } from '../../cli/print-diagnostics.ts';
import type { CompileCache } from '../../compiler/1-read/compile-cache.ts';
import { noteReads } from '../../compiler/1-read/note-reads.ts';
import { readWorkspace } from '../../compiler/1-read/read-workspace.ts';
import type { Workspace } from '../../compiler/1-read/workspace.ts';
import { diagnostic } from '../../compiler/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../compiler/diagnostic/diagnostic.ts';
import { renderGithub } from '../../compiler/diagnostic/github.ts';
import { renderJson } from '../../compiler/diagnostic/json.ts';
import { renderSarif } from '../../compiler/diagnostic/sarif.ts';
import { renderText } from '../../compiler/diagnostic/text.ts';
import { readKeptRun, writeKeptRun } from '../../compiler/kept-run.ts';
import type { RunOutcome } from '../../compiler/kept-run.ts';
import { Source } from '../../compiler/source/source.ts';
import { casesOf, FIXTURES, workspaceOf } from './check.ts';

const SECRET = 'kept_nowhere_0123456789abcdef';

const FILES: Readonly<Record<string, string>> = {
  'gateway.d/a.yaml': `# was: ${SECRET}
connections: { shop: { catalog: shop, base_url: "https://a.example", auth_mode: none } }
`,
  'catalogs/shop/catalog.yaml': `# also: ${SECRET}
catalog: shop
descriptions: { main: { document: a.yaml } }
rules: { GW6007: warn, GW6012: warn }
`,
  // Faults that are lowered: in the root, in the file that it refers to, and for one that is missing.
  'catalogs/shop/a.yaml': `openapi: 3.1.0
info: { title: Shop, version: "1" }
paths:
  /a: { get: { operationId: a, parameters: [{ $ref: "b.yaml#/none" }], responses: { "200": { description: A } } } }
  /b: { get: { operationId: b, parameters: [{ $ref: "c.yaml" }], responses: { "200": { description: B } } } }
  /{c}: { get: { operationId: c, responses: { "200": { description: C } } } }
`,
  'catalogs/shop/b.yaml': 'some: { parameter: 1 }\n',
};

/** A cache in memory. */
function memoryCache(version = '1'): CompileCache & { readonly entries: Map<string, Uint8Array> } {
  const entries = new Map<string, Uint8Array>();
  return {
    version,
    entries,
    read: (key) => entries.get(key) ?? null,
    write: (key, bytes) => void entries.set(key, bytes),
  };
}

const RENDER: Record<Format, (diagnostics: readonly Diagnostic[]) => string> = {
  text: (diagnostics) => renderText(diagnostics, { color: true }),
  json: renderJson,
  sarif: renderSarif,
  github: renderGithub,
};

/** Gives everything of a run that a person may see. */
function seen({ digest, summary, diagnostics }: RunOutcome): unknown {
  return { digest, summary, printed: FORMATS.map((format) => RENDER[format](diagnostics)) };
}

async function runOf(workspace: Workspace, cache: CompileCache): Promise<RunOutcome> {
  const { digest, ...outcome } = await compileAndWrite(workspace, { out: null, cache });
  if (digest === null) throw new Error('there are errors');
  return { digest, ...outcome };
}

test('what was kept of a run with warnings in several documents is printed as at first', async () => {
  const cache = memoryCache();
  const first = await runOf(workspaceOf(FILES), cache);
  expect(first.diagnostics.length).toBeGreaterThan(1);
  const kept = readKeptRun(cache, workspaceOf(FILES));
  expect(kept === null ? null : seen(kept)).toEqual(seen(first));
});

test.each(casesOf('accept'))('accepted: %s is kept as it was', async (name) => {
  const folder = join(FIXTURES, 'accept', name);
  const cache = memoryCache();
  const first = await runOf(readWorkspace(folder, join(folder, 'builtin')), cache);
  const kept = readKeptRun(cache, readWorkspace(folder, join(folder, 'builtin')));
  expect(kept === null ? null : seen(kept)).toEqual(seen(first));
});

test.each(casesOf('reject'))('rejected: nothing of a run of %s is kept', async (name) => {
  const folder = join(FIXTURES, 'reject', name);
  const workspace = readWorkspace(folder, join(folder, 'builtin'));
  const cache = memoryCache();
  const { digest } = await compileAndWrite(workspace, { out: null, cache });
  expect(digest === null ? readKeptRun(cache, workspace) : null).toBeNull();
});

/** What changes, in which nothing that was kept may be used. */
const CHANGES: Record<string, Readonly<Record<string, string | null>>> = {
  'a comment of gateway.d': { 'gateway.d/a.yaml': `${FILES['gateway.d/a.yaml']}# \n` },
  'one more file of gateway.d': { 'gateway.d/b.yaml': '' },
  'a file of gateway.d under another name': {
    'gateway.d/a.yaml': null,
    'gateway.d/b.yaml': FILES['gateway.d/a.yaml'] ?? '',
  },
  'one more catalog': { 'catalogs/other/catalog.yaml': 'catalog: other\n' },
  'catalog.yaml': { 'catalogs/shop/catalog.yaml': `${FILES['catalogs/shop/catalog.yaml']}# \n` },
  'catalog.yaml that is gone': { 'catalogs/shop/catalog.yaml': null },
  'the root document': { 'catalogs/shop/a.yaml': `${FILES['catalogs/shop/a.yaml']}# \n` },
  'the root document that is gone': { 'catalogs/shop/a.yaml': null },
  'a document that the root refers to': { 'catalogs/shop/b.yaml': 'some: { parameter: 2 }\n' },
  'a document that is gone': { 'catalogs/shop/b.yaml': null },
  'a document that was missing': { 'catalogs/shop/c.yaml': 'name: limit\nin: query\n' },
};

test.each(Object.entries(CHANGES))('%s: the run is made anew', async (_name, change) => {
  const cache = memoryCache();
  await runOf(workspaceOf(FILES), cache);
  const changed = Object.entries({ ...FILES, ...change }).filter(([, text]) => text !== null);
  expect(readKeptRun(cache, workspaceOf(Object.fromEntries(changed) as Record<string, string>))).toBeNull();
});

test('another version of the program, and what reading found, make the run anew', async () => {
  const cache = memoryCache();
  await runOf(workspaceOf(FILES), cache);
  expect(readKeptRun({ ...cache, version: '2' }, workspaceOf(FILES))).toBeNull();
  const span = { source: new Source('gateway.d/x.yml', null), start: 0, end: 0 };
  const diagnostics = [diagnostic('GW1002', span, { message: 'it would not be read' })];
  expect(readKeptRun(cache, { ...workspaceOf(FILES), diagnostics })).toBeNull();
});

test('a damaged entry is not used, whichever byte it is', async () => {
  const cache = memoryCache();
  await runOf(workspaceOf(FILES), cache);
  const whole = new Map(cache.entries);
  const damage = [0, 1, 63, 64, 65, 100, 200, -1];
  for (const at of damage) {
    for (const [key, bytes] of whole) {
      const damaged = Buffer.from(bytes);
      const index = at < 0 ? damaged.length + at : at;
      damaged[index] = (damaged[index] ?? 0) ^ 1;
      cache.entries.set(key, damaged);
    }
    expect(readKeptRun(cache, workspaceOf(FILES))).toBeNull();
  }
  for (const length of [0, 63, 64, 65, 300]) {
    for (const [key, bytes] of whole) cache.entries.set(key, bytes.subarray(0, length));
    expect(readKeptRun(cache, workspaceOf(FILES))).toBeNull();
  }
});

test('places in files that people wrote are kept as offsets: masked as before, and without their text', () => {
  const cache = memoryCache();
  const workspace = workspaceOf(FILES);
  const noted = noteReads(workspace);
  const [file] = workspace.gatewayFiles;
  const read = noted.workspace.catalogs[0]?.readCatalog();
  if (file === undefined || read === undefined || 'fault' in read) throw new Error('not read');
  const catalog = new Source('catalogs/shop/catalog.yaml', read.text);
  const diagnostics = [file, catalog].map((source) => {
    const start = source.text.indexOf(SECRET);
    source.hide({ start, end: start + SECRET.length });
    const at = source.text.indexOf('shop');
    const note = { message: 'this stands here', span: { source, start: 2, end: 5 } };
    return diagnostic('GW6014', { source, start: at, end: at + 4 }, { message: 'a rule', notes: [note] });
  });
  const summary = { connections: 1, catalogs: 1, operations: 0 };
  const outcome = { digest: 'd', summary, diagnostics };
  writeKeptRun(cache, noted, outcome);
  const kept = readKeptRun(cache, workspaceOf(FILES));
  expect(kept === null ? null : seen(kept)).toEqual(seen(outcome));
  expect(RENDER.text(kept?.diagnostics ?? [])).toContain('••••');
  for (const bytes of cache.entries.values())
    expect(Buffer.from(bytes).toString()).not.toContain('connections: {');
});

test('no secret that stands in a file is in the cache, commented out or written out', async () => {
  const written = FILES['gateway.d/a.yaml']?.replace('none', `bearer, credential: ${SECRET}`) ?? '';
  for (const files of [FILES, { ...FILES, 'gateway.d/a.yaml': written }]) {
    const cache = memoryCache();
    const { digest } = await compileAndWrite(workspaceOf(files), { out: null, cache });
    expect([digest === null, cache.entries.size > 0]).toEqual([files !== FILES, true]);
    for (const bytes of cache.entries.values()) expect(Buffer.from(bytes).includes(SECRET)).toBe(false);
  }
});
