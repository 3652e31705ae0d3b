import { authorizationUrl, newState, newVerifier } from '../../runtime/grants/oauth/authorization-url.ts';
import { readCallback } from '../../runtime/grants/oauth/callback.ts';
import { discoverServer } from '../../runtime/grants/oauth/discover.ts';
import type { DiscoveredServer } from '../../runtime/grants/oauth/discover.ts';
import { dynamicTokenClient } from '../../runtime/grants/oauth/dynamic-client.ts';
import type { DynamicClient } from '../../runtime/grants/oauth/dynamic-client.ts';
import { registerClient } from '../../runtime/grants/oauth/register-client.ts';
import { requestToken } from '../../runtime/grants/oauth/request-token.ts';
import type { OAuthCall } from '../../runtime/grants/oauth/request-token.ts';
import type { GivenTokens } from '../../runtime/grants/oauth/types.ts';
import type { McpPlan } from '../../table/types.ts';
import { browse, REDIRECT_URI, registeringProvider } from '../support/authorization-servers.ts';
import type { RegisteringProvider } from '../support/authorization-servers.ts';
import { mcpServer } from './mcp-server.ts';
import type { McpServerOptions, TestMcpServer } from './mcp-server.ts';

/** An MCP server that takes tokens of an authorization server alone, which are for it. */
export interface ProtectedServer {
  readonly server: TestMcpServer;
  readonly provider: RegisteringProvider;
  /** Refuses these from now on, as if they had been revoked. */
  readonly refused: Set<string>;
}

/** Starts both. The server tells of itself at the well-known place (RFC 9728), which its challenge names. */
export async function protectedServer(options: McpServerOptions = {}): Promise<ProtectedServer> {
  const provider = await registeringProvider();
  const refused = new Set<string>();
  let url = '';
  const server = await mcpServer({
    ...options,
    authorize: async (authorization) => {
      const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '';
      const isGood = !refused.has(token) && (await provider.audienceOf(token)) === url;
      const metadata = `${new URL(url).origin}/.well-known/oauth-protected-resource/mcp`;
      return isGood
        ? null
        : { status: 401, challenge: `Bearer resource_metadata="${metadata}", scope="tools"` };
    },
    beside: (request, response) => {
      if (request.url !== '/.well-known/oauth-protected-resource/mcp') return false;
      response
        .writeHead(200, { 'Content-Type': 'application/json' })
        .end(JSON.stringify({ resource: url, authorization_servers: [provider.origin] }));
      return true;
    },
  });
  url = server.url;
  return { server, provider, refused };
}

/** What servers on this machine have to be allowed with. */
export const LOOPBACK = ['127.0.0.0/8'];

/** A catalog that says nothing: all is left to what the server tells. */
export const DISCOVERING: McpPlan = {
  resource: null,
  authorization_url: null,
  token_url: null,
  registration_url: null,
  scopes: [],
};

/** A sign-in from its beginning to its tokens. */
export interface SignedIn {
  readonly server: DiscoveredServer;
  readonly client: DynamicClient;
  readonly tokens: GivenTokens;
}

/** Discovers, registers, agrees as a person would, and takes the code to the token endpoint. Throws where one step does not succeed. */
export async function signIn(url: string, call: OAuthCall): Promise<SignedIn> {
  const resource = { url: { url, guarded: false }, plan: DISCOVERING, allow_private: LOOPBACK };
  const server = succeeded(await discoverServer(resource, call));
  const parts = { call, allow_private: LOOPBACK };
  const { client } = succeeded(await registerClient(server, REDIRECT_URI, parts));
  const token = dynamicTokenClient(client, LOOPBACK);
  const verifier = newVerifier();
  const request = {
    url: client.authorization_url,
    client_id: client.client_id,
    redirect_uri: REDIRECT_URI,
    state: newState(),
    verifier,
  };
  const query = await browse(authorizationUrl(token.plan, request).reveal());
  const callback = readCallback(query, { issuer: client.issuer, endpoints: [] });
  if (callback.kind !== 'code') throw new Error(JSON.stringify(callback));
  const ask = { kind: 'code', code: callback.code, redirect_uri: REDIRECT_URI, verifier } as const;
  return { server, client, tokens: succeeded(await requestToken(token, ask, call)) };
}

function succeeded<Outcome extends { readonly kind: string }>(
  outcome: Outcome,
): Extract<Outcome, { readonly kind: 'ok' }> {
  if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
  return outcome as Extract<Outcome, { readonly kind: 'ok' }>;
}
