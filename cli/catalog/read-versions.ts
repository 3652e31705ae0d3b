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
import { packageRoot } from '../package-root.ts';
import { CatalogFile } from './catalog-file.ts';

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
 * compiling a gateway that has one connection, to that version: what is told is what callers would get.
 * `catalogs` are those among which one that it extends is found.
 */
export async function readVersion(
  catalog: CatalogFolder,
  version: string | null,
  catalogs: readonly CatalogFolder[],
): Promise<ReadVersion> {
  // A built-in one is not read unless it is named: faults of the others are not told here.
  const others = catalogs
    .filter(({ name }) => name !== catalog.name)
    .map((other) => ({ ...other, origin: 'built-in' as const }));
  const connection = {
    catalog: version === null ? catalog.name : `${catalog.name}@${version}`,
    base_url: 'https://upstream.invalid',
    auth_mode: 'none',
    variables: anyVariables(catalog, version, others),
  };
  const written = new Source('gateway.d/one.yaml', JSON.stringify({ connections: { one: connection } }));
  const workspace = { gatewayFiles: [written], catalogs: [catalog, ...others], diagnostics: [] };
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

/** Gives every variable of a catalog as a reference: what it will be is not known, and fits whatever it must match. */
function anyVariables(
  catalog: CatalogFolder,
  version: string | null,
  others: readonly CatalogFolder[],
): Record<string, string> {
  const file = fileOf(catalog);
  const extended = file?.text('extends') ?? null;
  const family = others.find(({ name }) => name === extended);
  const names = [
    ...(file?.variables(version) ?? []),
    ...(family === undefined ? [] : (fileOf(family)?.variables(null) ?? [])),
  ];
  return Object.fromEntries(names.map((name) => [name, '${env:VALUE}']));
}

function fileOf(catalog: CatalogFolder): CatalogFile | null {
  const read = catalog.readCatalog();
  return 'fault' in read ? null : CatalogFile.tryRead(read.text);
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
