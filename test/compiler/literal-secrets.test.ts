import { expect, test } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { encodeTable } from '../../table/encode.ts';
import { workspaceOf } from './check.ts';

const FILES = {
  'gateway.d/a.yaml': `connections:
  vendor: { base_url: https://a.example.com, auth_mode: bearer, credential: literal-secret-value }
`,
};

test('a literal secret is an error, and there is no table', async () => {
  const { table, diagnostics } = await compile(workspaceOf(FILES), { literalSecrets: 'error' });
  expect(table).toBeNull();
  expect(diagnostics.map((one) => [one.code, one.severity])).toEqual([['GW4016', 'error']]);
});

test('for gw dev it is a warning, and its table is never written', async () => {
  const { table, diagnostics } = await compile(workspaceOf(FILES), { literalSecrets: 'warn' });
  expect(diagnostics.map((one) => [one.code, one.severity])).toEqual([['GW4016', 'warning']]);
  if (table === null) throw new Error('there should be a table');
  expect(table.connections[0]?.credential).toEqual({
    kind: 'header',
    name: 'Authorization',
    prefix: 'Bearer ',
    suffix: '',
    secret: { literal: 'literal-secret-value', at: 'gateway.d/a.yaml:2:65' },
  });
  expect(() => encodeTable(table)).toThrow('never written');
});
