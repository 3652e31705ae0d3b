import type { Grant } from '../grant.ts';
import { tokenUse } from '../oauth/token-use.ts';
import type { TokenUse } from '../oauth/token-use.ts';

/** How long before the end of a refresh token another is asked for; of a short life, a quarter. */
const REFRESH_END_MS = 60 * 60_000;

type GrantTimes = Pick<
  Grant,
  'expires_at' | 'refresh_expires_at' | 'refreshed_at' | 'authenticated_at' | 'created_at'
>;

/** Gives how long the access token of a grant is used. */
export function grantUse(grant: GrantTimes): TokenUse {
  const { expires_at } = grant;
  return tokenUse(expires_at, expires_at === null ? null : expires_at - givenAt(grant));
}

/** Tells whether tokens of a grant are asked for before somebody needs them: either of its two is near its end. */
export function isDue(grant: GrantTimes, now: number): boolean {
  const { refresh_expires_at } = grant;
  if (now >= grantUse(grant).renew_from) return true;
  if (refresh_expires_at === null || refresh_expires_at <= now) return false;
  const lifetime_ms = refresh_expires_at - givenAt(grant);
  return now >= refresh_expires_at - Math.min(REFRESH_END_MS, lifetime_ms / 4);
}

/** Gives the times before which the store looks for grants that may be due. */
export function dueBefore(now: number): { expires_before: number; refresh_expires_before: number } {
  // A token is renewed at most 5.5 minutes before its end.
  return { expires_before: now + 6 * 60_000, refresh_expires_before: now + REFRESH_END_MS };
}

/** When its tokens were given. */
function givenAt({ refreshed_at, authenticated_at, created_at }: GrantTimes): number {
  return Math.max(refreshed_at ?? authenticated_at ?? created_at, authenticated_at ?? 0);
}
