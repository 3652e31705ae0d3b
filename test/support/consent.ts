import { authorizationUrl, newState, newVerifier } from '../../runtime/grants/oauth/authorization-url.ts';
import type { TokenClient } from '../../runtime/grants/oauth/types.ts';
import type { Hidden } from '../../runtime/hidden.ts';
import { browse, REDIRECT_URI } from './authorization-servers.ts';

/** What a browser brought back from oidc-provider, and what the flow began with. */
export interface Consent {
  readonly query: string;
  readonly state: Hidden<string>;
  readonly verifier: Hidden<string>;
}

/** Goes from the authorization URL of a client to the callback, as the connect page does. */
export async function consent(client: TokenClient, url: string): Promise<Consent> {
  const state = newState();
  const verifier = newVerifier();
  const asked = { url, client_id: client.client_id, redirect_uri: REDIRECT_URI, state, verifier };
  return { query: await browse(authorizationUrl(client.plan, asked).reveal()), state, verifier };
}
