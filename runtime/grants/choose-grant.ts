import { byCodeUnit } from '../../table/rules/by-code-unit.ts';
import type { GrantStatus } from './grant.ts';

/** What of a grant its choice depends on. */
export interface ChoosableGrant {
  readonly id: string;
  /** null: shared. */
  readonly account: string | null;
  readonly status: GrantStatus;
  /** Milliseconds since the epoch. */
  readonly created_at: number;
}

type GrantAge = Pick<ChoosableGrant, 'created_at' | 'id'>;

/**
 * Why there is no grant to use. `unknown`: none of that id here for this account, whether or not it exists.
 * `none`: there is none, or none that was ever completed. `broken`: it must be connected anew.
 */
export type NoGrant =
  | { readonly none: 'unknown' | 'none' }
  | { readonly none: 'broken'; readonly id: string };

/**
 * Gives the grant that a request uses, among those of its connection. One that is named is used or fails;
 * else the account's oldest that is active (ties by id), and a shared one only where the account never had
 * one: a request never goes out as somebody else because its own grant broke.
 */
export function chooseGrant<G extends ChoosableGrant>(
  grants: readonly G[],
  account: string,
  named: string | null,
): G | NoGrant {
  const own = grants.filter((grant) => grant.account === account);
  const shared = grants.filter((grant) => grant.account === null);
  if (named !== null) {
    const grant = [...own, ...shared].find(({ id }) => id === named);
    return grant === undefined ? { none: 'unknown' } : oldestActive([grant]);
  }
  return oldestActive(own.length > 0 ? own : shared);
}

function oldestActive<G extends ChoosableGrant>(grants: readonly G[]): G | NoGrant {
  const sorted = [...grants].sort(byAge);
  const active = sorted.find(({ status }) => status === 'ACTIVE');
  if (active !== undefined) return active;
  const broken = sorted.find(({ status }) => status !== 'PENDING');
  return broken === undefined ? { none: 'none' } : { none: 'broken', id: broken.id };
}

/** Compares two grants: the oldest first, those of one time by id. */
export function byAge(one: GrantAge, other: GrantAge): number {
  return one.created_at - other.created_at || byCodeUnit(one.id, other.id);
}
