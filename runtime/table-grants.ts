import type { Grants } from './grants/grants.ts';
import { needsGrant } from './grants/needs-grant.ts';
import type { OpeningParts } from './grants/open-grants.ts';
import { LoadError } from './load/load-report.ts';
import type { Route } from './load/snapshot.ts';
import type { LoadedTable } from './load/table-source.ts';
import { storeUrl } from './store-url.ts';

/**
 * Opens the store of a table and gives its grants; null where no connection needs any: then nothing of it is loaded.
 * Rejects with a LoadError where the store is not one to serve with.
 */
export async function tableGrants(
  { table }: Pick<LoadedTable, 'table'>,
  parts: OpeningParts,
): Promise<Grants<Route> | null> {
  if (!table.connections.some(needsGrant)) return null;
  const url = await storeUrl(table.gateway, parts.environment);
  const { grantsOf } = await import('./grants/open-grants.ts');
  try {
    return await grantsOf<Route>(url, parts);
  } catch (error) {
    if (!(error instanceof Error) || !TOLD.has(error.name)) throw error;
    throw new LoadError([`gateway.store: ${error.message}`]);
  }
}

/** Errors that say what a person has to do. By name: their modules are loaded with the store alone. */
const TOLD: ReadonlySet<string> = new Set([
  'SealingKeyError',
  'StoreKeyError',
  'StoreNewer',
  'StoreFileError',
  'StoreUnavailable',
]);
