import { catalogAuthKey } from '../../table/rules/auth-modes.ts';
import type { CatalogAuthKey } from '../../table/rules/auth-modes.ts';
import { foldHeaderName } from '../../table/rules/fold-header-name.ts';
import type {
  CatalogAuthFields,
  CatalogBasicKeys,
  CatalogMcpFields,
  CatalogOAuth1Fields,
  CatalogOAuth2Fields,
  TokenPlacementKeys,
} from '../fields/catalog-auth-fields.ts';
import type { HostFields } from '../fields/catalog-fields.ts';
import type { Field, Fields, Named } from '../fields/field.ts';
import type { Element } from '../fields/shape.ts';
import type { ConnectionModel } from './model.ts';
import { takesOneCredential, wayOf } from './resolve-auth-mode.ts';

/** Where an API key or token goes, and what stands around it. */
export interface KeyPlacement {
  readonly in: 'header' | 'query' | 'path';
  /** The name with its place; null where nothing was written and the default stands. */
  readonly name: Field<string> | null;
  /** The template around `{credential}`; null for the default. */
  readonly template: Field<string> | null;
}

/** The header of an API key where neither connection nor catalog names one. */
export const DEFAULT_KEY_HEADER: string = 'X-API-Key';

/** Gives what the catalog says of the way in which a connection authenticates; nothing where it does not offer it. */
function offeredWay<K extends CatalogAuthKey>(
  connection: ConnectionModel,
  ...keys: readonly K[]
): NonNullable<CatalogAuthFields[K]>['value'] | undefined {
  const auth = connection.catalog?.facts.auth?.value;
  if (auth === undefined || connection.authMode === null) return undefined;
  const key = catalogAuthKey(connection.authMode);
  return keys.includes(key as K) ? auth[key as K]?.value : undefined;
}

/**
 * Gives a connection's base_url: its own; else that of its way to authenticate, where the catalog has one
 * of its own for that; else its catalog's.
 */
export function effectiveBaseUrl(connection: ConnectionModel): Field<string> | null {
  return connection.fields.base_url ?? catalogBaseUrl(connection);
}

/** Gives the base_url of a connection's catalog, which may hold variables; null where the connection has its own. */
export function catalogBaseUrl(connection: ConnectionModel): Field<string> | null {
  if (connection.fields.base_url !== undefined) return null;
  const { catalog, authMode } = connection;
  if (catalog === null) return null;
  const way = authMode === null ? undefined : catalog.facts.auth?.value?.[wayOf(authMode, catalog)];
  return way?.value?.base_url ?? catalog.facts.base_url ?? null;
}

/** Gives the further hosts of a connection: none where it has a base_url of its own. */
export function effectiveHosts(connection: ConnectionModel): readonly Element<HostFields>[] {
  if (connection.fields.base_url !== undefined) return [];
  return connection.catalog?.facts.hosts?.value ?? [];
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
  const own = { header: fields.api_key_header, query: fields.api_key_param, path: undefined };
  return {
    in: placement,
    name: own[placement] ?? fromCatalog?.name ?? null,
    template: fromCatalog?.value ?? null,
  };
}

/** Gives how a token goes into requests of a `bearer` or OAuth 2 connection, where its catalog says so. */
export function effectiveTokenPlacement(connection: ConnectionModel): Fields<TokenPlacementKeys> | null {
  const auth = connection.catalog?.facts.auth?.value;
  if (connection.authMode === 'bearer' && auth?.bearer === undefined)
    return auth?.oauth2?.value?.send?.value ?? null;
  return catalogOAuth2(connection).send?.value ?? null;
}

/** Gives the name of the header that carries the credential of a connection; null when none does. */
export function credentialHeaderName(connection: ConnectionModel): string | null {
  if (connection.authMode === null || connection.authMode === 'none') return null;
  if (connection.authMode === 'api_key') return keyHeaderName(connection);
  const send = effectiveTokenPlacement(connection);
  if (send === null) return 'Authorization';
  return send.in?.value === 'header' ? (send.name?.value ?? null) : null;
}

/** Gives the name of the query parameter that carries the credential of a connection; null when none does. */
export function credentialParameterName(connection: ConnectionModel): string | null {
  if (connection.authMode === 'api_key') {
    const placement = effectiveKeyPlacement(connection);
    return placement.in === 'query' ? (placement.name?.value ?? null) : null;
  }
  const send = effectiveTokenPlacement(connection);
  return send?.in?.value === 'query' ? (send.name?.value ?? null) : null;
}

/** Gives the name of the header that carries the key of an `api_key` connection; null when it goes elsewhere. */
function keyHeaderName(connection: ConnectionModel): string | null {
  if (connection.authMode !== 'api_key') return null;
  const placement = effectiveKeyPlacement(connection);
  if (placement.in !== 'header') return null;
  return placement.name === null ? DEFAULT_KEY_HEADER : (placement.name.value ?? null);
}

/**
 * Gives the catalog's form of Basic authentication where it makes a pair of the connection's `credential`;
 * null where the connection has a user name or password of its own.
 */
export function effectiveBasicForm(connection: ConnectionModel): Fields<CatalogBasicKeys> | null {
  if (connection.fields.username !== undefined || connection.fields.password !== undefined) return null;
  const offered = offeredWay(connection, 'basic');
  return takesOneCredential(offered) ? (offered ?? null) : null;
}

/** Gives what the catalog knows of the OAuth 2 mode of a connection. */
export function catalogOAuth2(connection: ConnectionModel): CatalogOAuth2Fields {
  return offeredWay(connection, 'oauth2', 'oauth2_client_credentials') ?? {};
}

/** Gives what the catalog knows of the OAuth 1 mode of a connection. */
export function catalogOAuth1(connection: ConnectionModel): CatalogOAuth1Fields {
  return offeredWay(connection, 'oauth1') ?? {};
}

/** Gives what the catalog knows of the MCP mode of a connection. */
export function catalogMcp(connection: ConnectionModel): CatalogMcpFields {
  return offeredWay(connection, 'mcp') ?? {};
}

/** Gives the token endpoint of an OAuth 2 connection. */
export function effectiveTokenUrl(connection: ConnectionModel): Field<string> | null {
  return connection.fields.oauth2_token_url ?? catalogOAuth2(connection).token_url ?? null;
}

/** Gives the authorization endpoint of an OAuth 2 connection. */
export function effectiveAuthorizationUrl(connection: ConnectionModel): Field<string> | null {
  return connection.fields.oauth2_authorization_url ?? catalogOAuth2(connection).authorization_url ?? null;
}

/** Gives the headers that a connection's catalog sets on every request, but for those that the connection sets itself. */
export function effectiveStaticHeaders(connection: ConnectionModel): Named<string> {
  const own = new Set([...(connection.fields.static_headers?.value?.keys() ?? [])].map(foldHeaderName));
  const lines = [...(connection.catalog?.facts.static_headers?.value ?? [])];
  return new Map(lines.filter(([name]) => !own.has(foldHeaderName(name))));
}

/** Gives the query pairs that every request of a connection gets: those of its catalog. */
export function effectiveQuery(connection: ConnectionModel): Named<string> {
  return connection.catalog?.facts.query?.value ?? new Map<string, Field<string>>();
}
