import type { OAuth2Plan } from '../../../table/types.ts';
import { Hidden } from '../../hidden.ts';
import type { FilledUrl, TokenClient } from './types.ts';

/** How a client that was registered is managed (RFC 7592). */
export interface ClientManagement {
  readonly at: FilledUrl;
  /** The registration access token. */
  readonly token: string;
}

/**
 * A client that was registered for one sign-in to an MCP server, and the authorization server that knows it. Kept
 * with the grant, whose tokens it alone can refresh.
 */
export interface DynamicClient {
  /** null: not told. */
  readonly issuer: string | null;
  readonly authorization_url: string;
  readonly token_url: FilledUrl;
  readonly client_id: string;
  /** null: a public client, which proves itself by PKCE alone. */
  readonly client_secret: string | null;
  readonly endpoint_auth_style: 'header' | 'params';
  /** RFC 8707: whom the tokens are for. */
  readonly resource: string;
  readonly scopes: readonly string[];
  /** Absent where the server told of none that may be asked. */
  readonly management?: ClientManagement;
}

/** How a bearer token of an MCP server is sent. */
export const MCP_BEARER: OAuth2Plan['send'] = {
  in: 'header',
  name: 'Authorization',
  prefix: 'Bearer ',
  suffix: '',
};

/** Gives who asks for the tokens of a grant on an MCP server: OAuth 2.1 with PKCE, without a vendor's dialect. */
export function dynamicTokenClient(client: DynamicClient, allow_private: readonly string[]): TokenClient {
  const { token_url, client_id, client_secret } = client;
  return {
    plan: planOf(client),
    token_url,
    refresh_url: null,
    client_id,
    client_secret: new Hidden(client_secret ?? ''),
    allow_private,
  };
}

function planOf({ authorization_url, token_url, resource, scopes, ...client }: DynamicClient): OAuth2Plan {
  const at = 'registered';
  const resourced = [['resource', resource]] as const;
  return {
    grant: 'authorization_code',
    authorization_url,
    token_url: token_url.url,
    refresh_url: null,
    client_id: { text: client.client_id, at },
    client_secret: { env: '', at },
    scopes,
    scope_separator: ' ',
    // OpenID Connect 11: without it a server gives no refresh token for offline_access.
    prompt: scopes.includes('offline_access') ? 'consent' : null,
    endpoint_auth_style: client.endpoint_auth_style,
    token_body: 'form',
    pkce: true,
    authorize_params: resourced,
    drop_authorize_params: [],
    token_params: resourced,
    refresh_params: resourced,
    lifetime_ms: null,
    refresh_max_lifetime_ms: null,
    access_token: '/access_token',
    error: null,
    send: MCP_BEARER,
  };
}
