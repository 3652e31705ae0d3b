import { StoreKeyMissing, StoreUnavailable } from '../store/store-errors.ts';
import type { Grant } from './grant.ts';
import type { GrantStore } from './store/grant-store.ts';

/** What an account may use of a connection, or with `account: null` the shared grants alone. */
export interface ListKey {
  readonly connection: string;
  readonly account: string | null;
}

/** The lists of grants that requests choose from, kept for a moment. */
export interface GrantLists {
  /** Gives a list that may be used without asking; null where the store has to be asked. */
  ready(key: ListKey): readonly Grant[] | null;
  /**
   * Gives a list as the store has it; whoever asks at a time shares one read. Where the store cannot be asked, gives
   * the one that is known (`isKnown`), or throws StoreUnavailable.
   */
  read(key: ListKey): Promise<{ readonly grants: readonly Grant[]; readonly isKnown: boolean }>;
  /** Takes a grant's new state. */
  put(grant: Grant): void;
  /** Forgets what is known of a grant: it was made, changed or deleted. */
  forget(grant: Pick<Grant, 'connection' | 'account'>): void;
}

/** How long a list is used without asking again: so long may pass until a change of another replica shows. */
const FRESH_MS = 1000;
/** How long a list is used while the store cannot be asked. */
const KNOWN_MS = 10 * 60_000;
/** How many lists are kept; the one that was used least lately goes first. */
const LISTS_MAX = 10_000;
/** More shared grants of one connection are not looked at. */
const SHARED_MAX = 100;

interface Entry {
  readonly key: ListKey;
  grants: readonly Grant[] | null;
  /** Monotonic milliseconds. */
  read_at: number;
  /** The last read found no store: until one succeeds, nobody waits for another. */
  isFailing: boolean;
  reading: Promise<readonly Grant[]> | null;
}

/** Gives lists of a store. `current` gives a grant as it really is. */
export function grantLists(
  store: Pick<GrantStore, 'forAccount' | 'list'>,
  current: (row: Grant) => Grant,
): GrantLists {
  const entries = new Map<string, Entry>();

  const entryOf = (key: ListKey): Entry => {
    const name = nameOf(key);
    const entry = entries.get(name) ?? { key, grants: null, read_at: 0, isFailing: false, reading: null };
    entries.delete(name);
    entries.set(name, entry);
    if (entries.size > LISTS_MAX) for (const oldest of entries.keys()) return (entries.delete(oldest), entry);
    return entry;
  };
  const ask = (entry: Entry): Promise<readonly Grant[]> => {
    entry.reading ??= listOf(store, entry.key)
      .then((rows) => {
        const grants = rows.map(current);
        entry.grants = grants;
        entry.read_at = performance.now();
        entry.isFailing = false;
        return grants;
      })
      .catch((error: unknown) => {
        entry.isFailing = isAway(error);
        throw error;
      })
      .finally(() => {
        entry.reading = null;
      });
    return entry.reading;
  };
  const known = ({ grants, read_at }: Entry): readonly Grant[] | null =>
    performance.now() - read_at < KNOWN_MS ? grants : null;

  return {
    ready: (key) => {
      const entry = entryOf(key);
      if (entry.grants === null) return null;
      if (performance.now() - entry.read_at < FRESH_MS) return entry.grants;
      if (!entry.isFailing) return null;
      // Asked beside the requests, which go on with what is known. The store tells whoever asks that it is away.
      ask(entry).catch(() => {});
      return known(entry);
    },
    read: async (key) => {
      const entry = entryOf(key);
      try {
        return { grants: await ask(entry), isKnown: false };
      } catch (error) {
        const grants = known(entry);
        if (isAway(error) && grants !== null) return { grants, isKnown: true };
        throw error;
      }
    },
    put: (grant) => {
      for (const entry of entries.values())
        if (entry.key.connection === grant.connection && entry.grants !== null)
          entry.grants = entry.grants.map((one) => (one.id === grant.id ? grant : one));
    },
    forget: ({ connection, account }) => {
      for (const [name, entry] of entries)
        if (entry.key.connection === connection && (account === null || entry.key.account === account))
          entries.delete(name);
    },
  };
}

/** Nothing can be known of a store that is away. One that has what nobody here can open has other grants than are known. */
function isAway(error: unknown): boolean {
  return error instanceof StoreUnavailable && !(error instanceof StoreKeyMissing);
}

function nameOf({ connection, account }: ListKey): string {
  // No name of a connection has a space.
  return account === null ? connection : `${connection} ${account}`;
}

function listOf(
  store: Pick<GrantStore, 'forAccount' | 'list'>,
  { connection, account }: ListKey,
): Promise<readonly Grant[]> {
  return account === null
    ? store.list({ account: null, connections: [connection] }, { after: null, limit: SHARED_MAX })
    : store.forAccount(connection, account);
}
