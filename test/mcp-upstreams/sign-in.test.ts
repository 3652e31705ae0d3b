import { expect, test } from 'vitest';
import { authorizationUrl, newState, newVerifier } from '../../runtime/grants/oauth/authorization-url.ts';
import { readCallback } from '../../runtime/grants/oauth/callback.ts';
import { discoverServer } from '../../runtime/grants/oauth/discover.ts';
import type { McpResource } from '../../runtime/grants/oauth/discover.ts';
import { dynamicTokenClient } from '../../runtime/grants/oauth/dynamic-client.ts';
import { registerClient } from '../../runtime/grants/oauth/register-client.ts';
import { requestToken } from '../../runtime/grants/oauth/request-token.ts';
import { browse, REDIRECT_URI } from '../support/authorization-servers.ts';
import { oauthCall } from '../support/token-client.ts';
import { protectedServer } from './protected-server.ts';

const ALLOWED = ['127.0.0.0/8'];

function resourceAt(url: string, plan: Partial<McpResource['plan']> = {}, allow_private = ALLOWED): McpResource {
  const none = { resource: null, authorization_url: null, token_url: null, registration_url: null, scopes: [] };
  return { url: { url, guarded: false }, plan: { ...none, ...plan }, allow_private };
}

test('discover, register, consent, exchange and refresh, each for the resource', async () => {
  const { server, provider } = await protectedServer();
  const call = oauthCall();
  const found = await discoverServer(resourceAt(server.url), call);
  expect(found).toMatchObject({
    kind: 'ok',
    issuer: provider.origin,
    resource: server.url,
    scopes: ['tools', 'offline_access'],
    token_url: { url: `${provider.origin}/token`, guarded: true },
  });
  if (found.kind !== 'ok') return;
  const registered = await registerClient(found, REDIRECT_URI, { call, allow_private: ALLOWED });
  expect(registered).toMatchObject({ kind: 'ok', client: { client_secret: null } });
  if (registered.kind !== 'ok') return;
  const client = dynamicTokenClient(registered.client, ALLOWED);
  const [state, verifier] = [newState(), newVerifier()];
  const { client_id } = client;
  const request = { url: found.authorization_url, client_id, redirect_uri: REDIRECT_URI, state, verifier };
  const query = await browse(authorizationUrl(client.plan, request).reveal());
  const callback = readCallback(query, { issuer: found.issuer, endpoints: [] });
  if (callback.kind !== 'code') throw new Error(JSON.stringify(callback));
  const given = await requestToken(
    client,
    { kind: 'code', code: callback.code, redirect_uri: REDIRECT_URI, verifier },
    call,
  );
  if (given.kind !== 'ok') throw new Error(JSON.stringify(given));
  expect(await provider.audienceOf(given.access_token.reveal())).toBe(server.url);
  if (given.refresh_token === 'kept') throw new Error('no refresh token');
  const refreshed = await requestToken(
    client,
    { kind: 'refresh', refresh_token: given.refresh_token, refresh_expires_at: null },
    call,
  );
  if (refreshed.kind !== 'ok') throw new Error(JSON.stringify(refreshed));
  expect(await provider.audienceOf(refreshed.access_token.reveal())).toBe(server.url);
});
