import { byCodeUnit } from '../../table/rules/by-code-unit.ts';
import type { OAuth2Plan, TokenPlacement } from '../../table/types.ts';
import type { CatalogOAuth2Fields } from '../fields/catalog-auth-fields.ts';
import {
  catalogOAuth2,
  effectiveAuthorizationUrl,
  effectiveTokenPlacement,
  effectiveTokenUrl,
} from '../3-resolve/effective.ts';
import type { ConnectionModel } from '../3-resolve/model.ts';
import type { TextFiller } from './lower-variables.ts';
import { aroundCredential, lowerParameters, lowerSecret, lowerValue, must } from './values.ts';

const BEARER: TokenPlacement = { in: 'header', name: 'Authorization', prefix: 'Bearer ', suffix: '' };

/** Gives how a connection signs in by OAuth 2: its own fields over its catalog's. */
export function lowerOAuth2(
  connection: ConnectionModel,
  grant: OAuth2Plan['grant'],
  filler: TextFiller,
): OAuth2Plan {
  const { fields } = connection;
  const offered = catalogOAuth2(connection);
  const fromCatalog = offered.token_auth?.value === 'post' ? 'params' : 'header';
  const refresh = offered.refresh_url?.value;
  return {
    grant,
    authorization_url:
      grant === 'authorization_code' ? filler.url(must(effectiveAuthorizationUrl(connection))) : null,
    token_url: filler.url(must(effectiveTokenUrl(connection))),
    refresh_url: refresh === undefined ? null : filler.url(refresh),
    client_id: lowerValue(must({ value: fields.oauth2_client_id })),
    client_secret: lowerSecret(fields.oauth2_client_secret),
    scopes: fields.oauth2_scopes?.value ?? offered.scopes?.value ?? [],
    scope_separator: offered.scope_separator?.value ?? ' ',
    prompt: fields.oauth2_prompt?.value ?? offered.prompt?.value ?? null,
    endpoint_auth_style: fields.oauth2_endpoint_auth_style?.value ?? fromCatalog,
    token_body: offered.token_body?.value ?? 'form',
    pkce: offered.pkce?.value ?? true,
    authorize_params: lowerParameters(offered.authorize_params),
    drop_authorize_params: [...(offered.drop_authorize_params?.value ?? [])].sort(byCodeUnit),
    token_params: lowerParameters(offered.token_params),
    refresh_params: lowerParameters(offered.refresh_params),
    lifetime_ms: offered.lifetime?.value ?? null,
    refresh_max_lifetime_ms:
      fields.oauth2_refresh_max_lifetime?.value ?? offered.refresh_max_lifetime?.value ?? null,
    access_token: offered.access_token?.value ?? '/access_token',
    error: lowerError(offered),
    send: lowerPlacement(connection),
  };
}

function lowerError({ error }: CatalogOAuth2Fields): OAuth2Plan['error'] {
  if (error === undefined) return null;
  const { pointer, equals, reason } = must(error);
  return { pointer: must(pointer), equals: must(equals), reason: reason?.value ?? null };
}

function lowerPlacement(connection: ConnectionModel): TokenPlacement {
  const send = effectiveTokenPlacement(connection);
  if (send === null) return BEARER;
  return { in: must(send.in), name: must(send.name), ...aroundCredential(send.value ?? null) };
}
