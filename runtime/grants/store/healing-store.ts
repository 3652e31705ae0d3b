import { StoreUnavailable } from '../../store/store-errors.ts';
import type { GrantStore } from './grant-store.ts';

/** How long nobody tries again to open a store that could not be. */
const PAUSE_MS = 1000;

/**
 * Gives a store that is opened by whoever asks it first, and again after a while where it could not be: a server that
 * is away when the gateway starts is found when it comes. Until then every call throws StoreUnavailable, or what
 * keeps the store from being opened at all.
 */
export function healingStore(open: () => Promise<GrantStore>): GrantStore {
  let opened: Promise<GrantStore> | null = null;
  let failed: { readonly error: unknown; readonly until: number } | null = null;
  let isClosed = false;
  const store = (): Promise<GrantStore> => {
    if (isClosed) return Promise.reject(new StoreUnavailable('closed'));
    if (opened !== null) return opened;
    if (failed !== null && performance.now() < failed.until) return Promise.reject(failed.error);
    opened = open().catch((error: unknown) => {
      opened = null;
      failed = { error, until: performance.now() + PAUSE_MS };
      throw error;
    });
    return opened;
  };
  return {
    create: async (fields) => (await store()).create(fields),
    get: async (id) => (await store()).get(id),
    list: async (filter, page) => (await store()).list(filter, page),
    forAccount: async (connection, account) => (await store()).forAccount(connection, account),
    update: async (id, revision, patch) => (await store()).update(id, revision, patch),
    rewrite: async (id) => (await store()).rewrite(id),
    delete: async (id) => (await store()).delete(id),
    withLock: async (id, wait_ms, held) => (await store()).withLock(id, wait_ms, held),
    dueForRefresh: async (due, page) => (await store()).dueForRefresh(due, page),
    putState: async (state, step) => (await store()).putState(state, step),
    takeState: async (state) => (await store()).takeState(state),
    putSession: async (token, grantId) => (await store()).putSession(token, grantId),
    session: async (token) => (await store()).session(token),
    useUpSession: async (token) => (await store()).useUpSession(token),
    revokeSessions: async (grantId) => (await store()).revokeSessions(grantId),
    addEvent: async (event) => (await store()).addEvent(event),
    events: async (of, limit) => (await store()).events(of, limit),
    prune: async () => (await store()).prune(),
    reseal: async (progress) => (await store()).reseal(progress),
    keysInUse: async () => (await store()).keysInUse(),
    health: () =>
      store().then(
        (one) => one.health(),
        () => 'unavailable' as const,
      ),
    close: async () => {
      isClosed = true;
      // One that was never opened has nothing to close.
      await opened?.then(
        (one) => one.close(),
        () => {},
      );
    },
  };
}
