import type { Hidden } from '../hidden.ts';
import { sealingKeys } from '../sealing/sealing-keys.ts';
import { sqlitePath } from '../store/open-database.ts';
import { StoreUnavailable } from '../store/store-errors.ts';
import { openGrants } from './grants.ts';
import type { GrantedRoute, Grants, GrantsParts, LiveRoute } from './grants.ts';
import { healingStore } from './store/healing-store.ts';
import { openStore } from './store/open-store.ts';

/** What happens to the store, for the log. */
export type StoreEvent =
  | { readonly kind: 'key_made'; readonly path: string }
  /** It cannot be reached; grants are refused until it can. */
  | { readonly kind: 'unavailable'; readonly error: Error }
  /** It has values that were sealed with a key which was not given; what needs them is refused. */
  | { readonly kind: 'key_missing'; readonly key_id: string };

/** A key that is missing is told again after so long. */
const TOLD_EACH_MS = 60_000;

/** What grants are opened with. */
export interface OpeningParts extends Omit<GrantsParts, 'store'> {
  /** Where the keys are. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly tellStore: (event: StoreEvent) => void;
}

/**
 * Opens the store of a URL, and gives its grants. A server that cannot be reached is tried again with whoever asks.
 * Rejects with what only a person can mend: SealingKeyError, StoreKeyError, StoreNewer, StoreFileError, and for an
 * embedded store, which nobody else brings back, StoreUnavailable.
 */
export async function grantsOf<R extends GrantedRoute<R> & LiveRoute<R>>(
  url: Hidden<string>,
  { environment, tellStore, ...parts }: OpeningParts,
): Promise<Grants<R>> {
  const keys = sealingKeys(environment);
  const keyMissing = toldNowAndThen((key_id) => tellStore({ kind: 'key_missing', key_id }));
  const keyMade = (path: string): void => tellStore({ kind: 'key_made', path });
  const store = healingStore(() => openStore(url, { keys, keyMade, keyMissing, now: parts.now }));
  try {
    await store.keysInUse();
  } catch (error) {
    if (!(error instanceof StoreUnavailable) || sqlitePath(url) !== undefined) {
      await store.close();
      throw error;
    }
    tellStore({ kind: 'unavailable', error });
  }
  return openGrants<R>({ ...parts, store });
}

/** Gives what tells of each key at most once in a while: it is needed with every request. */
function toldNowAndThen(tell: (keyId: string) => void): (keyId: string) => void {
  const told = new Map<string, number>();
  return (keyId) => {
    const at = performance.now();
    if (at - (told.get(keyId) ?? Number.NEGATIVE_INFINITY) < TOLD_EACH_MS) return;
    told.set(keyId, at);
    tell(keyId);
  };
}
