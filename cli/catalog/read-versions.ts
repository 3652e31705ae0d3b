import { join } from 'node:path';
import { compile } from '../../compiler/compile.ts';
import { readWorkspace } from '../../compiler/1-read/read-workspace.ts';
import type { CatalogFolder } from '../../compiler/1-read/workspace.ts';
import type { Diagnostic } from '../../compiler/diagnostic/diagnostic.ts';
import { Source } from '../../compiler/source/source.ts';
import { EXTENT_BYTES } from '../../table/operations.ts';
import type { DescriptionEntry, DescriptionRecords } from '../../table/operations.ts';
import { recordsInMemory } from '../../table/records/open-records.ts';
import type { RecordsReader } from '../../table/records/open-records.ts';
import { catalogFactsIn } from './usable-catalogs.ts';
import { packageRoot } from '../package-root.ts';

/** A version of a catalog as the compiler understands it; `descriptions` is null where it has faults. */
export interface ReadVersion {
  readonly descriptions: readonly ReadDescription[] | null;
  readonly diagnostics: readonly Diagnostic[];
}

export interface ReadDescription {
  readonly name: string;
  readonly title: string | null;
  readonly operations: number;
  readonly records: () => DescriptionRecords;
}

/** Gives the catalogs of a folder, and those of the package that it does not replace. */
export function catalogsOf(dir: string): readonly CatalogFolder[] {
  return readWorkspace(dir, join(packageRoot(), 'catalogs')).catalogs;
}

/**
 * Gives the operations of one version, null for the only one of a catalog without versions. They come from
 * compiling a gateway that has one connection, to that version: what is told is what callers would get. `folders`
 * are all catalogs: it may extend one of them.
 */
export async function readVersion(
  catalog: CatalogFolder,
  version: string | null,
  folders: readonly CatalogFolder[],
): Promise<ReadVersion> {
  const facts = catalogFactsIn(catalog, folders);
  const variables = facts?.versions.find((one) => one.version === version)?.facts.variables?.value;
  const values = [...(variables?.keys() ?? [])].map((name) => `${JSON.stringify(name)}: "\${env:A_VALUE}"`);
  const reference = JSON.stringify(version === null ? catalog.name : `${catalog.name}@${version}`);
  const fields = [
    `catalog: ${reference}`,
    'base_url: "https://upstream.invalid"',
    'auth_mode: none',
    ...(values.length === 0 ? [] : [`variables: { ${values.join(', ')} }`]),
  ];
  const text = `connections:\n  one: { ${fields.join(', ')} }\n`;
  const workspace = {
    gatewayFiles: [new Source('gateway.d/one.yaml', text)],
    catalogs: folders.filter(({ name }) => name === catalog.name || name === facts?.fields.extends?.value),
    diagnostics: [],
  };
  const { table, records, diagnostics } = await compile(workspace, { literalSecrets: 'error' });
  if (table === null || records === null) return { descriptions: null, diagnostics };
  const reader = recordsInMemory(table.records, records);
  const descriptions = table.descriptions.map((entry) => ({
    name: entry.name,
    title: entry.title,
    operations: entry.operations,
    records: () => allRecords(reader, entry),
  }));
  return { descriptions, diagnostics };
}

function allRecords(reader: RecordsReader, entry: DescriptionEntry): DescriptionRecords {
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
  return {
    title: entry.title,
    summary: entry.summary,
    operations: numbers(entry.operations).map((number) => reader.operation(entry, number)),
    schemas: numbers(entry.schemas[1] / EXTENT_BYTES).map((number) => reader.schema(entry, number)),
  };
}
