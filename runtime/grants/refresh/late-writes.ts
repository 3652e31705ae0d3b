import { setTimeout as pause } from 'node:timers/promises';
import { StoreUnavailable } from '../../store/store-errors.ts';
import type { Grant } from '../grant.ts';
import { note } from './refresh-under-lock.ts';
import type { RefreshParts, Unwritten } from './refresh-under-lock.ts';
import { hasTokensOf, writeTokens } from './write-tokens.ts';

/** Tokens that are in use and could not be written, by grant. */
export interface LateWrites {
  /** Gives a grant that waits to be written, as it really is; null for any other. */
  waiting(id: string): Grant | null;
  /** Gives a grant of the store as it really is. */
  current(row: Grant): Grant;
  /** Writes tokens as soon as that can be; resolves then, or when `stop` was called and a last try came to nothing. */
  write(left: Unwritten): Promise<void>;
  /** Every write that waits tries a last time. */
  stop(): void;
}

/** What late writes need. */
export interface LateParts extends Pick<RefreshParts, 'store' | 'tell'> {
  readonly changed: (grant: Grant) => void;
}

/** The pauses between two tries grow from the first of these to the second. */
const PAUSE_MS = { first: 200, longest: 5000 };

/** Gives the late writes of a process. */
export function lateWrites({ store, tell, changed }: LateParts): LateWrites {
  const unwritten = new Map<string, Unwritten>();
  const stopping = new AbortController();

  const tryOnce = async (left: Unwritten): Promise<boolean> => {
    const { before, patch, rotated, idp_host } = left;
    const of = { connection: before.connection, grant: before.id };
    try {
      const written = await writeTokens(store, before, patch);
      tell({ kind: 'written_late', ...of });
      if (written !== 'gone') changed(written);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) tell({ kind: 'internal', ...of, error });
      return false;
    }
    const asked = { grant: before, idp_host };
    // A refresh token that was not replaced is nothing that could have been lost.
    if (rotated) await note({ store, tell }, asked, 'refresh_rotation_persistence_failed', 'written later');
    await note({ store, tell }, asked, 'refresh_succeeded', null);
    return true;
  };

  return {
    waiting: (id) => {
      const left = unwritten.get(id);
      return left === undefined ? null : { ...left.before, ...left.patch };
    },
    current: (row) => {
      const left = unwritten.get(row.id);
      return left === undefined || !hasTokensOf(row, left.before) ? row : { ...row, ...left.patch };
    },
    write: async (left) => {
      const { id, connection } = left.before;
      unwritten.set(id, left);
      let isWritten = false;
      for (let wait_ms = PAUSE_MS.first; ; wait_ms = Math.min(wait_ms * 2, PAUSE_MS.longest)) {
        await pause(wait_ms, null, { signal: stopping.signal }).catch(() => {});
        isWritten = await tryOnce(left);
        if (isWritten || stopping.signal.aborted) break;
      }
      unwritten.delete(id);
      if (!isWritten) tell({ kind: 'lost', connection, grant: id });
    },
    stop: () => stopping.abort(),
  };
}
