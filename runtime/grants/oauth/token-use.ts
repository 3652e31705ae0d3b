/** How long before its end a token is not used any more: clocks differ, and requests take time. */
const SKEW_MS = 30_000;
/** How long before that a new one is asked for beside the requests. */
const BACKGROUND_MS = 5 * 60_000;
/** How long nothing is asked after a failure, and after a token was renewed because of a 401. */
export const COOL_DOWN_MS: number = 30_000;

/** Instants, milliseconds since the epoch. */
export interface TokenUse {
  readonly usable_until: number;
  /** From then on another is asked for, while this one is still used. */
  readonly renew_from: number;
}

/** Gives how long a token is used, and from when on another is asked for. One of unknown lifetime is used until it is refused. */
export function tokenUse(expires_at: number | null, lifetime_ms: number | null): TokenUse {
  if (expires_at === null || lifetime_ms === null) return { usable_until: Infinity, renew_from: Infinity };
  // Short lives keep half of theirs.
  const usable_until = expires_at - Math.min(SKEW_MS, lifetime_ms / 2);
  return { usable_until, renew_from: usable_until - Math.min(BACKGROUND_MS, lifetime_ms / 4) };
}
