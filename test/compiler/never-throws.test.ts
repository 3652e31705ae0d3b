import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { jsonFaultAt } from '../../compiler/2-parse/scan-json.ts';
import { renderGithub } from '../../compiler/diagnostic/github.ts';
import { renderJson } from '../../compiler/diagnostic/json.ts';
import { renderSarif } from '../../compiler/diagnostic/sarif.ts';
import { renderText } from '../../compiler/diagnostic/text.ts';
import { encodeTable } from '../../table/encode.ts';
import { FIXTURES, workspaceOf } from './check.ts';

const RUNS = { numRuns: 1000 };

async function renderAll(files: Record<string, string>): Promise<string> {
  const compiled = await compile(workspaceOf(files), { literalSecrets: 'error' });
  if (compiled.table !== null) encodeTable(compiled.table);
  const { diagnostics } = compiled;
  const color = { color: false };
  return (
    renderText(diagnostics, color) +
    renderJson(diagnostics) +
    renderSarif(diagnostics) +
    renderGithub(diagnostics)
  );
}

/** Symlinks are left out: some fixtures hold ones that lead outside. */
function textsUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return textsUnder(path);
    return entry.isFile() && path.endsWith('.yaml') ? [readFileSync(path, 'utf8')] : [];
  });
}

const SEEDS = [...textsUnder(join(FIXTURES, 'accept')), ...textsUnder(join(FIXTURES, 'reject'))];

/** A fixture with some pieces cut, doubled, or replaced by characters that mean something in YAML. */
const mutated = fc
  .tuple(
    fc.constantFrom(...SEEDS),
    fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        length: fc.nat(12),
        insert: fc.oneof(
          fc.constantFrom(
            ': ',
            '- ',
            '\n',
            '\t',
            '"',
            "'",
            '[',
            ']',
            '{',
            '}',
            '&a ',
            '*a',
            '!x ',
            '|\n',
            '---\n',
            '${env:',
            '#',
            '~',
            '<<: ',
            '\0',
            '\u{10ffff}',
            '\ud800',
          ),
          fc.string({ unit: 'binary', maxLength: 6 }),
        ),
      }),
      { minLength: 1, maxLength: 5 },
    ),
  )
  .map(([seed, changes]) =>
    changes.reduce((text, { at, length, insert }) => {
      const start = Math.floor(at * text.length);
      return text.slice(0, start) + insert + text.slice(start + length);
    }, seed),
  );

test('compile never throws on any text', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async (text) => {
      expect(await renderAll({ 'gateway.d/a.yaml': text })).toBeTypeOf('string');
    }),
    RUNS,
  );
});

test('compile never throws on mutated files', async () => {
  await fc.assert(
    fc.asyncProperty(mutated, async (text) => {
      expect(await renderAll({ 'gateway.d/a.yaml': text })).toBeTypeOf('string');
    }),
    RUNS,
  );
});

test('compile never throws on mutated catalogs and documents', async () => {
  const use = 'connections: { a: { catalog: acme } }\n';
  const catalog =
    'catalog: acme\nbase_url: https://a.example.com\ndescriptions: { m: { document: d.yaml }, j: { document: d.json } }\n';
  await fc.assert(
    fc.asyncProperty(mutated, fc.oneof(mutated, fc.json()), async (written, document) => {
      expect(await renderAll({ 'gateway.d/a.yaml': use, 'catalogs/acme/catalog.yaml': written })).toBeTypeOf(
        'string',
      );
      await renderAll({
        'gateway.d/a.yaml': use,
        'catalogs/acme/catalog.yaml': catalog,
        'catalogs/acme/d.yaml': `openapi: 3.1.0\npaths: ${document}`,
        'catalogs/acme/d.json': document,
      });
    }),
    RUNS,
  );
});

test.each(['[', '{ a: ', '- ', '"', '{"a":', '[{"a":['])(
  'compile never throws on %s, a hundred thousand times',
  async (piece) => {
    const text = piece.repeat(100_000);
    const catalog =
      'catalog: acme\nbase_url: https://a.example.com\ndescriptions: { m: { document: d.yaml }, j: { document: d.json } }\n';
    const rendered = await renderAll({
      'gateway.d/a.yaml': text,
      'catalogs/acme/catalog.yaml': catalog,
      'catalogs/acme/d.yaml': text,
      'catalogs/acme/d.json': text,
    });
    expect(rendered).not.toBe('');
  },
);

const SECRET_KEYS = [
  'credential',
  'password',
  'oauth2_client_secret',
  'oauth_client_secret',
  'oauth1_client_secret',
  'mtls_client_key_pem',
];

test('a literal secret is in no rendering, however broken the file is', async () => {
  const secret = fc.stringMatching(/^zQ[A-Za-z0-9+/=_-]{14,30}$/);
  const line = fc.tuple(fc.constantFrom(...SECRET_KEYS), secret, fc.constantFrom('', '"', "'"));
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(
        '',
        '\t',
        ' ',
        'x',
        '<<: ',
        'auth_mode: bearer',
        'credental: zQ',
        '- ',
        '{',
        '!t ',
        '&a ',
      ),
      fc.boolean(),
      async (lines, junk, flow) => {
        const fields = lines.map(([key, text, mark]) => `${key}: ${mark}${text}${mark}`);
        const body = flow
          ? `{ base_url: https://a.example.com, ${fields.join(', ')}, ${junk} }`
          : `\n    ${fields.join('\n    ')}\n    ${junk}`;
        const rendered = await renderAll({ 'gateway.d/a.yaml': `connections:\n  one: ${body}\n` });
        for (const [, text] of lines) expect(rendered).not.toContain(text);
      },
    ),
    RUNS,
  );
});

test('the place of a JSON fault is found exactly where JSON.parse refuses', () => {
  const almost = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom(',', '}', '"', '0', '\\', ' ', 'e', ''))
    .map(([json, at, insert]) => {
      const start = at % (json.length + 1);
      return json.slice(0, start) + insert + json.slice(start + 1);
    });
  fc.assert(
    fc.property(fc.oneof(fc.json(), almost), (text) => {
      expect(jsonFaultAt(text) === null).toBe(parses(text));
    }),
    RUNS,
  );
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test('a file name cannot act on the terminal', async () => {
  const workspace = workspaceOf({ 'gateway.d/a\u001b[31m.yaml': 'x' });
  const { diagnostics } = await compile(workspace, { literalSecrets: 'error' });
  expect(renderText(diagnostics, { color: false })).not.toContain('\u001b');
});

// Each took time by the square of its length: minutes for a file of the largest size.
test.each([
  ['a long word', `grants: ${'a'.repeat(300_000)}`],
  ['a long comment', `grants: tru # ${'a'.repeat(300_000)}`],
  ['slashes', `base_url: "https://a.example.com${'/'.repeat(300_000)}x"`],
  ['references that open', `x: 1\ngateway: { store: "${'${'.repeat(150_000)}" }`],
])('%s is read in time', async (_what, line) => {
  const started = performance.now();
  await renderAll({ 'gateway.d/a.yaml': `connections:\n  a:\n    ${line}\n` });
  expect(performance.now() - started).toBeLessThan(3_000);
});
