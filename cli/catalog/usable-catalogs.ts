import type { CatalogFolder } from '../../compiler/1-read/workspace.ts';
import { resolveVersion } from '../../compiler/3-resolve/catalog-reference.ts';
import { readCatalogFacts } from '../../compiler/3-resolve/read-catalog.ts';
import type { CatalogFacts } from '../../compiler/3-resolve/read-catalog.ts';

/**
 * Gives the catalogs that connections may use, in the order of their names: families merged into those that extend
 * them, no document read. Faults are for the compiler to tell.
 */
export function usableCatalogs(folders: readonly CatalogFolder[]): CatalogFacts[] {
  return folders
    .map((folder) => catalogFactsIn(folder, folders))
    .filter((catalog) => catalog !== null)
    .filter(({ fields }) => fields.abstract?.value !== true)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Gives one of these catalogs over the family that it extends, or null where it cannot be read. Its faults are for the compiler to tell. */
export function catalogFactsIn(
  catalog: CatalogFolder,
  folders: readonly CatalogFolder[],
): CatalogFacts | null {
  const reader = { report: () => {}, literals: [] };
  return readCatalogFacts(catalog, { reader, cache: null, folders, files: new Map() });
}

/** Gives the facts of the version of a catalog that a connection uses which names none; those of the first where none is the default. */
export function usualFacts(catalog: CatalogFacts): CatalogFacts['versions'][number]['facts'] {
  return (resolveVersion(catalog, null) ?? catalog.versions[0])?.facts ?? {};
}
