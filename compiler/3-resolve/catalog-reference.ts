import type { CatalogFields } from '../fields/catalog-fields.ts';

/** A catalog as a connection names it: `name` or `name@version`. */
export interface CatalogReference {
  readonly name: string;
  readonly version: string | null;
}

/** Gives the two parts of a catalog reference. */
export function readCatalogReference(written: string): CatalogReference {
  const at = written.indexOf('@');
  if (at === -1) return { name: written, version: null };
  return { name: written.slice(0, at), version: written.slice(at + 1) };
}

/** Gives the version that a reference means: the named one, else the default, else the only one; or null. */
export function resolveVersion<V extends { readonly version: string | null }>(
  catalog: { readonly fields: CatalogFields; readonly versions: readonly V[] },
  version: string | null,
): V | null {
  const wanted = version ?? catalog.fields.default_version?.value ?? null;
  if (wanted === null) return catalog.versions.length === 1 ? (catalog.versions[0] ?? null) : null;
  return catalog.versions.find((one) => one.version === wanted) ?? null;
}
