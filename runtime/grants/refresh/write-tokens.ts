import type { Grant } from '../grant.ts';
import type { GivenTokens } from '../oauth/types.ts';
import { Hidden } from '../../hidden.ts';
import type { GrantPatch, GrantStore } from '../store/grant-store.ts';

/** Gives what a grant becomes with tokens that were refreshed (RFC 6749 6): what the answer leaves out stays. */
export function refreshedPatch(grant: Grant, given: GivenTokens, refreshed_at: number): GrantPatch {
  const held = oauth2Of(grant);
  if (held === null) throw new Error(`the grant ${grant.id} has no tokens that were refreshed`);
  const { refresh_token, refresh_expires_at } = given;
  return {
    credential: new Hidden({
      ...held,
      access_token: given.access_token.reveal(),
      refresh_token: refresh_token === 'kept' ? held.refresh_token : refresh_token.reveal(),
      scope: given.scope ?? held.scope,
      token_type: given.token_type ?? held.token_type,
    }),
    expires_at: given.expires_at,
    refresh_expires_at: refresh_expires_at === 'kept' ? grant.refresh_expires_at : refresh_expires_at,
    refreshed_at,
    // One that was taken for broken, and is not.
    ...(grant.status === 'EXPIRED' ? { status: 'ACTIVE' as const, reason: null } : {}),
  };
}

/**
 * Writes tokens that took the place of those of a grant. Gives the grant as it then is: where somebody signed in anew
 * meanwhile it has their tokens, where only something else changed it has these.
 */
export async function writeTokens(
  store: GrantStore,
  before: Grant,
  patch: GrantPatch,
): Promise<Grant | 'gone'> {
  let at = before;
  for (;;) {
    const written = await store.update(at.id, at.revision, patch);
    if (written !== 'changed') return written;
    const row = await store.get(at.id);
    if (row === null) return 'gone';
    if (!hasTokensOf(row, before)) return row;
    at = row;
  }
}

/** Tells whether a grant has the very tokens that it had before. */
export function hasTokensOf(row: Grant, before: Grant): boolean {
  const [one, other] = [oauth2Of(row), oauth2Of(before)];
  return (
    one !== null && one.access_token === other?.access_token && one.refresh_token === other.refresh_token
  );
}

/** Gives the tokens of a grant of OAuth 2; null for any other. */
export function oauth2Of({ credential }: Pick<Grant, 'credential'>): OAuth2Credential | null {
  const held = credential?.reveal();
  return held?.kind === 'oauth2' ? held : null;
}

type OAuth2Credential = Extract<
  ReturnType<NonNullable<Grant['credential']>['reveal']>,
  { readonly kind: 'oauth2' }
>;
