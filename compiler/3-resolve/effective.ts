import type { CatalogOAuth2Fields } from '../fields/catalog-fields.ts';
import type { Field, Named } from '../fields/field.ts';
import type { ConnectionModel } from './model.ts';
import { catalogAuthKey } from './resolve-auth-mode.ts';

/** Where an API key goes, and what stands around it. */
export interface KeyPlacement {
  readonly in: 'header' | 'query';
  /** The name with its place; null where nothing was written and the default stands. */
  readonly name: Field<string> | null;
  /** The template around `{credential}`; null for the key alone. */
  readonly template: Field<string> | null;
}

/** The header of an API key where neither connection nor catalog names one. */
export const DEFAULT_KEY_HEADER: string = 'X-API-Key';

/** Gives a connection's base_url: its own, else its catalog's. */
export function effectiveBaseUrl(connection: ConnectionModel): Field<string> | null {
  return connection.fields.base_url ?? connection.catalog?.facts.base_url ?? null;
}

/** Gives the default headers of a connection: those of its catalog. */
export function effectiveDefaultHeaders(connection: ConnectionModel): Named<string> {
  return connection.catalog?.facts.default_headers?.value ?? new Map<string, Field<string>>();
}

/** Gives where the key of an `api_key` connection goes: its own fields, else its catalog's. */
export function effectiveKeyPlacement(connection: ConnectionModel): KeyPlacement {
  const { fields } = connection;
  const offered = connection.catalog?.facts.auth?.value?.api_key?.value;
  const placement = fields.api_key_placement?.value ?? offered?.in?.value ?? 'header';
  const fromCatalog = offered?.in?.value === placement ? offered : undefined;
  const own = placement === 'header' ? fields.api_key_header : fields.api_key_param;
  return { in: placement, name: own ?? fromCatalog?.name ?? null, template: fromCatalog?.value ?? null };
}

/** Gives the name of the header that carries the key of an `api_key` connection; null when it goes elsewhere. */
export function keyHeaderName(connection: ConnectionModel): string | null {
  if (connection.authMode !== 'api_key') return null;
  const placement = effectiveKeyPlacement(connection);
  if (placement.in !== 'header') return null;
  return placement.name === null ? DEFAULT_KEY_HEADER : (placement.name.value ?? null);
}

/** Gives what the catalog knows of the OAuth 2 mode of a connection. */
export function catalogOAuth2(connection: ConnectionModel): CatalogOAuth2Fields {
  const auth = connection.catalog?.facts.auth?.value;
  if (auth === undefined || connection.authMode === null) return {};
  const key = catalogAuthKey(connection.authMode);
  if (key !== 'oauth2' && key !== 'oauth2_client_credentials') return {};
  return auth[key]?.value ?? {};
}

/** Gives the token endpoint of an OAuth 2 connection. */
export function effectiveTokenUrl(connection: ConnectionModel): Field<string> | null {
  return connection.fields.oauth2_token_url ?? catalogOAuth2(connection).token_url ?? null;
}

/** Gives the authorization endpoint of an OAuth 2 connection. */
export function effectiveAuthorizationUrl(connection: ConnectionModel): Field<string> | null {
  return connection.fields.oauth2_authorization_url ?? catalogOAuth2(connection).authorization_url ?? null;
}
