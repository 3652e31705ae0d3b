import type { Gateway } from '../table/types.ts';
import { Hidden } from './hidden.ts';
import { LoadError } from './load/load-report.ts';
import { resolveUrl } from './load/resolve-secrets.ts';
import type { Environment } from './load/resolve-secrets.ts';
import { SealingKeyError, sealingKeys } from './sealing/sealing-keys.ts';
import type { SealingKeys } from './sealing/sealing-keys.ts';

/** Gives the URL of the store, what it refers to resolved. Rejects with a LoadError that says what cannot be. */
export async function storeUrl({ store }: Gateway, environment: Environment): Promise<Hidden<string>> {
  const url = await resolveUrl(store, { environment, keys: keysOf(environment) });
  if (url instanceof Hidden) return url;
  throw new LoadError(url.map(({ reference, why, at }) => `gateway.store: ${reference}: ${why} (${at})`));
}

function keysOf(environment: Environment): SealingKeys | null {
  try {
    return sealingKeys(environment);
  } catch (error) {
    if (error instanceof SealingKeyError) throw new LoadError([`gateway: ${error.message}`]);
    throw error;
  }
}
