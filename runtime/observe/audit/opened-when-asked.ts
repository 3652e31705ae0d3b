import type { AuditStore } from './audit-store.ts';

/** Gives a store that is opened by its first call, and once more by the next where that failed. */
export function openedWhenAsked(open: () => Promise<AuditStore>): AuditStore {
  let opening: Promise<AuditStore> | null = null;
  const opened = (): Promise<AuditStore> => {
    if (opening === null) {
      const begun = open();
      begun.catch(() => {
        if (opening === begun) opening = null;
      });
      opening = begun;
    }
    return opening;
  };
  return {
    write: async (rows) => (await opened()).write(rows),
    prune: async (before) => (await opened()).prune(before),
    events: async (query) => (await opened()).events(query),
    event: async (id) => (await opened()).event(id),
    stats: async (query) => (await opened()).stats(query),
    close: async () => {
      const last = opening;
      opening = null;
      // One that could not be opened is closed.
      const store = await last?.catch(() => null);
      await store?.close();
    },
  };
}
