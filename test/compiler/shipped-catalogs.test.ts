import { expect, test } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { MODE_FIELDS } from '../../compiler/4-check/mode-fields.ts';
import { readWorkspace } from '../../compiler/1-read/read-workspace.ts';
import { renderText } from '../../compiler/diagnostic/text.ts';
import { decodeTable } from '../../table/decode.ts';
import { encodeTable } from '../../table/encode.ts';
import { AUTH_MODES } from '../../table/rules/auth-modes.ts';
import { folderOf } from '../support/folder.ts';
import { SHIPPED, shippedCatalogs } from '../support/shipped-catalogs.ts';
import type { ShippedCatalog } from '../support/shipped-catalogs.ts';

/** Gives a connection to a catalog for each way to authenticate; each account brings its own credential. */
function connectionsTo({
  name,
  ways,
  variables,
}: ShippedCatalog): [name: string, connection: Readonly<Record<string, unknown>>][] {
  const operators = Object.entries(variables)
    .filter(([, { from = 'connection' }]) => from === 'connection' || from === 'secret')
    .map(([variable]) => [variable, '${env:VALUE}']);
  return ways.map((way) => {
    const mode = AUTH_MODES.find(({ catalog_key }) => catalog_key === way)?.auth_mode ?? 'none';
    const client = MODE_FIELDS[mode].required.map((key) => [key, '${env:VALUE}']);
    return [
      `${name}-${way.replaceAll('_', '-')}`,
      {
        catalog: name,
        auth_mode: mode,
        grants: mode !== 'none',
        variables: Object.fromEntries(operators),
        ...Object.fromEntries(client),
      },
    ];
  });
}

test('every way to authenticate of every shipped catalog compiles', async () => {
  const connections = shippedCatalogs().flatMap(connectionsTo);
  expect(connections.length).toBeGreaterThan(137);
  const folder = folderOf({
    'gateway.d/all.yaml': JSON.stringify({ connections: Object.fromEntries(connections) }),
  });
  const { table, diagnostics } = await compile(readWorkspace(folder, SHIPPED), { literalSecrets: 'error' });
  expect(renderText(diagnostics, { color: false })).toBe('');
  expect(table?.connections.length).toBe(connections.length);
  if (table === null) return;
  const { bytes, digest } = encodeTable(table);
  expect(decodeTable(bytes, digest)).toEqual(table);
});
