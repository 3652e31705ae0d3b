import type { GrantMethod } from '../../table/rules/auth-modes.ts';
import type { PlaceFault } from '../../table/rules/place-destination.ts';
import type { Connection } from '../../table/types.ts';
import type { FetchSockets } from '../6-forward/fetch-whole.ts';
import type { Hidden } from '../hidden.ts';
import { dynamicTokenClient } from './oauth/dynamic-client.ts';
import type { DynamicClient } from './oauth/dynamic-client.ts';
import type { OAuth1Client } from './oauth/oauth1.ts';
import type { FilledUrl, TokenClient } from './oauth/types.ts';

/** The client that the operator registered with an authorization server. */
export interface RegisteredClient {
  /** Hidden, because it may have been written as a secret; authorization URLs show it. */
  readonly client_id: Hidden<string>;
  readonly client_secret: Hidden<string>;
}

/** How grants of a connection are made and kept alive, made ready. */
export interface SignIn {
  readonly connection: Connection;
  readonly method: GrantMethod;
  /** `form`: nobody is asked for consent; what a grant holds is written into a form. */
  readonly kind: 'oauth2' | 'oauth1' | 'form';
  /** null where no authorization server is asked for anything. */
  readonly client: RegisteredClient | null;
  /** How the authorization server's TLS is trusted: like the upstream's, without the upstream's client certificate. */
  readonly trust: Omit<FetchSockets, 'pools'>;
  /**
   * Gives a URL of the plan (authorization, token, look-up) with its variables filled in: those that the operator
   * wrote, and for the others what a grant has. Or which variable stands against it, never its value.
   */
  readonly fill: (url: string, variables: Readonly<Record<string, string>>) => FilledUrl | PlaceFault;
}

/**
 * Gives who asks for the tokens of a grant with these variables, or the variable that keeps a URL from being filled
 * in. On an MCP server that is the client that was registered for the grant. Throws where the connection has no
 * OAuth 2.
 */
export function tokenClientOf(
  { connection, client, fill }: SignIn,
  variables: Readonly<Record<string, string>>,
  registered: DynamicClient | null = null,
): TokenClient | PlaceFault {
  const { credential, allow_private } = connection;
  if (credential.kind === 'mcp' && registered !== null) return dynamicTokenClient(registered, allow_private);
  if (credential.kind !== 'oauth2' || client === null)
    throw new Error(`connection ${connection.name} has no OAuth 2`);
  const plan = credential.oauth2;
  const token_url = fill(plan.token_url, variables);
  if ('fault' in token_url) return token_url;
  const refresh_url = plan.refresh_url === null ? null : fill(plan.refresh_url, variables);
  if (refresh_url !== null && 'fault' in refresh_url) return refresh_url;
  return { plan, token_url, refresh_url, ...revealed(client), allow_private };
}

/** Gives who signs the legs and requests of OAuth 1. Throws where the connection has none. */
export function oauth1ClientOf({ connection, client }: SignIn): OAuth1Client {
  if (connection.credential.kind !== 'oauth1' || client === null)
    throw new Error(`connection ${connection.name} has no OAuth 1`);
  return { plan: connection.credential.oauth1, ...revealed(client) };
}

function revealed({
  client_id,
  client_secret,
}: RegisteredClient): Pick<TokenClient, 'client_id' | 'client_secret'> {
  return { client_id: client_id.reveal(), client_secret };
}
