import { expect, test } from 'vitest';
import { dynamicTokenClient } from '../../runtime/grants/oauth/dynamic-client.ts';
import { requestToken } from '../../runtime/grants/oauth/request-token.ts';
import { Hidden } from '../../runtime/hidden.ts';
import type { Grant } from '../../runtime/grants/grant.ts';
import { startGranted, KEYS } from '../support/granted.ts';
import type { GrantedSides } from '../support/granted.ts';
import { oauthCall } from '../support/token-client.ts';
import { DISCOVERING, LOOPBACK, protectedServer, signIn } from './protected-server.ts';
import type { ProtectedServer, SignedIn } from './protected-server.ts';

test('discover, register, consent, exchange and refresh, each for the resource', async () => {
  const { server, provider } = await protectedServer();
  const call = oauthCall();
  const { server: found, client, tokens } = await signIn(server.url, call);
  expect(found).toMatchObject({
    issuer: provider.origin,
    resource: server.url,
    scopes: ['tools', 'offline_access'],
    token_url: { url: `${provider.origin}/token`, guarded: true },
  });
  expect(client.client_secret).toBeNull();
  const { access_token, refresh_token } = tokens;
  expect(await provider.audienceOf(access_token.reveal())).toBe(server.url);
  const ask = {
    kind: 'refresh',
    refresh_token: refresh_token === 'kept' ? null : refresh_token,
    refresh_expires_at: null,
  } as const;
  const refreshed = await requestToken(dynamicTokenClient(client, LOOPBACK), ask, call);
  const token = refreshed.kind === 'ok' ? refreshed.access_token.reveal() : refreshed.reason;
  expect(await provider.audienceOf(token)).toBe(server.url);
});

interface Sides extends GrantedSides {
  readonly server: ProtectedServer;
  readonly signedIn: () => Promise<Grant>;
  readonly call: (headers?: Record<string, string>) => Promise<Response>;
}

/** A gateway with a connection whose accounts sign in to a protected MCP server. */
async function start(): Promise<Sides> {
  const server = await protectedServer();
  const sides = await startGranted({
    connections: () => ({
      vendor: {
        base_url: server.server.url,
        auth_mode: 'mcp',
        grants: true,
        credential: { kind: 'mcp', mcp: DISCOVERING },
        allow_private: LOOPBACK,
      },
    }),
  });
  const signedIn = async (): Promise<Grant> =>
    sides.grant({ method: 'MCP', ...credentialOf(await signIn(server.server.url, oauthCall())) });
  const call = (headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${sides.gateway.port}/vendor/add`, {
      method: 'POST',
      headers: { 'X-API-Key': KEYS.acme, ...headers },
      body: '{"a":2,"b":3}',
    });
  return { ...sides, server, signedIn, call };
}

function credentialOf({ client, tokens }: SignedIn): Pick<Grant, 'credential'> {
  const { access_token, refresh_token, scope, token_type } = tokens;
  return {
    credential: new Hidden({
      kind: 'oauth2',
      access_token: access_token.reveal(),
      refresh_token: refresh_token === 'kept' ? null : refresh_token.reveal(),
      scope,
      token_type,
      registered: client,
    }),
  };
}

const SUM = { content: [{ type: 'text', text: '5' }], isError: false, structuredContent: { sum: 5 } };

test('the token of the grant goes out; one that is refused is refreshed, once for the whole call', async () => {
  const { server, signedIn, call, store } = await start();
  const grant = await signedIn();
  const before = grant.credential?.reveal();
  const first = await call();
  expect([first.status, await first.json()]).toEqual([200, SUM]);
  const token = before?.kind === 'oauth2' ? before.access_token : '';
  server.refused.add(token);
  const seen = server.server.seen.length;
  const second = await call();
  expect([second.status, await second.json()]).toEqual([200, SUM]);
  const after = (await store.get(grant.id))?.credential?.reveal();
  expect(after).toMatchObject({ registered: before?.kind === 'oauth2' ? before.registered : null });
  const next = after?.kind === 'oauth2' ? after.access_token : '';
  expect(next).not.toBe(token);
  const bearers = server.server.seen.slice(seen).map(({ authorization }) => authorization);
  expect(bearers).toEqual([token, next, next, next].map((one) => `Bearer ${one}`));
});

test('a token that ran out is refreshed before anything is sent', async () => {
  const { server, signedIn, call, clock, store } = await start();
  const grant = await signedIn();
  clock.now += 2 * 3_600_000;
  const answer = await call();
  expect(answer.status).toBe(200);
  const held = (await store.get(grant.id))?.credential?.reveal();
  const token = held?.kind === 'oauth2' ? held.access_token : '';
  const sent = server.server.seen.flatMap(({ authorization }) => authorization ?? []);
  expect(new Set(sent)).toEqual(new Set([`Bearer ${token}`]));
});

test('a session is of its grant: the same account with another one is 404', async () => {
  const { server, signedIn, call } = await start();
  const [one, other] = [await signedIn(), await signedIn()];
  const first = await call({ 'Gateway-Connection': one.id });
  const session = first.headers.get('mcp-session-id') ?? '';
  const sent = server.server.seen.length;
  const foreign = await call({ 'Gateway-Connection': other.id, 'Mcp-Session-Id': session });
  expect([foreign.status, foreign.headers.get('gateway-error')]).toEqual([404, 'session_unknown']);
  expect(server.server.seen).toHaveLength(sent);
  const own = await call({ 'Gateway-Connection': one.id, 'Mcp-Session-Id': session });
  expect(own.status).toBe(200);
});

test.each(['Gateway-Connection', 'Maton-Connection', 'Gateway_Connection', 'gateway.connection'])(
  'the grant that %s names is used, and not the oldest',
  async (name) => {
    const { server, signedIn, call, clock } = await start();
    await signedIn();
    clock.now += 1;
    const other = await signedIn();
    const before = server.server.seen.length;
    expect((await call({ [name]: other.id })).status).toBe(200);
    const held = other.credential?.reveal();
    const token = held?.kind === 'oauth2' ? held.access_token : '';
    const sent = server.server.seen.slice(before).map(({ authorization }) => authorization);
    expect(new Set(sent)).toEqual(new Set([`Bearer ${token}`]));
  },
);

test('without a grant nothing is sent', async () => {
  const { server, call } = await start();
  const answer = await call();
  expect([answer.status, answer.headers.get('gateway-error')]).toEqual([400, 'connection_missing']);
  expect(server.server.seen).toEqual([]);
});
