import { catalogAuthKey } from '../../table/rules/auth-modes.ts';
import { readCatalogReference, resolveVersion } from './catalog-reference.ts';
import { readCatalog } from './read-catalog.ts';
import type { CatalogReader } from './read-catalog.ts';
import { readDeclarations } from './read-declarations.ts';
import { resolveAuthMode, wayOf } from './resolve-auth-mode.ts';
import type { AuthMode } from '../../table/types.ts';
import type { CatalogModel, CatalogVersion, Declared, Model } from './model.ts';
import type { CompileCache } from '../1-read/compile-cache.ts';
import type { Workspace } from '../1-read/workspace.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import type { ConnectionFields } from '../fields/connection-fields.ts';
import type { FieldReader } from '../2-parse/read-scalar.ts';

/** Gives the model of a workspace: files parsed and read by their shapes, names resolved. */
export async function resolve(
  workspace: Workspace,
  report: Report,
  cache: CompileCache | null,
): Promise<Model> {
  const reader: FieldReader = { report, literals: [] };
  const declarations = readDeclarations(workspace.gatewayFiles, reader);
  const catalogs = await readCatalogs(workspace, declarations.connections, { reader, cache });
  return {
    ...declarations,
    complete: declarations.complete && workspace.diagnostics.length === 0,
    connections: declarations.connections.map((connection) => {
      const catalog = catalogOf(connection.fields, catalogs);
      const authMode = resolveAuthMode(connection.fields, catalog);
      return { ...connection, catalog: catalog && describedFor(authMode, catalog), authMode };
    }),
    catalogs,
    catalogNames: workspace.catalogs.map((catalog) => catalog.name),
    literals: reader.literals,
  };
}

async function readCatalogs(
  workspace: Workspace,
  connections: readonly Declared<ConnectionFields>[],
  { reader, cache }: { readonly reader: FieldReader; readonly cache: CompileCache | null },
): Promise<CatalogModel[]> {
  const used = new Set<string>();
  for (const { fields } of connections) {
    if (fields.catalog?.value !== undefined) used.add(readCatalogReference(fields.catalog.value).name);
  }
  const catalogs: CatalogModel[] = [];
  const files: CatalogReader['files'] = new Map();
  for (const folder of workspace.catalogs) {
    if (folder.origin !== 'folder' && !used.has(folder.name)) continue;
    // One after the other: documents are large, and two at once would stand in memory twice.
    const catalog = await readCatalog(folder, { reader, cache, folders: workspace.catalogs, files });
    if (catalog !== null) catalogs.push(catalog);
  }
  return catalogs.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Gives a catalog with the descriptions of one way to authenticate alone, where it has them by way. */
function describedFor(authMode: AuthMode | null, catalog: CatalogVersion): CatalogVersion {
  // A token that was obtained elsewhere is both: `bearer`, and used like one that was signed in for.
  const keys = authMode === null ? [] : [catalogAuthKey(authMode), wayOf(authMode, catalog)];
  const descriptions = catalog.descriptions.filter(({ fields }) => {
    const ways = fields.auth?.value;
    return ways === undefined || keys.some((key) => ways.includes(key));
  });
  return { ...catalog, descriptions };
}

function catalogOf(fields: ConnectionFields, catalogs: readonly CatalogModel[]): CatalogVersion | null {
  if (fields.catalog?.value === undefined) return null;
  const reference = readCatalogReference(fields.catalog.value);
  const catalog = catalogs.find((one) => one.name === reference.name);
  return catalog === undefined ? null : resolveVersion(catalog, reference.version);
}
