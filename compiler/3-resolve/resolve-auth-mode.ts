import { AUTH_MODES, catalogAuthKey } from '../../table/rules/auth-modes.ts';
import type { CatalogAuthKey } from '../../table/rules/auth-modes.ts';
import type { AuthMode } from '../../table/types.ts';
import type { CatalogBasicKeys } from '../fields/catalog-auth-fields.ts';
import type { ConnectionFields } from '../fields/connection-fields.ts';
import type { Fields } from '../fields/field.ts';
import type { CatalogVersion } from './model.ts';

/** Gives the modes that a catalog offers, in the order of the one list. */
export function offeredModes(catalog: CatalogVersion | null): AuthMode[] {
  const offered = catalog?.facts.auth?.value ?? {};
  return AUTH_MODES.filter((mode) => Object.hasOwn(offered, mode.catalog_key)).map((mode) => mode.auth_mode);
}

/** Gives the way of a catalog that a mode is: a token that was obtained elsewhere is used like one that was signed in for. */
export function wayOf(mode: AuthMode, { facts }: Pick<CatalogVersion, 'facts'>): CatalogAuthKey {
  const offered = facts.auth?.value;
  const key = catalogAuthKey(mode);
  return key === 'bearer' && offered?.bearer === undefined && offered?.oauth2 !== undefined ? 'oauth2' : key;
}

/**
 * Gives a connection's mode: what it says; else the one that its catalog offers; of several, the one that
 * what the connection brings can only be meant for; without catalog `none`. null when it cannot be told,
 * or auth_mode is faulty.
 */
export function resolveAuthMode(fields: ConnectionFields, catalog: CatalogVersion | null): AuthMode | null {
  if (fields.auth_mode !== undefined) {
    const written = fields.auth_mode.value;
    if (written !== 'oauth') return written ?? null;
    return fields.oauth_grant?.value === 'authorization_code'
      ? 'oauth2_authorization_code'
      : 'oauth2_client_credentials';
  }
  const offered = offeredModes(catalog);
  if (offered.length === 0) return 'none';
  const meant = modesMeant(fields, catalog, offered);
  return meant.length === 1 ? (meant[0] ?? null) : null;
}

/** Gives the modes that a connection may mean by what it brings; all that are offered where that tells nothing. */
function modesMeant(
  fields: ConnectionFields,
  catalog: CatalogVersion | null,
  offered: readonly AuthMode[],
): readonly AuthMode[] {
  const fits = offered.filter((mode) => bringsFor(mode, fields, catalog));
  if (fits.length > 0) return fits;
  // A token that was obtained elsewhere serves where accounts could sign in for one.
  if (fields.credential !== undefined && offered.includes('oauth2_authorization_code')) return ['bearer'];
  return offered;
}

/** Tells whether a connection brings a field by which only some modes are meant, this one among them. */
function bringsFor(mode: AuthMode, fields: ConnectionFields, catalog: CatalogVersion | null): boolean {
  switch (mode) {
    case 'bearer':
    case 'api_key':
      return fields.credential !== undefined;
    case 'basic': {
      const one = takesOneCredential(catalog?.facts.auth?.value?.basic?.value);
      return fields.username !== undefined || (one && fields.credential !== undefined);
    }
    case 'oauth2_authorization_code':
    case 'oauth2_client_credentials':
      return fields.oauth2_client_id !== undefined;
    case 'oauth1':
      return fields.oauth1_client_id !== undefined;
    case 'none':
    case 'mcp':
      return false;
  }
}

/** Tells whether a catalog's form of Basic authentication is made of one credential. */
export function takesOneCredential(basic: Fields<CatalogBasicKeys> | undefined): boolean {
  return basic?.username !== undefined || basic?.password !== undefined;
}
