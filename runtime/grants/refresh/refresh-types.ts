import type { Hidden } from '../../hidden.ts';
import type { Grant } from '../grant.ts';
import type { Failure } from '../oauth/types.ts';

/** Why new tokens are asked for. */
export type RefreshCause =
  /** In the background: they are near their end. Nobody waits. */
  | 'due'
  /** A request waits for one that can be used. */
  | 'expired'
  /**
   * Somebody asks for another access token than this one, whatever it is worth; a grant that was taken for broken is
   * tried once more.
   */
  | { readonly instead_of: Hidden<string> }
  /** The upstream answered 401 to this access token. */
  | { readonly refused: Hidden<string> };

/** Tells whether tokens are asked for even where those that are there would do. */
export function isForced(cause: RefreshCause): cause is { readonly instead_of: Hidden<string> } {
  return typeof cause === 'object' && 'instead_of' in cause;
}

/** What came of refreshing a grant. */
export type Refreshed =
  /** It has a token to use: a new one, or one that somebody else got meanwhile. */
  | { readonly kind: 'usable'; readonly grant: Grant }
  /** It must be connected anew. */
  | { readonly kind: 'broken'; readonly grant: Grant; readonly reason: string }
  | { readonly kind: 'gone' }
  /** There is no new token now; the grant is as before. */
  | { readonly kind: 'later'; readonly reason: string; readonly retry_after_ms: number }
  /** The store cannot be asked: nothing was asked for. */
  | { readonly kind: 'unavailable'; readonly retry_after_ms: number };

/** What is told of refreshing, for log and counts: no token, no secret. */
export type RefreshEvent = { readonly connection: string; readonly grant: string } & (
  | { readonly kind: 'refreshed'; readonly lifetime_ms: number | null }
  /** `marked`: it was ACTIVE, and is EXPIRED from now on. */
  | { readonly kind: 'failed'; readonly failure: Failure; readonly marked: boolean }
  /** A URL cannot be filled in with what the grant has, so nobody was asked: our own words. */
  | { readonly kind: 'unfilled'; readonly reason: string; readonly why: string }
  /** New tokens are in use, and could not be written; `rotated`: those of the store are spent. */
  | { readonly kind: 'unwritten'; readonly rotated: boolean; readonly error: string }
  | { readonly kind: 'written_late' }
  /** The process ends, and they could not be written: the grant has to be connected anew. */
  | { readonly kind: 'lost' }
  /** The client that was registered for a sign-in which is over may still be there: why. */
  | { readonly kind: 'client_left'; readonly reason: string }
  /** A fault of ours. */
  | { readonly kind: 'internal'; readonly error: unknown }
);
