import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const DAY_MS: number = 24 * 60 * 60 * 1000;
/** Entries that were not used for so long are removed. */
const UNUSED_MAX_DAYS = 30;
/** Most bytes of all entries: of more than that, those that were not used for the longest are removed. */
const CACHE_MAX_BYTES = 1024 * 1024 * 1024;
/** Its time is that of the last pruning. */
const PRUNED = '.pruned';
/** Nothing else in the folder is touched: it may be any that somebody named. */
const ENTRY = /^[0-9a-f]{64}$/;
/** What a run left that was ended while it wrote. */
const HALF_WRITTEN = /^\.[0-9a-f]{64}\.\d+\.\d+$/;

interface Entry {
  readonly path: string;
  readonly used_ms: number;
  readonly bytes: number;
}

/**
 * Removes what was not used for 30 days from the folder of a cache, and then what is beyond 1 GiB, where that was
 * not done within a day. Throws what the file system throws.
 */
export function pruneCache(folder: string, now_ms: number = Date.now()): void {
  const marker = join(folder, PRUNED);
  const pruned_ms = statSync(marker, { throwIfNoEntry: false })?.mtimeMs;
  if (pruned_ms !== undefined && now_ms - pruned_ms < DAY_MS) return;
  writeFileSync(marker, '');
  const entries: Entry[] = [];
  for (const name of readdirSync(folder)) {
    if (!ENTRY.test(name) && !HALF_WRITTEN.test(name)) continue;
    const path = join(folder, name);
    // Another run may prune at the same time.
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isFile() !== true) continue;
    const left_ms = ENTRY.test(name) ? UNUSED_MAX_DAYS * DAY_MS : DAY_MS;
    if (now_ms - stat.mtimeMs > left_ms) rmSync(path, { force: true });
    else entries.push({ path, used_ms: stat.mtimeMs, bytes: stat.size });
  }
  removeBeyond(entries, CACHE_MAX_BYTES);
}

function removeBeyond(entries: readonly Entry[], max: number): void {
  let bytes = 0;
  for (const entry of [...entries].sort((one, other) => other.used_ms - one.used_ms)) {
    bytes += entry.bytes;
    if (bytes > max) rmSync(entry.path, { force: true });
  }
}
