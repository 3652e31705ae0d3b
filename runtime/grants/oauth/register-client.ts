import { headerValueFault } from '../../../table/rules/header-syntax.ts';
import { Hidden } from '../../hidden.ts';
import { objectIn } from './discover.ts';
import type { DiscoveredServer, Metadata, Unfit } from './discover.ts';
import type { ClientManagement, DynamicClient } from './dynamic-client.ts';
import { answerOf } from './request-token.ts';
import type { OAuthCall } from './request-token.ts';
import type { Failure, FilledUrl } from './types.ts';

/** A client that was registered. */
export interface Registered {
  readonly kind: 'ok';
  readonly client: DynamicClient;
}

/**
 * Registers a client for one sign-in (RFC 7591): a public one where the server has those, for PKCE proves it. Another
 * redirect URI, or another server, is another client.
 */
export async function registerClient(
  server: DiscoveredServer,
  redirect_uri: string,
  { call, allow_private }: { readonly call: OAuthCall; readonly allow_private: readonly string[] },
): Promise<Registered | Unfit | Failure> {
  const { registration_url } = server;
  if (registration_url === null) return refused('the authorization server registers no clients');
  const answer = await answerOf(
    call.fetch({
      method: 'POST',
      url: registration_url.url,
      headers: new Hidden(HEADERS),
      body: new Hidden(Buffer.from(JSON.stringify(metadataOf(server, redirect_uri)))),
      guard: registration_url.guarded ? { allowPrivate: allow_private } : null,
      timeout_ms: call.timeout_ms,
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    }),
  );
  if ('kind' in answer) return answer;
  const told = answer.status === 201 || answer.status === 200 ? objectIn(answer) : null;
  if (told === null)
    return refused(`the authorization server refused to register a client (${answer.status})`);
  const { client_id, client_secret, token_endpoint_auth_method: method } = told;
  if (typeof client_id !== 'string' || client_id === '') return refused('the answer has no client_id');
  const { issuer, authorization_url, token_url, resource, scopes } = server;
  const management = managementOf(told, registration_url);
  return {
    kind: 'ok',
    client: {
      issuer,
      authorization_url,
      token_url,
      client_id,
      client_secret: typeof client_secret === 'string' && method !== 'none' ? client_secret : null,
      // RFC 7591 2: client_secret_basic where nothing is said.
      endpoint_auth_style: method === 'client_secret_post' || method === 'none' ? 'params' : 'header',
      resource,
      scopes,
      ...(management === null ? {} : { management }),
    },
  };
}

/**
 * Gives how the client is managed (RFC 7592 3): on the origin that it was registered at alone, for the token goes there.
 * null where the answer does not say, or names another place.
 */
function managementOf(told: Metadata, registered: FilledUrl): ClientManagement | null {
  const { registration_client_uri: uri, registration_access_token: token } = told;
  if (typeof uri !== 'string' || typeof token !== 'string' || !URL.canParse(uri)) return null;
  const { origin, username, password, href } = new URL(uri);
  if (origin !== new URL(registered.url).origin || username !== '' || password !== '') return null;
  if (token === '' || headerValueFault(token) !== null) return null;
  return { at: { url: href, guarded: registered.guarded }, token };
}

const HEADERS = ['Accept', 'application/json', 'User-Agent', 'gw', 'Content-Type', 'application/json'];

/** No `scope`: what a client may ask for is left to the server, which may know others by name than it registers. */
function metadataOf({ auth_methods }: DiscoveredServer, redirect_uri: string): object {
  return {
    client_name: 'gw',
    redirect_uris: [redirect_uri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: methodOf(auth_methods),
  };
}

/** Where a server does not say what it has, it has public clients: the MCP specification is written for those. */
function methodOf(offered: readonly string[]): string {
  const known = ['none', 'client_secret_basic', 'client_secret_post'];
  return known.find((one) => offered.length === 0 || offered.includes(one)) ?? 'client_secret_basic';
}

function refused(detail: string): Unfit {
  return { kind: 'unfit', detail };
}
