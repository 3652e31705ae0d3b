import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { renderGithub } from '../../compiler/diagnostic/github.ts';
import { renderJson } from '../../compiler/diagnostic/json.ts';
import { renderSarif } from '../../compiler/diagnostic/sarif.ts';
import { renderText } from '../../compiler/diagnostic/text.ts';
import { compareWith, FIXTURES, workspaceOf } from './check.ts';

const FILES = {
  'gateway.d/a,b:c.yaml': `connections:
  stripe: { base_url: https://api.stripe.com, auth_mode: bearer, credential: 100%-literal-secret-value }
  "100%": { base_url: https://api.example.com, authmode: none }
`,
  'gateway.d/d.yaml': 'connections:\n  stripe: { base_url: https://api.stripe.com }\n',
};

const { diagnostics } = await compile(workspaceOf(FILES), { literalSecrets: 'warn' });

test.each([
  ['formats/findings.json', renderJson(diagnostics)],
  ['formats/findings.sarif', renderSarif(diagnostics)],
  ['formats/findings.github.txt', renderGithub(diagnostics)],
  ['formats/findings.txt', renderText(diagnostics, { color: false })],
])('%s', (file, rendered) => {
  expect(rendered).not.toContain('literal-secret-value');
  compareWith(join(FIXTURES, file), rendered);
});

/** A description whose operations all have one id: each but the first is a fault. */
function sameIds(faults: number): string {
  const paths = Array.from({ length: faults + 1 }, (_, at) => `  /${at}: { get: { operationId: same } }\n`);
  return `openapi: 3.1.0\ninfo: { title: A, version: "1" }\npaths:\n${paths.join('')}`;
}

test('of one code in one document twenty are shown as text, and all as JSON', async () => {
  const faults = { 'many.yaml': 25, 'twenty.yaml': 20 };
  const documents = Object.keys(faults).map((name, at) => `d${at}: { document: ${name} }`);
  const { diagnostics: found } = await compile(
    workspaceOf({
      'gateway.d/a.yaml': 'connections: { acme: { catalog: acme, auth_mode: none } }\n',
      'catalogs/acme/catalog.yaml': `catalog: acme\nbase_url: https://a.example\ndescriptions: { ${documents.join(', ')} }\n`,
      ...Object.fromEntries(
        Object.entries(faults).map(([name, count]) => [`catalogs/acme/${name}`, sameIds(count)]),
      ),
    }),
    { literalSecrets: 'error' },
  );
  const text = renderText(found, { color: false });
  const { diagnostics: listed } = JSON.parse(renderJson(found)) as {
    diagnostics: { readonly code: string; readonly file: string }[];
  };
  for (const [name, count] of Object.entries(faults)) {
    expect(text.split(`error GW6005: `).filter((one) => one.includes(`/${name}:`))).toHaveLength(20);
    expect(listed.filter(({ code, file }) => code === 'GW6005' && file.endsWith(name))).toHaveLength(count);
  }
  expect(text.match(/^.* not shown here.*$/gm)).toEqual([
    '5 more GW6005 in catalogs/acme/many.yaml are not shown here: --format json shows all',
  ]);
});

test('colours change nothing else', () => {
  const colored = renderText(diagnostics, { color: true });
  // oxlint-disable-next-line no-control-regex -- the escape sequences are what is removed
  expect(colored.replace(/\u001b\[[0-9;]*m/g, '')).toBe(renderText(diagnostics, { color: false }));
  expect(colored).toContain('\u001b[');
});

test('a long line is cut around the place', async () => {
  const long = `connections: { ${'a'.repeat(3000)}: { base_url: https://a.example.com }, b: { bas_url: x } }\n`;
  const { diagnostics: found } = await compile(workspaceOf({ 'gateway.d/a.yaml': long }), {
    literalSecrets: 'error',
  });
  const rendered = renderText(found, { color: false });
  expect(rendered.split('\n').every((line) => line.length < 250)).toBe(true);
  expect(rendered).toContain('^^^^^^^ did you mean "base_url"?');
});

test('what a terminal would act on is not shown', async () => {
  const text = 'connections:\n  "\\e[31m\u202e": { base_url: https://a.example.com, x\u0085y: 1 }\n';
  const { diagnostics: found } = await compile(workspaceOf({ 'gateway.d/a.yaml': text }), {
    literalSecrets: 'error',
  });
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  expect(renderText(found, { color: false })).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
});
