import type { OAuth2Plan } from '../../table/types.ts';
import type { ConnectionSpec } from './table.ts';

const AT = 'gateway.d/test.yaml:1:1';

/** The secret of test clients: characters that form-encoding and base64 would change. */
export const CLIENT_SECRET = 'client/secret+= 5d4c';

/** Gives the plan of an authorization server at this origin, plain but for what is given. */
export function oauth2Plan(origin: string, more: Partial<OAuth2Plan> = {}): OAuth2Plan {
  return {
    grant: 'client_credentials',
    authorization_url: `${origin}/authorize`,
    token_url: `${origin}/token`,
    refresh_url: null,
    client_id: { text: 'test-client', at: AT },
    client_secret: { env: 'CLIENT_SECRET', at: AT },
    scopes: [],
    scope_separator: ' ',
    prompt: null,
    endpoint_auth_style: 'header',
    token_body: 'form',
    pkce: true,
    authorize_params: [],
    drop_authorize_params: [],
    token_params: [],
    refresh_params: [],
    lifetime_ms: null,
    refresh_max_lifetime_ms: null,
    access_token: '/access_token',
    error: null,
    send: { in: 'header', name: 'Authorization', prefix: 'Bearer ', suffix: '' },
    ...more,
  };
}

/** Gives a connection that gets its tokens for itself. */
export function clientConnection(
  base_url: string,
  plan: OAuth2Plan,
  more: Partial<ConnectionSpec> = {},
): ConnectionSpec {
  return {
    base_url,
    auth_mode: 'oauth2_client_credentials',
    credential: { kind: 'oauth2', oauth2: plan },
    ...more,
  };
}
