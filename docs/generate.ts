import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWorkspace } from '../compiler/1-read/read-workspace.ts';
import { CATALOG_FILE } from '../compiler/fields/catalog-fields.ts';
import { GATEWAY_FILE } from '../compiler/fields/gateway-fields.ts';
import { jsonSchema } from '../compiler/fields/json-schema.ts';
import { renderCatalogs } from './render-catalogs.ts';
import { renderConfiguration } from './render-configuration.ts';
import { renderDiagnostics } from './render-diagnostics.ts';
import { renderProblems } from './render-problems.ts';

/** Writes the pages that are made from the sources. CI makes them again and fails when they differ. */
const FOLDER = import.meta.dirname;

mkdirSync(join(FOLDER, 'schema'), { recursive: true });
writeFileSync(join(FOLDER, 'configuration.md'), renderConfiguration());
writeFileSync(join(FOLDER, 'diagnostics.md'), renderDiagnostics());
writeFileSync(join(FOLDER, 'problems.md'), renderProblems());
rmSync(join(FOLDER, 'catalogs'), { recursive: true, force: true });
mkdirSync(join(FOLDER, 'catalogs'));
const { catalogs } = readWorkspace(join(FOLDER, '..'), null);
for (const [path, page] of await renderCatalogs(catalogs)) writeFileSync(join(FOLDER, path), page);
writeJson('schema/gateway.schema.json', jsonSchema(GATEWAY_FILE, 'gateway.schema.json', 'A file of gateway.d'));
writeJson('schema/catalog.schema.json', jsonSchema(CATALOG_FILE, 'catalog.schema.json', 'A catalog.yaml'));

function writeJson(path: string, value: unknown): void {
  writeFileSync(join(FOLDER, path), `${JSON.stringify(value, null, 2)}\n`);
}
