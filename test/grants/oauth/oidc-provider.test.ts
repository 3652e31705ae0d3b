import { expect, test } from 'vitest';
import { newVerifier } from '../../../runtime/grants/oauth/authorization-url.ts';
import { callbackState, readCallback } from '../../../runtime/grants/oauth/callback.ts';
import { requestToken } from '../../../runtime/grants/oauth/request-token.ts';
import type { TokenAsk } from '../../../runtime/grants/oauth/request-token.ts';
import type { GivenTokens, TokenClient, TokenOutcome } from '../../../runtime/grants/oauth/types.ts';
import { Hidden } from '../../../runtime/hidden.ts';
import { oidcProvider, PLAIN_SECRET, REDIRECT_URI } from '../../support/authorization-servers.ts';
import { consent } from '../../support/consent.ts';
import { startGateway } from '../../support/gateway.ts';
import { CLIENT_SECRET, clientConnection, oauth2Plan } from '../../support/oauth-plan.ts';
import { rawUpstream } from '../../support/raw-upstream.ts';
import { sendRaw } from '../../support/raw-caller.ts';
import { BEGAN } from '../../support/granted.ts';
import { headOf } from '../../support/sides.ts';
import { NOW, oauthCall, tokenClient } from '../../support/token-client.ts';

// Against oidc-provider, a certified implementation that this project did not write.

const HEADER = ['header', PLAIN_SECRET] as const;

interface SignedIn {
  readonly origin: string;
  readonly client: TokenClient;
  readonly code: Hidden<string>;
  readonly verifier: Hidden<string>;
}

/** Goes from the authorization URL to the code, as the connect page does. */
async function signIn(as: readonly [string, string] = HEADER): Promise<SignedIn> {
  const { origin } = await oidcProvider();
  const client = tokenClient(origin, as, {
    grant: 'authorization_code',
    authorization_url: `${origin}/auth?ui_locales=en`,
    scopes: ['read', 'write'],
    endpoint_auth_style: as[0] === 'params' ? 'params' : 'header',
  });
  const { query, state, verifier } = await consent(client, `${origin}/auth?ui_locales=en`);
  expect(callbackState(query)?.reveal()).toBe(state.reveal());
  // It sends iss (RFC 9207): its own is taken, any other not.
  expect(new URLSearchParams(query).get('iss')).toBe(origin);
  expect(readCallback(query, { issuer: null, endpoints: ['https://other.example/token'] })).toMatchObject({
    reason: 'issuer_mismatch',
  });
  const callback = readCallback(query, { issuer: null, endpoints: [client.token_url.url] });
  if (callback.kind !== 'code') throw new Error(callback.reason);
  return { origin, client, code: callback.code, verifier };
}

function ask(client: TokenClient, what: TokenAsk): Promise<TokenOutcome> {
  return requestToken(client, what, oauthCall());
}

function exchange({ client, code, verifier }: SignedIn): Promise<TokenOutcome> {
  return ask(client, { kind: 'code', code, redirect_uri: REDIRECT_URI, verifier });
}

function refresh(client: TokenClient, tokens: GivenTokens): Promise<TokenOutcome> {
  const { refresh_token } = tokens;
  const known = refresh_token === 'kept' ? null : refresh_token;
  return ask(client, { kind: 'refresh', refresh_token: known, refresh_expires_at: null });
}

function ok(outcome: TokenOutcome): GivenTokens {
  if (outcome.kind !== 'ok') throw new Error(outcome.reason);
  return outcome;
}

test.each([HEADER, ['params', CLIENT_SECRET] as const])(
  'client %s: code, PKCE and rotation, until the server knows of reuse',
  async (...as) => {
    const signedIn = await signIn(as);
    const first = ok(await exchange(signedIn));
    expect(first).toMatchObject({
      expires_at: NOW + 600_000,
      refresh_expires_at: null,
      scope: 'read write',
      token_type: 'Bearer',
    });
    const second = ok(await refresh(signedIn.client, first));
    expect(second.access_token.reveal()).not.toBe(first.access_token.reveal());
    expect(second.refresh_token).not.toBe('kept');
    expect((second.refresh_token as Hidden<string>).reveal()).not.toBe(
      (first.refresh_token as Hidden<string>).reveal(),
    );
    // Reuse of the one that was rotated ends the whole grant.
    expect(await refresh(signedIn.client, first)).toMatchObject({
      kind: 'terminal',
      reason: 'grant_refused',
    });
    expect(await refresh(signedIn.client, second)).toMatchObject({
      kind: 'terminal',
      reason: 'grant_refused',
    });
  },
);

