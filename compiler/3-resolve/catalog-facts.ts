import type { CatalogVersionFields } from '../fields/catalog-fields.ts';
import type { Model } from './model.ts';

/** Gives every set of facts that catalogs write: each catalog's own, and those of its versions. Inherited ones appear once. */
export function catalogFacts(model: Model): CatalogVersionFields[] {
  return model.catalogs.flatMap(({ fields }) => [
    fields,
    ...[...(fields.versions?.value?.values() ?? [])].flatMap((version) => version.value ?? []),
  ]);
}
