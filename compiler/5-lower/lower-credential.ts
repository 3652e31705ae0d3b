import { foldHeaderName } from '../../table/rules/fold-header-name.ts';
import type { CredentialPlan, OAuth2Plan } from '../../table/types.ts';
import {
  catalogOAuth2,
  DEFAULT_KEY_HEADER,
  effectiveAuthorizationUrl,
  effectiveKeyPlacement,
  effectiveTokenUrl,
  keyHeaderName,
} from '../3-resolve/effective.ts';
import type { ConnectionModel } from '../3-resolve/model.ts';
import { byCodeUnit, lowerSecret, lowerValue, must } from './values.ts';

/** Gives how a connection's credential goes into a request. */
export function lowerCredential(connection: ConnectionModel): CredentialPlan {
  const { authMode, fields } = connection;
  const perAccount = fields.grants?.value === true;
  switch (authMode) {
    case null:
      throw new Error('a connection without auth_mode passed the checks');
    case 'none':
      return { kind: 'none' };
    case 'bearer': {
      if (perAccount) return { kind: 'grant' };
      const secret = lowerSecret(fields.credential);
      return { kind: 'header', name: 'Authorization', prefix: 'Bearer ', suffix: '', secret };
    }
    case 'api_key':
      return perAccount ? { kind: 'grant' } : lowerKey(connection);
    case 'basic': {
      if (perAccount || fields.username === undefined) return { kind: 'grant' };
      const password = fields.password === undefined ? null : lowerSecret(fields.password);
      return { kind: 'basic', username: lowerValue(fields.username), password };
    }
    case 'oauth1':
      return {
        kind: 'oauth1',
        client_id: lowerValue(present(fields.oauth1_client_id)),
        client_secret: lowerSecret(fields.oauth1_client_secret),
      };
    case 'oauth2_client_credentials':
      return { kind: 'oauth2', oauth2: lowerOAuth2(connection, 'client_credentials') };
    case 'oauth2_authorization_code':
      return { kind: 'oauth2', oauth2: lowerOAuth2(connection, 'authorization_code') };
    case 'mcp':
      return { kind: 'mcp' };
  }
}

/** Gives the folded name of the header that carries the credential, or null when none does. */
export function credentialHeader(connection: ConnectionModel): string | null {
  if (connection.authMode === null || connection.authMode === 'none') return null;
  if (connection.authMode !== 'api_key') return 'authorization';
  const name = keyHeaderName(connection);
  return name === null ? null : foldHeaderName(name);
}

function lowerKey(connection: ConnectionModel): CredentialPlan {
  const placement = effectiveKeyPlacement(connection);
  const [prefix = '', suffix = ''] = (placement.template?.value ?? '{credential}').split('{credential}');
  const secret = lowerSecret(connection.fields.credential);
  const name = placement.name === null ? DEFAULT_KEY_HEADER : must(placement.name);
  return { kind: placement.in, name, prefix, suffix, secret };
}

function lowerOAuth2(connection: ConnectionModel, grant: OAuth2Plan['grant']): OAuth2Plan {
  const { fields } = connection;
  const offered = catalogOAuth2(connection);
  const fromCatalog = offered.token_auth?.value === 'post' ? 'params' : 'header';
  const params = [...(offered.authorize_params?.value ?? [])].map(
    ([name, field]) => [name, must(field)] as const,
  );
  return {
    grant,
    authorization_url: grant === 'authorization_code' ? must(effectiveAuthorizationUrl(connection)) : null,
    token_url: must(effectiveTokenUrl(connection)),
    client_id: lowerValue(present(fields.oauth2_client_id)),
    client_secret: lowerSecret(fields.oauth2_client_secret),
    scopes: fields.oauth2_scopes?.value ?? offered.scopes?.value ?? [],
    prompt: fields.oauth2_prompt?.value ?? offered.prompt?.value ?? null,
    endpoint_auth_style: fields.oauth2_endpoint_auth_style?.value ?? fromCatalog,
    token_body: offered.token_body?.value ?? 'form',
    refresh_max_lifetime_ms:
      fields.oauth2_refresh_max_lifetime?.value ?? offered.refresh_max_lifetime?.value ?? null,
    authorize_params: params.sort(([a], [b]) => byCodeUnit(a, b)),
  };
}

function present<T>(field: T | undefined): T {
  if (field === undefined) throw new Error('a field that the checks require is absent');
  return field;
}
