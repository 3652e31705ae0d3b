import { expect, test } from 'vitest';
import { authorizationUrl, newState, newVerifier } from '../../../runtime/grants/oauth/authorization-url.ts';
import { readCallback } from '../../../runtime/grants/oauth/callback.ts';
import { requestToken } from '../../../runtime/grants/oauth/request-token.ts';
import type { TokenAsk } from '../../../runtime/grants/oauth/request-token.ts';
import type { Hidden } from '../../../runtime/hidden.ts';
import { browse, mockServer, REDIRECT_URI } from '../../support/authorization-servers.ts';
import { body, checkRow, instead, MOCK_CLIENT, REFRESH } from '../../support/mock-row.ts';
import type { MockRow } from '../../support/mock-row.ts';
import { NOW, oauthCall, tokenClient } from '../../support/token-client.ts';

// Tokens from oauth2-mock-server, whose answers are changed into those that vendors really give.

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const SECOND = 1000;
const NO_TIMES = { expires_at: null, refresh_expires_at: 'kept', refresh_token: 'kept' };

const ROWS: Record<string, MockRow> = {
  'its own answer': {
    plan: { scopes: ['a', 'b'] },
    expected: { kind: 'ok', expires_at: NOW + 3600 * SECOND, scope: 'a b', token_type: 'Bearer' },
  },
  'a refresh that rotates': {
    ask: REFRESH,
    expected: {
      kind: 'ok',
      refresh_token: expect.stringMatching(/^[0-9a-f-]{36}$/),
      refresh_expires_at: null,
    },
  },
  'a refresh that keeps the token': {
    ask: REFRESH,
    disturbance: body({ access_token: 'a', expires_in: 60 }),
    expected: {
      kind: 'ok',
      refresh_token: 'kept',
      refresh_expires_at: 'kept',
      expires_at: NOW + 60 * SECOND,
    },
  },
  'a refresh that tells when the token ends': {
    ask: REFRESH,
    disturbance: body({ access_token: 'a', refresh_token: 'r', refresh_expires_in: 90 }),
    expected: { kind: 'ok', refresh_token: 'r', refresh_expires_at: NOW + 90 * SECOND },
  },
  'another word for that': {
    ask: REFRESH,
    disturbance: body({ access_token: 'a', refresh_token_expires_in: '90' }),
    expected: { kind: 'ok', refresh_token: 'kept', refresh_expires_at: NOW + 90 * SECOND },
  },
  "the catalog's word for how long a refresh token lives": {
    ask: REFRESH,
    plan: { refresh_max_lifetime_ms: 7000 },
    disturbance: body({ access_token: 'a', refresh_token: 'r' }),
    expected: { kind: 'ok', refresh_expires_at: NOW + 7000 },
  },
  'a refresh at another URL, with its parameters': {
    ask: REFRESH,
    plan: { token_url: 'http://127.0.0.1:1/', refresh_params: [['grant_type', 'client_credentials']] },
    expected: { kind: 'ok', refresh_token: 'kept' },
  },
  'a JSON body': { plan: { token_body: 'json' }, expected: { kind: 'ok' } },
  'no token_type': {
    disturbance: body({ access_token: 'a' }),
    expected: { kind: 'ok', access_token: 'a', token_type: null, scope: null, ...NO_TIMES },
  },
  'status 201': {
    disturbance: body({ access_token: 'a' }, 201),
    expected: { kind: 'ok', access_token: 'a' },
  },
  'null where there is nothing': {
    disturbance: body({ access_token: 'a', refresh_token: null, expires_in: null, scope: null, error: null }),
    expected: { kind: 'ok', ...NO_TIMES, scope: null },
  },
  'empty where there is nothing': {
    disturbance: body({ access_token: 'a', refresh_token: '', expires_in: '', scope: '', error: '' }),
    expected: { kind: 'ok', ...NO_TIMES, scope: null },
  },
  'scopes as a list': {
    disturbance: body({ access_token: 'a', scope: ['a', 'b'] }),
    expected: { kind: 'ok', scope: 'a b' },
  },
  'a lifetime as text, with a fraction': {
    disturbance: body({ access_token: 'a', expires_in: '59.5' }),
    expected: { kind: 'ok', expires_at: NOW + 59_500 },
  },
  'a lifetime beyond all reason': {
    disturbance: body({ access_token: 'a', expires_in: 1e300 }),
    expected: { kind: 'ok', expires_at: NOW + 3650 * 86_400 * SECOND },
  },
  'a lifetime that is none': {
    disturbance: body({ access_token: 'a', expires_in: 'soon' }),
    plan: { lifetime_ms: 5000 },
    expected: { kind: 'ok', expires_at: NOW + 5000 },
  },
  'no lifetime': { disturbance: body({ access_token: 'a' }), expected: { kind: 'ok', expires_at: null } },
  'a nested token, its neighbours beside it': {
    plan: { access_token: '/authed_user/access_token' },
    disturbance: body({
      access_token: 'bot',
      scope: 'outer',
      expires_in: 10,
      authed_user: { access_token: 'user', refresh_token: 'r', scope: 'inner' },
    }),
    expected: {
      kind: 'ok',
      access_token: 'user',
      refresh_token: 'r',
      scope: 'inner',
      expires_at: NOW + 10_000,
    },
  },
  'a form': {
    disturbance: instead(200, 'access_token=a%2Bb&scope=x%2Cy&token_type=bearer&scope=z', FORM),
    expected: { kind: 'ok', access_token: 'a+b', scope: 'x,y', token_type: 'bearer' },
  },
  'a form labelled as text': {
    disturbance: instead(200, 'access_token=a&expires_in=60', {
      'Content-Type': 'text/plain; charset=utf-8',
    }),
    expected: { kind: 'ok', access_token: 'a', expires_at: NOW + 60_000 },
  },
  'JSON labelled as HTML, behind a byte order mark': {
    disturbance: instead(200, '\ufeff {"access_token":"a"}\n', { 'Content-Type': 'text/html' }),
    expected: { kind: 'ok', access_token: 'a' },
  },
  'names of the object prototype': {
    disturbance: instead(200, '{"__proto__":{"access_token":"a"},"constructor":1}'),
    expected: { kind: 'transient', reason: 'answer_incomplete' },
  },
  'its clock a year behind': {
    disturbance: instead(200, '{"access_token":"a","expires_in":60}', {
      Date: 'Wed, 01 Jan 2025 00:00:00 GMT',
    }),
    expected: { kind: 'ok', expires_at: NOW + 60_000 },
  },
};

test.each(Object.entries(ROWS))('%s', (_title, row) => checkRow(row));

test('code with PKCE; another verifier gets nothing', async () => {
  const { origin } = await mockServer();
  const client = tokenClient(origin, MOCK_CLIENT, { grant: 'authorization_code' });
  const signIn = async (verifier: Hidden<string>): Promise<TokenAsk> => {
    const request = { url: `${origin}/authorize`, client_id: 'test-client', redirect_uri: REDIRECT_URI };
    const url = authorizationUrl(client.plan, { ...request, state: newState(), verifier });
    const callback = readCallback(await browse(url.reveal()), { issuer: origin, endpoints: [] });
    if (callback.kind !== 'code') throw new Error(callback.reason);
    return { kind: 'code', code: callback.code, redirect_uri: REDIRECT_URI, verifier };
  };
  const verifier = newVerifier();
  expect(await requestToken(client, await signIn(verifier), oauthCall())).toMatchObject({ kind: 'ok' });
  const wrong = { ...(await signIn(verifier)), verifier: newVerifier() };
  // This server calls it a fault of its own.
  expect((await requestToken(client, wrong, oauthCall())).kind).not.toBe('ok');
});
