import { existsSync } from 'node:fs';
import { openStore } from '../../runtime/grants/store/open-store.ts';
import type { GrantStore, Resealed } from '../../runtime/grants/store/grant-store.ts';
import { SealingKeyError } from '../../runtime/sealing/sealing-keys.ts';
import { sqlitePath } from '../../runtime/store/open-database.ts';
import {
  StoreFileError,
  StoreKeyError,
  StoreNewer,
  StoreUnavailable,
} from '../../runtime/store/store-errors.ts';
import { plural } from '../plural.ts';
import { terminalLine } from '../progress.ts';
import { placedStoreUrl } from '../store-place.ts';
import type { StorePlace } from '../store-place.ts';
import { UsageError } from '../usage-error.ts';
import { keysOfEnvironment } from './encryption-keys.ts';

/**
 * Seals every value of a store again with the first key, and prints how many, and which keys still seal any. Gives the
 * exit code: 1 where a value is not sealed with the first key afterwards, or the keys do not fit.
 */
export async function rotateStore(place: StorePlace): Promise<number> {
  const keys = keysOfEnvironment();
  const url = await placedStoreUrl(place, keys);
  const path = sqlitePath(url);
  if (path !== undefined && !existsSync(path)) throw new UsageError(`there is no store at ${path}`);
  const line = terminalLine(process.stderr);
  let store: GrantStore | undefined;
  try {
    store = await openStore(url, { keys, keyMade: (file) => tell(`made the key of the store: ${file}`) });
    const resealed = await store.reseal((count) => line.show(`sealed again: ${count}`));
    line.end();
    return report(resealed, await store.keysInUse(), [...(keys?.byId.keys() ?? [])]);
  } catch (error) {
    line.end();
    return exitCodeOf(error);
  } finally {
    await store?.close();
  }
}

/** The last line is for whoever wants to know whether an old key may go. */
function report(
  { key, count, unreadable }: Resealed,
  inUse: ReadonlyMap<string, number>,
  given: readonly string[],
): number {
  for (const place of unreadable)
    tell(`${place} does not open: it was changed, or brought from elsewhere; it stays as it is`);
  const others = [...inUse].filter(([id]) => id !== key).reduce((sum, [, number]) => sum + number, 0);
  if (others > unreadable.length)
    tell(
      'another process seals with another key: give every gateway the new key in front, then run this again',
    );
  const ids = [key, ...[...inUse.keys()].filter((id) => id !== key).sort()].filter((id) => inUse.has(id));
  const used = ids.map((id) => `${id} (${plural(inUse.get(id) ?? 0, 'value')})`).join(', ');
  const unused = given.filter((id) => !inUse.has(id) && id !== key);
  process.stdout.write(
    `sealed ${plural(count, 'value')} again with the key ${key}; keys in use: ${used === '' ? 'none' : used}` +
      `${unused.length === 0 ? '' : `; not in use any more: ${unused.join(', ')}`}\n`,
  );
  return others > 0 || unreadable.length > 0 ? 1 : 0;
}

/** What is wrong with keys, schema or files is a fault of what was given: 1. A store that is away is no answer: 2. */
function exitCodeOf(error: unknown): number {
  if (error instanceof StoreUnavailable) throw new UsageError(error.message);
  const isGiven = [StoreKeyError, StoreNewer, StoreFileError, SealingKeyError].some(
    (kind) => error instanceof kind,
  );
  if (!isGiven || !(error instanceof Error)) throw error;
  tell(error.message);
  return 1;
}

function tell(line: string): void {
  process.stderr.write(`gw secret rotate: ${line}\n`);
}
