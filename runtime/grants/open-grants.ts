import type { Hidden } from '../hidden.ts';
import { sealingKeys } from '../sealing/sealing-keys.ts';
import { sqlitePath } from '../store/open-database.ts';
import { StoreKeyError, StoreNewer, StoreUnavailable } from '../store/store-errors.ts';
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
  | { readonly kind: 'key_missing'; readonly key_id: string }
  /** It came while this served, and is not one that these keys, or this program, can open; grants are refused. */
  | { readonly kind: 'unfit'; readonly error: Error };

/** What a person has to mend is told again after so long. */
const TOLD_EACH_MS = 60_000;
/** When to ask again where a person has to mend something. */
const UNFIT_RETRY_MS = 10_000;

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
  const unfit = toldNowAndThen((message) => tellStore({ kind: 'unfit', error: new Error(message) }));
  let isServing = false;
  const store = healingStore(() =>
    openStore(url, { keys, keyMade, keyMissing, now: parts.now }).catch((error: unknown) => {
      if (!isServing || !(error instanceof StoreKeyError || error instanceof StoreNewer)) throw error;
      unfit(error.message);
      throw new StoreUnavailable('it does not fit', UNFIT_RETRY_MS);
    }),
  );
  try {
    await store.keysInUse();
  } catch (error) {
    if (!(error instanceof StoreUnavailable) || sqlitePath(url) !== undefined) {
      await store.close();
      throw error;
    }
    tellStore({ kind: 'unavailable', error });
  }
  isServing = true;
  return openGrants<R>({ ...parts, store });
}

/** Gives what tells each text at most once in a while: requests come upon it again and again. */
function toldNowAndThen(tell: (text: string) => void): (text: string) => void {
  const told = new Map<string, number>();
  return (text) => {
    const at = performance.now();
    if (at - (told.get(text) ?? Number.NEGATIVE_INFINITY) < TOLD_EACH_MS) return;
    told.set(text, at);
    tell(text);
  };
}
