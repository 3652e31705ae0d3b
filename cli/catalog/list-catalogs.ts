import type { CatalogFolder } from '../../compiler/1-read/workspace.ts';
import { oneLine } from '../ops/one-line.ts';
import { CatalogFile } from './catalog-file.ts';
import { catalogsOf, readVersion } from './read-versions.ts';

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
  const catalogs = catalogsOf(dir);
  for (const catalog of catalogs) listed.push(...(await listVersions(catalog, catalogs)));
  return listed.sort((one, other) =>
    one.catalog < other.catalog ? -1 : one.catalog > other.catalog ? 1 : 0,
  );
}

async function listVersions(
  catalog: CatalogFolder,
  catalogs: readonly CatalogFolder[],
): Promise<ListedVersion[]> {
  const read = catalog.readCatalog();
  const { name, origin } = catalog;
  const unusable = { catalog: name, origin, version: null, default: true, operations: null, title: null };
  if ('fault' in read) return [unusable];
  const file = CatalogFile.tryRead(read.text);
  if (file === null) return [unusable];
  if (file.isAbstract()) return [];
  const names = file.versions();
  const versions = names.length === 0 ? [null] : names;
  const chosen = file.text('default_version') ?? (versions.length === 1 ? versions[0] : undefined);
  const listed: ListedVersion[] = [];
  for (const version of versions) {
    const { descriptions } = await readVersion(catalog, version, catalogs);
    listed.push({
      catalog: name,
      origin,
      version,
      default: version === chosen,
      operations: descriptions?.reduce((sum, one) => sum + one.operations, 0) ?? null,
      title: file.text('title') ?? descriptions?.[0]?.title ?? null,
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
