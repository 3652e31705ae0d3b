import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OAuth2Server } from 'oauth2-mock-server';
import type { MutableResponse } from 'oauth2-mock-server';
import { Provider } from 'oidc-provider';
import { onTestFinished } from 'vitest';
import { CLIENT_SECRET } from './oauth-plan.ts';

// Two authorization servers that others wrote, on free ports of 127.0.0.1. They end with the test.

/** Where the browser of a test is sent back to; nobody listens there. */
export const REDIRECT_URI = 'http://127.0.0.1:1/callback';
/** A secret that is the same in every encoding. */
export const PLAIN_SECRET = 'plain-secret-2b1a0f';

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

async function listening(handler: () => Handler): Promise<{ server: Server; origin: string }> {
  const server = createServer((request, response) => void handler()(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const KEY = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });

function clients(redirectUri: string): object[] {
  const client = {
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    response_types: ['code'],
  };
  return [
    { ...client, client_id: 'header', client_secret: PLAIN_SECRET },
    {
      ...client,
      client_id: 'params',
      client_secret: CLIENT_SECRET,
      token_endpoint_auth_method: 'client_secret_post',
    },
    { ...client, client_id: 'special', client_secret: CLIENT_SECRET },
    {
      ...client,
      client_id: 'limited',
      client_secret: PLAIN_SECRET,
      grant_types: ['authorization_code'],
    },
  ];
}

const CONFIGURATION = {
  scopes: ['openid', 'read', 'write'],
  jwks: { keys: [{ ...KEY, use: 'sig', alg: 'RS256' }] },
  cookies: { keys: ['test'] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    revocation: { enabled: true },
  },
  pkce: { required: () => true },
  issueRefreshToken: () => true,
  rotateRefreshToken: true,
  ttl: {
    AccessToken: 600,
    AuthorizationCode: 60,
    ClientCredentials: 600,
    Grant: 3600,
    IdToken: 600,
    Interaction: 600,
    RefreshToken: 3600,
    Session: 3600,
  },
  interactions: { url: (_ctx: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
  findAccount: (_ctx: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id }) }),
};

/** Starts oidc-provider: PKCE is required, refresh tokens rotate, every account agrees to everything. */
export async function oidcProvider(redirectUri = REDIRECT_URI): Promise<{
  readonly origin: string;
  /** How often its token endpoint was asked so far. */
  readonly tokenCalls: () => number;
}> {
  return started({ ...CONFIGURATION, clients: clients(redirectUri) });
}

/** What a provider that registers clients saw of them, and knows of its tokens. */
export interface RegisteringProvider {
  readonly origin: string;
  /** Gives whom an access token is for; null where it is none of its own. */
  readonly audienceOf: (token: string) => Promise<string | null>;
  readonly hasClient: (id: string) => Promise<boolean>;
}

/** Starts oidc-provider as MCP servers want it: anybody may register (RFC 7591, 7592), tokens are for a resource (RFC 8707). */
export async function registeringProvider(): Promise<RegisteringProvider> {
  const { origin, provider } = await started({
    ...CONFIGURATION,
    clients: [],
    scopes: ['openid', 'offline_access'],
    features: {
      ...CONFIGURATION.features,
      registration: { enabled: true },
      registrationManagement: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx: unknown, audience: string) => ({
          audience,
          scope: 'tools',
          accessTokenFormat: 'opaque',
        }),
        useGrantedResource: () => true,
      },
    },
  });
  return {
    origin,
    audienceOf: async (token) => (await provider.AccessToken.find(token))?.aud ?? null,
    hasClient: async (id) => (await provider.Client.find(id)) !== undefined,
  };
}

async function started(
  configuration: object,
): Promise<{ readonly origin: string; readonly provider: Provider; readonly tokenCalls: () => number }> {
  let calls = 0;
  let handler: Handler = () => {};
  const { origin } = await listening(() => handler);
  const provider = new Provider(origin, configuration);
  const callback = provider.callback();
  handler = (request, response) => {
    if (request.url === '/token') calls += 1;
    return request.url?.startsWith('/interaction/') === true
      ? agree(provider, request, response)
      : callback(request, response);
  };
  return { origin, provider, tokenCalls: () => calls };
}

async function agree(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  const options = { mergeWithLastSubmission: false };
  if (prompt.name === 'login') {
    await provider.interactionFinished(request, response, { login: { accountId: 'account' } }, options);
    return;
  }
  const grant = new provider.Grant({ accountId: session?.accountId ?? '', clientId: params.client_id });
  grant.addOIDCScope((prompt.details.missingOIDCScope ?? []).join(' '));
  for (const [resource, scopes] of Object.entries(prompt.details.missingResourceScopes ?? {}))
    grant.addResourceScope(resource, scopes.join(' '));
  await provider.interactionFinished(
    request,
    response,
    { consent: { grantId: await grant.save() } },
    options,
  );
}

/** Does what a browser does with an authorization URL, until it is sent back; gives the query that it brings. */
export async function browse(url: string): Promise<string> {
  const cookies = new Map<string, string>();
  let next = url;
  while (!next.startsWith(REDIRECT_URI)) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(next, { redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location === null) throw new Error(`${next} answered ${response.status}: ${await response.text()}`);
    next = new URL(location, next).href;
  }
  return new URL(next).search.slice(1);
}

/** How oauth2-mock-server's answers are changed on their way. */
export interface Disturbance {
  /** Changes what the token endpoint is about to answer. */
  readonly answer?: (response: MutableResponse) => void;
  /** Answers in its place; the server itself does where this gives 'pass'. */
  readonly instead?: Handler;
}

/** Starts oauth2-mock-server. */
export async function mockServer({ answer, instead }: Disturbance = {}): Promise<{
  readonly origin: string;
}> {
  const mock = new OAuth2Server();
  await mock.issuer.keys.generate('RS256');
  if (answer !== undefined) mock.service.on('beforeResponse', answer);
  const { origin } = await listening(
    () => (request, response) =>
      instead === undefined || request.url !== '/token' || instead(request, response) === 'pass'
        ? mock.service.requestHandler(request, response)
        : undefined,
  );
  mock.issuer.url = origin;
  return { origin };
}
