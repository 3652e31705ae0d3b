import type { CatalogFolder } from '../../compiler/1-read/workspace.ts';
import { resolveVersion } from '../../compiler/3-resolve/catalog-reference.ts';
import { oneLine } from '../ops/one-line.ts';
import { catalogsOf, readVersion } from './read-versions.ts';
import { catalogFactsIn } from './usable-catalogs.ts';

/** One version of one catalog, as it is listed. */
export interface ListedVersion {
  readonly catalog: string;
  readonly origin: CatalogFolder['origin'];
  readonly version: string | null;
  /** Whether connections that name no version get it. */
  readonly default: boolean;
  /** null where the documents have faults. */
  readonly operations: number | null;
  readonly title: string | null;
}

/** Gives every version of every catalog that connections may use, in the order of names and files. */
export async function listCatalogs(dir: string): Promise<ListedVersion[]> {
  const listed: ListedVersion[] = [];
  const folders = catalogsOf(dir);
  for (const folder of folders) listed.push(...(await listVersions(folder, folders)));
  return listed.sort((one, other) =>
    one.catalog < other.catalog ? -1 : one.catalog > other.catalog ? 1 : 0,
  );
}

async function listVersions(
  folder: CatalogFolder,
  folders: readonly CatalogFolder[],
): Promise<ListedVersion[]> {
  const { name, origin } = folder;
  const read = catalogFactsIn(folder, folders);
  if (read === null)
    return [{ catalog: name, origin, version: null, default: true, operations: null, title: null }];
  if (read.fields.abstract?.value === true) return [];
  const chosen = resolveVersion(read, null);
  const listed: ListedVersion[] = [];
  for (const one of read.versions) {
    const { descriptions } = await readVersion(folder, one.version, folders);
    listed.push({
      catalog: name,
      origin,
      version: one.version,
      default: one === chosen,
      operations: descriptions?.reduce((sum, description) => sum + description.operations, 0) ?? null,
      title: one.facts.title?.value ?? descriptions?.[0]?.title ?? null,
    });
  }
  return listed;
}

/** Gives the list as lines. */
export function renderCatalogs(listed: readonly ListedVersion[]): string {
  const rows = listed.map((one) => [
    one.catalog + (one.version === null ? '' : `@${oneLine(one.version)}`) + (one.default ? '' : ' '),
    one.origin,
    one.operations === null ? 'has faults' : `${one.operations} operation${one.operations === 1 ? '' : 's'}`,
    `${one.default && one.version !== null ? 'default  ' : ''}${oneLine(one.title ?? '', 80)}`.trimEnd(),
  ]);
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map((row) => row[column]?.trimEnd().length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((text, column) => text.trimEnd().padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}
