import type { GrantMethod } from '../../../table/rules/auth-modes.ts';
import type { Hidden } from '../../hidden.ts';
import type { ConnectSession, Grant, GrantEvent, GrantStatus, OAuthState } from '../grant.ts';

/** What changes in the life of a grant. */
export type GrantPatch = Partial<
  Omit<Grant, 'id' | 'connection' | 'account' | 'created_at' | 'updated_at' | 'revision'>
>;

/** A grant that is made: PENDING, without a credential and variables, where nothing else is said. */
export type NewGrant = Pick<Grant, 'connection' | 'account' | 'method'> & GrantPatch;

/** Which grants are listed: those that have all of it. */
export interface GrantFilter {
  readonly account?: string | null;
  /** Any of these. */
  readonly connections?: readonly string[];
  readonly status?: GrantStatus;
  readonly method?: GrantMethod;
}

/** The place of a grant in a list, oldest first. */
export type GrantPosition = Pick<Grant, 'created_at' | 'id'>;

/** Times before which a grant is due, milliseconds since the epoch. */
export interface RefreshDue {
  readonly expires_before: number;
  readonly refresh_expires_before: number;
}

/** A grant that may be due: its times alone, for which no secret is opened. */
export type DueGrant = Pick<
  Grant,
  'id' | 'expires_at' | 'refresh_expires_at' | 'refreshed_at' | 'authenticated_at' | 'created_at'
>;

/** What came of sealing again. */
export interface Resealed {
  /** The id of the key that seals. */
  readonly key: string;
  readonly count: number;
  /** What does not open with any key, or was changed: left as it is. `grants/<id>/credential`. */
  readonly unreadable: readonly string[];
}

/**
 * The grants and what belongs to them. Every call may throw StoreUnavailable, and of those StoreKeyMissing for a value
 * that was sealed with a key which this process was not given. A value that does not open although its key is known was changed
 * or moved: its grant is given as FAILED, `credential_unreadable`.
 */
export interface GrantStore {
  create(fields: NewGrant): Promise<Grant>;
  get(id: string): Promise<Grant | null>;
  /** Gives grants after a position, oldest first, those of one time by id. */
  list(filter: GrantFilter, page: { after: GrantPosition | null; limit: number }): Promise<readonly Grant[]>;
  /** Gives what an account may use of a connection, oldest first: its own and the shared ones. */
  forAccount(connection: string, account: string): Promise<readonly Grant[]>;
  /** Writes a patch, unless the grant is not any more as it was at that revision. */
  update(id: string, revision: number, patch: GrantPatch): Promise<Grant | 'changed' | 'gone'>;
  /** Writes a grant as it is: throws StoreUnavailable where what is about to be got for it could not be kept. */
  rewrite(id: string): Promise<void>;
  /** Deletes a grant, its states and its sessions; tells whether it was there. */
  delete(id: string): Promise<boolean>;
  /**
   * Gives what `held` gives, while nobody else holds the grant's lock: no worker, no replica. Whoever holds it reads
   * the grant again first. 'busy' if it is not free within `wait_ms`; 0 tries once. `lost` is aborted when the lock
   * ended before `held` did.
   */
  withLock<T>(id: string, wait_ms: number, held: (lost: AbortSignal) => Promise<T>): Promise<T | 'busy'>;
  /** Gives ACTIVE grants that are due, by id, from after one: whoever walks on meets all, whatever became of the first. */
  dueForRefresh(due: RefreshDue, page: { after: string | null; limit: number }): Promise<readonly DueGrant[]>;
  /** Keeps what belongs to a state for 10 minutes. 'gone' if the grant is. */
  putState(state: string, step: { grant_id: string; content: Hidden<string> }): Promise<'kept' | 'gone'>;
  /** Gives what belongs to a state, once. */
  takeState(state: string): Promise<OAuthState | null>;
  /** Lets a token open the connect page of a grant for 30 minutes. 'gone' if the grant is. */
  putSession(token: string, grantId: string): Promise<ConnectSession | 'gone'>;
  session(token: string): Promise<ConnectSession | null>;
  /** Tells whether the session was open until now: of those who use it up, one. */
  useUpSession(token: string): Promise<boolean>;
  revokeSessions(grantId: string): Promise<void>;
  addEvent(event: Omit<GrantEvent, 'id' | 'occurred_at'>): Promise<GrantEvent>;
  /** Gives events, newest first. */
  events(of: { grant_id: string } | { connection: string }, limit: number): Promise<readonly GrantEvent[]>;
  /** Deletes events after 90 days, and states and sessions whose time is over. */
  prune(): Promise<void>;
  /**
   * Seals again what was not sealed with the first key, while others read and write; what was done is told in
   * between. Broken off, it goes on where it is called again.
   */
  reseal(progress: (count: number) => void): Promise<Resealed>;
  /** Gives how many values each key sealed, by the key's id. */
  keysInUse(): Promise<ReadonlyMap<string, number>>;
  health(): Promise<'ready' | 'unavailable'>;
  close(): Promise<void>;
}
