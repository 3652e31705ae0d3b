import { join } from 'node:path';
import { compile } from '../../compiler/compile.ts';
import { readWorkspace } from '../../compiler/1-read/read-workspace.ts';
import type { CatalogFolder } from '../../compiler/1-read/workspace.ts';
import type { CatalogFacts } from '../../compiler/3-resolve/read-catalog.ts';
import type { Diagnostic } from '../../compiler/diagnostic/diagnostic.ts';
import { Source } from '../../compiler/source/source.ts';
import { EXTENT_BYTES } from '../../table/operations.ts';
import type { DescriptionEntry, DescriptionRecords } from '../../table/operations.ts';
import { recordsInMemory } from '../../table/records/open-records.ts';
import type { RecordsReader } from '../../table/records/open-records.ts';
import { draftConnection } from '../add/draft-connection.ts';
import { waysOf } from '../add/ways.ts';
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
 * compiling a gateway with connections to that version: what is told is what callers would get. `folders` are all
 * catalogs: it may extend one of them.
 */
export async function readVersion(
  catalog: CatalogFolder,
  version: string | null,
  folders: readonly CatalogFolder[],
): Promise<ReadVersion> {
  const facts = catalogFactsIn(catalog, folders);
  const workspace = {
    gatewayFiles: [new Source('gateway.d/all.yaml', connectionsTo(catalog.name, version, facts))],
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

/** Gives a connection without credential, and one for each way to authenticate that has descriptions of its own. */
function connectionsTo(name: string, version: string | null, facts: CatalogFacts | null): string {
  const read = facts?.versions.find((one) => one.version === version);
  const own = version === null ? undefined : facts?.fields.versions?.value?.get(version)?.value;
  const described = (own?.descriptions ?? facts?.fields.descriptions)?.value?.values() ?? [];
  const keys = new Set([...described].flatMap(({ value }) => value?.auth?.value ?? []));
  const ways = read === undefined ? [] : waysOf(read.facts).filter(({ key }) => keys.has(key));
  const reference = version === null ? name : `${name}@${version}`;
  // What they will be is not known, and a reference fits whatever they must match.
  const variables = [...(read?.facts.variables?.value?.keys() ?? [])].map((one) => [one, '${env:A_VALUE}']);
  const shared = {
    catalog: reference,
    base_url: 'https://upstream.invalid',
    ...(variables.length === 0 ? {} : { variables: Object.fromEntries(variables) as unknown }),
  };
  const connections = ways.map((way) => {
    const connection = `by-${way.key.replaceAll('_', '-')}`;
    const of = { name: connection, catalog: reference, way, given: new Map<string, string>() };
    const fields = read === undefined ? [] : draftConnection({ ...of, version: read }).fields;
    return [connection, { ...Object.fromEntries(fields), ...shared, auth_mode: way.mode }];
  });
  const all = [['open', { ...shared, auth_mode: 'none' }], ...connections];
  return JSON.stringify({ connections: Object.fromEntries(all) as unknown });
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
