import type { Refreshed } from './refresh-types.ts';

type Later = Extract<Refreshed, { readonly kind: 'later' }>;

/** Grants that failed to be refreshed a moment ago. */
export interface CoolDowns {
  /** Gives what was said then, while it holds; null where it may be tried. */
  until(id: string, now: number): Later | null;
  begin(id: string, failed: Later, now: number): void;
  end(id: string): void;
}

/** How many are kept; beyond it all begin anew. */
const KEPT_MAX = 10_000;

/** Gives the cool-downs of a process. Times are milliseconds since the epoch. */
export function coolDowns(): CoolDowns {
  const ends = new Map<string, { readonly failed: Later; readonly until: number }>();
  return {
    until: (id, now) => {
      const end = ends.get(id);
      if (end === undefined) return null;
      if (now < end.until) return { ...end.failed, retry_after_ms: end.until - now };
      ends.delete(id);
      return null;
    },
    begin: (id, failed, now) => {
      if (ends.size >= KEPT_MAX) ends.clear();
      ends.set(id, { failed, until: now + failed.retry_after_ms });
    },
    end: (id) => void ends.delete(id),
  };
}
