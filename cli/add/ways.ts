import { AUTH_MODES, catalogAuthKey, signsIn } from '../../table/rules/auth-modes.ts';
import type { CatalogAuthKey } from '../../table/rules/auth-modes.ts';
import type { AuthMode } from '../../table/types.ts';
import type { CatalogAuthFields } from '../../compiler/fields/catalog-auth-fields.ts';
import type { CatalogVersionFields } from '../../compiler/fields/catalog-fields.ts';

/** A way to authenticate that a catalog offers, or lets: a token that was obtained elsewhere. */
export interface Way {
  /** The key under `auth` of a catalog, which `--auth` takes too. */
  readonly key: CatalogAuthKey;
  readonly mode: AuthMode;
  /** Whether it is a token that was obtained elsewhere, where the catalog offers sign-in alone. */
  readonly borrowed: boolean;
}

/**
 * Gives the ways to authenticate of a catalog, those first that take a declared credential, otherwise in its order.
 * Where accounts could sign in by OAuth 2, a token that was obtained elsewhere goes as `bearer`.
 */
export function waysOf(facts: Pick<CatalogVersionFields, 'auth'>): Way[] {
  const auth = facts.auth?.value ?? {};
  const offered = Object.keys(auth).map((key) => wayOf(key as CatalogAuthKey));
  const borrows = auth.oauth2 !== undefined && auth.bearer === undefined && !goesAsKey(auth);
  const ways = borrows ? [...offered, { ...wayOf('bearer'), borrowed: true }] : offered;
  const usual = ways.length === 0 ? [wayOf('none')] : ways;
  return [...usual.filter(isDeclared), ...usual.filter((way) => !isDeclared(way))];
}

/** Tells whether a token of OAuth 2 goes out as the API key does: then it is one. */
function goesAsKey({ api_key: key, oauth2 }: CatalogAuthFields): boolean {
  const send = oauth2?.value?.send?.value;
  const place = [send?.in?.value ?? 'header', send?.name?.value ?? 'Authorization'];
  const value = send === undefined ? 'Bearer {credential}' : send.value?.value;
  const written = key?.value;
  return (
    written?.in?.value === place[0] && written?.name?.value === place[1] && written?.value?.value === value
  );
}

/** Tells whether a way to authenticate is whole with what a connection declares: nobody has to sign in. */
export function isDeclared({ mode }: Way): boolean {
  return !signsIn(mode);
}

function wayOf(key: CatalogAuthKey): Way {
  const mode = AUTH_MODES.find(({ auth_mode }) => catalogAuthKey(auth_mode) === key)?.auth_mode ?? 'none';
  return { key, mode, borrowed: false };
}
