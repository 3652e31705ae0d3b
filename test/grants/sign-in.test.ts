import { expect, onTestFinished, test } from 'vitest';
import { SYSTEM_NETWORK } from '../../runtime/6-forward/network.ts';
import { poolSet } from '../../runtime/6-forward/pool-set.ts';
import { clientTokenSet } from '../../runtime/grants/oauth/client-tokens.ts';
import { oauth1ClientOf, tokenClientOf } from '../../runtime/grants/sign-in.ts';
import type { SignIn } from '../../runtime/grants/sign-in.ts';
import { buildSnapshot } from '../../runtime/load/build-snapshot.ts';
import { recordsInMemory } from '../../table/records/open-records.ts';
import type { Variable } from '../../table/types.ts';
import { CLIENT_SECRET, oauth2Plan } from '../support/oauth-plan.ts';
import { builtTable, CREDENTIALS, TEST_ENVIRONMENT, TEST_KEY } from '../support/table.ts';
import type { ConnectionSpec } from '../support/table.ts';

// How a connection says that somebody has to sign in, and what tokens are then asked for with.

const AT = 'gateway.d/test.yaml:1:1';
const PLAN = { text: 'id', at: AT };
const IDP = 'https://idp.example';

function variable(name: string, more: Partial<Variable> = {}): Variable {
  const plain = { doc: null, value: null, default: null, optional: false, pattern: null, values: [] };
  return { name, ...plain, source: { kind: 'connection' }, ...more };
}

async function signInOf(spec: Partial<ConnectionSpec>): Promise<SignIn | null | undefined> {
  const { table, bytes } = builtTable({
    connections: { vendor: { base_url: 'https://vendor.example', ...spec } },
  });
  const pools = poolSet(SYSTEM_NETWORK);
  const tokens = clientTokenSet({ pools, now: Date.now, timeout_ms: 1000, tell: () => {} });
  const snapshot = await buildSnapshot(
    { table, digest: 'd', records: recordsInMemory(table.records, bytes), close: () => {} },
    {
      environment: { TEST_KEY, ...TEST_ENVIRONMENT, CLIENT_SECRET },
      pools,
      tokens,
      codegen: true,
      previous: null,
      openGrants: () => Promise.resolve(null),
    },
  );
  onTestFinished(() => {
    for (const route of snapshot.routes.values()) for (const pool of route.pools) void pools.release(pool);
  });
  return snapshot.routes.get('vendor')?.signIn;
}

const consent = oauth2Plan(IDP, { grant: 'authorization_code' });
const oauth1 = {
  client_id: PLAN,
  client_secret: { env: 'CLIENT_SECRET', at: AT },
  request_url: `${IDP}/request`,
  authorization_url: `${IDP}/authorize`,
  token_url: `${IDP}/token`,
  authorize_params: [],
};

const WAYS: [title: string, spec: Partial<ConnectionSpec>, way: object | null][] = [
  ['a declared key: nobody signs in', { credential: CREDENTIALS.bearer }, null],
  ['no credential', {}, null],
  [
    'a key that accounts bring',
    { credential: { ...CREDENTIALS.header, secret: { grant: 'credential', at: AT } }, grants: true },
    { method: 'API_KEY', kind: 'form', asks: false },
  ],
  [
    'consent, for all accounts or for each',
    { credential: { kind: 'oauth2', oauth2: consent } },
    { method: 'OAUTH2', kind: 'oauth2', asks: true },
  ],
  ['OAuth 1', { credential: { kind: 'oauth1', oauth1 } }, { method: 'OAUTH1', kind: 'oauth1', asks: true }],
  [
    'tokens that the connection gets for itself, with what accounts bring',
    {
      auth_mode: 'oauth2_client_credentials',
      grants: true,
      credential: { kind: 'oauth2', oauth2: oauth2Plan(IDP) },
    },
    { method: 'OAUTH2', kind: 'form', asks: true },
  ],
];

test.each(WAYS)('%s', async (_title, spec, way) => {
  const signIn = await signInOf(spec);
  const { method, kind, client } = signIn ?? {};
  expect(signIn && { method, kind, asks: client !== null }).toEqual(way);
});

test('URLs are filled with what the operator wrote, what the grant has, and defaults', async () => {
  const signIn = await signInOf({
    credential: {
      kind: 'oauth2',
      oauth2: {
        ...consent,
        token_url: 'https://{site}.idp.example/{tenant}/token',
        refresh_url: `${IDP}/refresh?to={region}`,
      },
    },
    variables: [
      variable('site', { value: { text: 'eu', at: AT } }),
      variable('tenant'),
      variable('region', { default: 'north' }),
    ],
  });
  if (signIn === null || signIn === undefined) throw new Error('nobody signs in');
  expect(tokenClientOf(signIn, { tenant: 'a b', site: 'of the grant' })).toMatchObject({
    token_url: { url: 'https://eu.idp.example/a%20b/token', guarded: true },
    refresh_url: { url: `${IDP}/refresh?to=north`, guarded: false },
    client_id: 'test-client',
  });
  expect(tokenClientOf(signIn, {})).toEqual({ variable: 'tenant', fault: 'has no value' });
  expect(() => oauth1ClientOf(signIn)).toThrow('connection vendor has no OAuth 1');
});

test('who signs for OAuth 1', async () => {
  const signIn = await signInOf({ credential: { kind: 'oauth1', oauth1 } });
  if (signIn === null || signIn === undefined) throw new Error('nobody signs in');
  const client = oauth1ClientOf(signIn);
  expect(client).toMatchObject({ plan: { token_url: `${IDP}/token` }, client_id: 'id' });
  expect(client.client_secret.reveal()).toBe(CLIENT_SECRET);
  expect(() => tokenClientOf(signIn, {})).toThrow('connection vendor has no OAuth 2');
});
