import { AUTH_MODES } from '../../table/rules/auth-modes.ts';
import type { AuthMode } from '../../table/types.ts';
import type { ConnectionFields } from '../fields/connection-fields.ts';
import type { CatalogAuthKey, CatalogVersion } from './model.ts';

/** Gives the modes that a catalog offers, in the order of the one list. */
export function offeredModes(catalog: CatalogVersion | null): AuthMode[] {
  const offered = catalog?.facts.auth?.value ?? {};
  return AUTH_MODES.filter((mode) => Object.hasOwn(offered, mode.catalog_key)).map((mode) => mode.auth_mode);
}

/** Gives the key under `auth` of a catalog for a mode. */
export function catalogAuthKey(mode: AuthMode): CatalogAuthKey {
  return (AUTH_MODES.find((one) => one.auth_mode === mode)?.catalog_key ?? 'none') as CatalogAuthKey;
}

/**
 * Gives a connection's mode: what it says, else the one that its catalog offers, else `none`. null when
 * the catalog offers several, or auth_mode is faulty.
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
  if (offered.length > 1) return null;
  return offered[0] ?? 'none';
}