/** What goes wrong with a code or its tokens, and what that comes to. */
const WRONG: [title: string, ask: (signedIn: SignedIn) => Promise<TokenOutcome>, expected: string][] = [
  ['another verifier', (one) => exchange({ ...one, verifier: newVerifier() }), 'terminal grant_refused'],
  [
    'no verifier',
    ({ client, code }) => ask(client, { kind: 'code', code, redirect_uri: REDIRECT_URI, verifier: null }),
    'terminal grant_refused',
  ],
  [
    'another redirect URI',
    ({ client, code, verifier }) =>
      ask(client, { kind: 'code', code, redirect_uri: `${REDIRECT_URI}/x`, verifier }),
    'terminal grant_refused',
  ],
  ['a code that is made up', (one) => exchange({ ...one, code: new Hidden('x') }), 'terminal grant_refused'],
  ['a code twice', (one) => exchange(one).then(() => exchange(one)), 'terminal grant_refused'],
  [
    'another secret',
    ({ client, ...one }) => exchange({ ...one, client: { ...client, client_secret: new Hidden('wrong') } }),
    'terminal client_refused',
  ],
  [
    'another secret in the body',
    ({ origin, ...one }) =>
      exchange({
        ...one,
        origin,
        client: tokenClient(origin, ['params', 'x'], { endpoint_auth_style: 'params' }),
      }),
    'terminal client_refused',
  ],
  [
    'an unknown client',
    ({ origin, ...one }) => exchange({ ...one, origin, client: tokenClient(origin, ['nobody', 'x']) }),
    'terminal client_refused',
  ],
  [
    'a refresh token that was revoked',
    async ({ origin, client, ...one }) => {
      const tokens = ok(await exchange({ origin, client, ...one }));
      await fetch(`${origin}/token/revocation`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(HEADER.join(':'))}` },
        body: new URLSearchParams({ token: (tokens.refresh_token as Hidden<string>).reveal() }),
      });
      return refresh(client, tokens);
    },
    'terminal grant_refused',
  ],
  [
    'a refresh token of another client',
    async ({ origin, client, ...one }) => {
      const tokens = ok(await exchange({ origin, client, ...one }));
      const other = tokenClient(origin, ['params', CLIENT_SECRET], { endpoint_auth_style: 'params' });
      return refresh(other, tokens);
    },
    'terminal grant_refused',
  ],
  [
    'a grant type that the client does not have',
    ({ origin }) =>
      ask(tokenClient(origin, ['limited', PLAIN_SECRET]), {
        kind: 'refresh',
        refresh_token: new Hidden('x'),
        refresh_expires_at: null,
      }),
    'transient request_refused',
  ],
  [
    'a grant type that the server does not have',
    ({ origin }) =>
      ask(tokenClient(origin, HEADER, { token_params: [['grant_type', 'password']] }), { kind: 'client' }),
    'terminal grant_type_unsupported',
  ],
  [
    'a scope that the server does not have, which it leaves out',
    ({ origin }) => ask(tokenClient(origin, HEADER, { scopes: ['admin'] }), { kind: 'client' }),
    'ok',
  ],
  [
    'a path where there is no token endpoint',
    ({ origin }) => ask(tokenClient(origin, HEADER, { token_url: `${origin}/nowhere` }), { kind: 'client' }),
    'transient request_refused',
  ],
];

test.each(WRONG)('%s', async (_title, wrong, expected) => {
  const outcome = await wrong(await signIn());
  expect(outcome.kind === 'ok' ? 'ok' : `${outcome.kind} ${outcome.reason}`).toBe(expected);
});

/** How a client proves itself. This server decodes what Basic carries, as RFC 6749 2.3.1 has it: see 0016. */
const PROOFS: [client: string, secret: string, style: 'header' | 'params', expected: string][] = [
  ['header', PLAIN_SECRET, 'header', 'ok kept read'],
  ['params', CLIENT_SECRET, 'params', 'ok kept read'],
  ['special', CLIENT_SECRET, 'header', 'terminal client_refused'],
];

test.each(PROOFS)('client credentials of %s, secret %s in %s: %s', async (id, secret, style, expected) => {
  const { origin } = await oidcProvider();
  const client = tokenClient(origin, [id, secret], { scopes: ['read'], endpoint_auth_style: style });
  const outcome = await ask(client, { kind: 'client' });
  const told = outcome.kind === 'ok' ? `${String(outcome.refresh_token)} ${outcome.scope}` : outcome.reason;
  expect(`${outcome.kind} ${told}`).toBe(expected);
});

test('a connection that gets its tokens there serves', async () => {
  const { origin } = await oidcProvider();
  const upstream = await rawUpstream();
  const plan = oauth2Plan(origin, { client_id: { text: 'header', at: 'a.yaml:1:1' }, scopes: ['read'] });
  const gateway = await startGateway(
    { connections: { vendor: clientConnection(upstream.origin, plan) } },
    // A clock that stands still: what is told of the lifetime is to the millisecond.
    { environment: { CLIENT_SECRET: PLAIN_SECRET }, oauth: { now: () => BEGAN } },
  );
  expect((await sendRaw(gateway.port, headOf('/vendor/a'))).statuses).toEqual([200]);
  expect(upstream.received()).toMatch(/^Authorization: Bearer [\w-]{20,}\r$/m);
  expect(gateway.log.find(({ msg }) => msg === 'access token obtained')).toMatchObject({
    connection: 'vendor',
    lifetime_ms: 600_000,
  });
});
