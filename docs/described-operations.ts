import { connectionLines } from '../cli/add/connection-text.ts';
import { draftConnection } from '../cli/add/draft-connection.ts';
import { waysOf } from '../cli/add/ways.ts';
import { operationSets } from '../runtime/operations/operation-sets.ts';
import { callerPath } from '../runtime/operations/operation-set.ts';
import type { CatalogFolder } from '../compiler/1-read/workspace.ts';
import { resolveVersion } from '../compiler/3-resolve/catalog-reference.ts';
import type { CatalogFacts } from '../compiler/3-resolve/read-catalog.ts';
import { compile } from '../compiler/compile.ts';
import { Source } from '../compiler/source/source.ts';
import { recordsInMemory } from '../table/records/open-records.ts';

/** An operation of a catalog's descriptions. */
export interface DescribedOperation {
  readonly method: string;
  /** As a caller of a connection named like the catalog writes it. */
  readonly path: string;
  readonly summary: string | null;
  /** Whether it is a GET that nothing must be filled into. */
  readonly isSimple: boolean;
}

/** Gives the operations that the connection has which `gw add` writes. Throws where it does not compile. */
export async function describedOperations(
  catalog: CatalogFacts,
  folders: readonly CatalogFolder[],
): Promise<DescribedOperation[]> {
  const version = resolveVersion(catalog, null);
  const [way] = version === null ? [] : waysOf(version.facts);
  if (version === null || way === undefined) return [];
  const { name, fields } = catalog;
  const of = { name, catalog: name, version, way, given: new Map<string, string>() };
  const missing = draftConnection(of).variables.filter(({ needed, value }) => needed && value === null);
  const given = new Map(missing.map((one): [string, string] => [one.name, '${env:A_VALUE}']));
  const written = new Source('gateway.d/one.yaml', connectionLines(draftConnection({ ...of, given })).join('\n'));
  const catalogs = folders.filter((one) => one.name === name || one.name === fields.extends?.value);
  const { table, records, diagnostics } = await compile(
    { gatewayFiles: [written], catalogs, diagnostics: [] },
    { literalSecrets: 'error' },
  );
  if (table === null || records === null) throw new Error(`${name}: ${diagnostics[0]?.message}`);
  const sets = [...operationSets(table, recordsInMemory(table.records, records)).values()].flat();
  return sets.flatMap((set) =>
    set.list.methods.map((method, index) => {
      const path = callerPath({ set, index });
      const isBare = !path.includes('{') && !set.record(index).parameters.some((one) => one.required);
      const summary = set.list.summaries[index] ?? null;
      return { method, path, summary, isSimple: method === 'GET' && isBare };
    }),
  );
}
