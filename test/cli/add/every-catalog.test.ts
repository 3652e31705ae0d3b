import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { draftConnection } from '../../../cli/add/draft-connection.ts';
import { isDeclared, waysOf } from '../../../cli/add/ways.ts';
import { writeConnection } from '../../../cli/add/write-connection.ts';
import { usableCatalogs, usualFacts } from '../../../cli/catalog/usable-catalogs.ts';
import { compile } from '../../../compiler/compile.ts';
import type { Compiled } from '../../../compiler/compile.ts';
import { readWorkspace } from '../../../compiler/1-read/read-workspace.ts';
import type { CatalogFacts } from '../../../compiler/3-resolve/read-catalog.ts';
import { faultOf } from '../../../compiler/4-check/catalog-variables.ts';
import { renderText } from '../../../compiler/diagnostic/text.ts';
import type { VariableFields } from '../../../compiler/fields/catalog-variable-fields.ts';
import { unavailableBecause } from '../../../runtime/load/unavailable.ts';
import { folderOf } from '../../support/folder.ts';

const SHIPPED = join(import.meta.dirname, '../../../catalogs');
const CATALOGS = usableCatalogs(readWorkspace(SHIPPED, SHIPPED).catalogs);

/** Values of which every variable of a shipped catalog takes one. */
const VALUES = ['acme', '1234567890', 'us6', 'www.example.com', 'acme.salesforce.com', 'www.wrike.com'];

test('there are catalogs', () => {
  expect(CATALOGS.length).toBeGreaterThan(137);
  expect(CATALOGS.map(({ name }) => name)).not.toContain('google');
});

test.each(CATALOGS.map(({ name }) => name))('the connection to %s passes gw check', async (name) => {
  const catalog = CATALOGS.find((one) => one.name === name);
  if (catalog === undefined) throw new Error('it was there');
  const ways = waysOf(usualFacts(catalog));
  expect(ways.length).toBeGreaterThan(0);
  for (const { key, mode } of ways) {
    const asked = draftConnection({
      name,
      catalog: name,
      version: versionOf(catalog),
      way: { key, mode, borrowed: false },
      given: new Map(),
    });
    const missing = asked.variables.filter(({ needed, value }) => needed && value === null);
    const given = new Map(missing.map((one): [string, string] => [one.name, fitting(one.declared)]));

    const filled = await added(catalog, key, given);
    expect(renderText(filled.diagnostics, { color: false })).toBe('');
    expect(filled.table?.connections.map((one) => [one.name, one.auth_mode])).toEqual([[name, mode]]);

    // What is told to be served is.
    const [connection] = filled.table?.connections ?? [];
    const unavailable = connection === undefined ? 'there is none' : unavailableBecause(connection);
    expect(unavailable !== null && isDeclared({ key, mode, borrowed: false })).toBe(false);

    // Whatever is left to be filled in is found where it stands, and nothing else is.
    const open = await added(catalog, key, new Map());
    expect(open.diagnostics.map(({ code, message }) => `${code} ${message}`).sort()).toEqual(
      missing
        .map((one) => `GW2001 "${one.name}" takes text, or a reference such as \${env:NAME}, not nothing`)
        .sort(),
    );
  }
});

test('each has a guide, and the list leads to all of them', () => {
  const docs = join(SHIPPED, '../docs');
  const list = readFileSync(join(docs, 'catalogs.md'), 'utf8');
  const linked = [...list.matchAll(/^\| \[([^\]]+)\]\(catalogs\/([^)]+)\.md\)/gm)].map((match) => match[2]);
  expect(linked).toEqual(CATALOGS.map(({ name }) => name));
  expect(linked.filter((name) => !existsSync(join(docs, `catalogs/${name}.md`)))).toEqual([]);
});

function versionOf(catalog: CatalogFacts): CatalogFacts['versions'][number] {
  const [version] = catalog.versions;
  if (version === undefined) throw new Error('a catalog has a version');
  return version;
}

function fitting(declared: VariableFields): string {
  const value = [...(declared.values?.value ?? []), ...VALUES].find((one) => faultOf(one, declared) === null);
  if (value === undefined) throw new Error('add a value to the list that fits');
  return value;
}

/** Adds a connection to an empty folder, and compiles that. */
async function added(
  catalog: CatalogFacts,
  auth: string,
  given: ReadonlyMap<string, string>,
): Promise<Compiled> {
  const dir = folderOf();
  mkdirSync(join(dir, 'gateway.d'));
  const workspace = readWorkspace(dir, SHIPPED);
  const asked = { reference: catalog.name, as: null, auth, given, cache: null };
  const result = await writeConnection({ dir, workspace, catalog, ...asked });
  expect(result).toMatchObject({ path: join(dir, `gateway.d/${catalog.name}.yaml`) });
  return compile(readWorkspace(dir, SHIPPED), { literalSecrets: 'error' });
}
