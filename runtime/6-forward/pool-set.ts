import { openPool, poolKey } from './upstream-pool.ts';
import type { Network } from './network.ts';
import type { PoolTarget, UpstreamPool } from './upstream-pool.ts';

/** The pools of a process, shared by tables that follow each other, so that a swap keeps warm sockets. */
export interface PoolSet {
  /** Gives the pool for a target, opened at need, and counts one more user of it. */
  acquire(target: PoolTarget): UpstreamPool;
  /** Takes back one use of a pool; without users it is closed when its exchanges have ended. */
  release(pool: UpstreamPool): Promise<void>;
}

/** Gives an empty set of pools, whose sockets go by this network. */
export function poolSet(network: Network): PoolSet {
  const open = new Map<string, { readonly pool: UpstreamPool; users: number }>();
  return {
    acquire: (target) => {
      const key = poolKey(target);
      let entry = open.get(key);
      if (entry === undefined) {
        entry = { pool: openPool(target, network), users: 0 };
        open.set(key, entry);
      }
      entry.users += 1;
      return entry.pool;
    },
    release: async (pool) => {
      for (const [key, entry] of open) {
        if (entry.pool !== pool) continue;
        entry.users -= 1;
        if (entry.users > 0) return;
        open.delete(key);
        await pool.close();
        return;
      }
    },
  };
}
