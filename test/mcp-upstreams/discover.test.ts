import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { discoverServer } from '../../runtime/grants/oauth/discover.ts';
import { registerClient } from '../../runtime/grants/oauth/register-client.ts';
import type { McpPlan } from '../../table/types.ts';
import { oauthCall } from '../support/token-client.ts';

const RESOURCE = '/.well-known/oauth-protected-resource/mcp';
const SERVER = '/.well-known/oauth-authorization-server';
const OPENID = '/.well-known/openid-configuration';
const NOTHING: McpPlan = {
  resource: null,
  authorization_url: null,
  token_url: null,
  registration_url: null,
  scopes: [],
};

/** What a server answers by path: JSON with status 200, or the status alone. `@` is its origin. */
type Answers = Readonly<Record<string, unknown>>;

async function telling(answers: Answers): Promise<{ readonly origin: string; readonly asked: string[] }> {
  const asked: string[] = [];
  let origin = '';
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const answer = answers[request.url ?? ''];
    if (typeof answer === 'object') {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(answer).replaceAll('@', origin));
    } else {
      const challenge = answers['challenge'];
      const headers =
        typeof challenge === 'string' ? { 'WWW-Authenticate': challenge.replaceAll('@', origin) } : {};
      response.writeHead(typeof answer === 'number' ? answer : 404, headers).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, asked };
}

const OWN = { resource: '@/mcp', authorization_servers: ['@'] };
const METADATA = {
  issuer: '@',
  authorization_endpoint: '@/authorize',
  token_endpoint: '@/token',
  registration_endpoint: '@/register',
  code_challenge_methods_supported: ['S256'],
};
const ENDPOINTS = { authorization_url: '@/authorize', token_url: { url: '@/token', guarded: true } };

interface Row {
  readonly what: string;
  readonly answers: Answers;
  readonly plan?: Partial<McpPlan>;
  readonly allowed?: readonly string[];
  readonly expected: object;
}

const ROWS: Row[] = [
  {
    what: 'metadata at the well-known places',
    answers: { [RESOURCE]: OWN, [SERVER]: METADATA },
    expected: { kind: 'ok', issuer: '@', resource: '@/mcp', scopes: [], ...ENDPOINTS },
  },
  {
    what: 'metadata where the challenge says, with its scope',
    answers: {
      '/mcp': 401,
      challenge: 'Bearer scope="a b", resource_metadata="@/own"',
      '/own': OWN,
      [SERVER]: METADATA,
    },
    expected: { kind: 'ok', scopes: ['a', 'b'], ...ENDPOINTS },
  },
  {
    what: 'scopes of the resource, and what keeps a sign-in alive',
    answers: {
      [RESOURCE]: { ...OWN, scopes_supported: ['x'] },
      [OPENID]: { ...METADATA, scopes_supported: ['openid', 'offline_access'] },
    },
    expected: { kind: 'ok', scopes: ['x', 'offline_access'] },
  },
  {
    what: 'scopes and resource that are written win',
    answers: { [RESOURCE]: { ...OWN, scopes_supported: ['x'] }, [SERVER]: METADATA },
    plan: { scopes: ['mine'], resource: 'https://own.example/' },
    expected: { kind: 'ok', scopes: ['mine'], resource: 'https://own.example/' },
  },
  {
    what: 'without metadata of the resource the server is its own authorization server',
    answers: { [SERVER]: METADATA },
    expected: { kind: 'ok', resource: '@/mcp', ...ENDPOINTS },
  },
  {
    what: 'an issuer with a path',
    answers: {
      [RESOURCE]: { ...OWN, authorization_servers: ['@/tenant'] },
      [`${SERVER}/tenant`]: { ...METADATA, issuer: '@/tenant' },
    },
    expected: { kind: 'ok', issuer: '@/tenant' },
  },
  {
    what: 'everything written: nothing is asked',
    answers: {},
    plan: {
      authorization_url: 'https://a.example/a',
      token_url: 'https://a.example/t',
      registration_url: 'https://a.example/r',
    },
    expected: { kind: 'ok', token_url: { url: 'https://a.example/t', guarded: false } },
  },
  { what: 'nothing of the authorization server', answers: { [RESOURCE]: OWN }, expected: { kind: 'unfit' } },
  {
    what: 'metadata of another issuer',
    answers: { [RESOURCE]: OWN, [SERVER]: { ...METADATA, issuer: 'https://evil.example' } },
    expected: { kind: 'unfit', detail: 'the metadata are of another issuer' },
  },
  {
    what: 'metadata of another resource',
    answers: { [RESOURCE]: { ...OWN, resource: 'https://other.example/mcp' }, [SERVER]: METADATA },
    expected: { kind: 'unfit', detail: 'the metadata are of another resource' },
  },
  {
    what: 'metadata of a path beside',
    answers: { [RESOURCE]: { ...OWN, resource: '@/mcp-other' }, [SERVER]: METADATA },
    expected: { kind: 'unfit', detail: 'the metadata are of another resource' },
  },
  {
    what: 'no PKCE',
    answers: { [RESOURCE]: OWN, [SERVER]: { ...METADATA, code_challenge_methods_supported: ['plain'] } },
    expected: { kind: 'unfit' },
  },
  ...[
    'http://192.0.2.1/mcp',
    'http://localhost:1',
    'file:///etc/passwd',
    'https://user:secret@idp.example',
    7,
  ].map((server) => ({
    what: `an authorization server at ${server}`,
    answers: { [RESOURCE]: { ...OWN, authorization_servers: [server] } },
    expected: { kind: 'unfit' },
  })),
  {
    what: 'an authorization server on a private address',
    answers: { [RESOURCE]: { ...OWN, authorization_servers: ['https://10.0.0.1'] } },
    expected: { kind: 'transient', reason: 'address_refused' },
  },
  {
    what: 'one at the metadata of a cloud',
    answers: { [RESOURCE]: { ...OWN, authorization_servers: ['https://169.254.169.254'] } },
    expected: { kind: 'transient', reason: 'address_refused' },
  },
  {
    what: 'resource_metadata on a private address',
    answers: { '/mcp': 401, challenge: 'Bearer resource_metadata="https://10.0.0.1/x"' },
    expected: { kind: 'transient', reason: 'address_refused' },
  },
  {
    what: 'a token endpoint that is script',
    answers: { [RESOURCE]: OWN, [SERVER]: { ...METADATA, authorization_endpoint: 'javascript:alert(1)' } },
    expected: { kind: 'unfit' },
  },
  {
    what: 'what was discovered without a block that allows it',
    answers: { [RESOURCE]: OWN, [SERVER]: METADATA },
    allowed: [],
    expected: { kind: 'unfit' },
  },
];

test.each(ROWS)('$what', async ({ answers, plan, allowed, expected }) => {
  const { origin } = await telling(answers);
  const found = await discoverServer(
    {
      url: { url: `${origin}/mcp`, guarded: false },
      plan: { ...NOTHING, ...plan },
      allow_private: allowed ?? ['127.0.0.1/32'],
    },
    oauthCall(),
  );
  expect(JSON.parse(JSON.stringify(found).replaceAll(origin, '@'))).toMatchObject(expected);
});

const ASKING = {
  kind: 'ok',
  issuer: null,
  authorization_url: 'https://a.example/a',
  token_url: { url: 'https://a.example/t', guarded: true },
  auth_methods: [] as string[],
  resource: 'https://a.example/mcp',
  scopes: [],
} as const;

test.each([
  [
    'a public client',
    { client_id: 'c', token_endpoint_auth_method: 'none' },
    { client_secret: null, endpoint_auth_style: 'params' },
  ],
  [
    'one with a secret',
    { client_id: 'c', client_secret: 's' },
    { client_secret: 's', endpoint_auth_style: 'header' },
  ],
  [
    'one that posts it',
    { client_id: 'c', client_secret: 's', token_endpoint_auth_method: 'client_secret_post' },
    { client_secret: 's', endpoint_auth_style: 'params' },
  ],
  ['no client', {}, 'unfit'],
  ['a refusal', 400, 'unfit'],
  ['a redirect', 302, 'unfit'],
])('registering: %s', async (_what, answer, expected) => {
  const { origin } = await telling({ '/register': answer });
  const registration_url = { url: `${origin}/register`, guarded: true };
  const parts = { call: oauthCall(), allow_private: ['127.0.0.1/32'] };
  const registered = await registerClient(
    { ...ASKING, registration_url },
    'https://gw.example/callback',
    parts,
  );
  expect(registered).toMatchObject(
    typeof expected === 'string' ? { kind: expected } : { kind: 'ok', client: expected },
  );
});

test('registering: a server that does not, and an address that is not allowed', async () => {
  const parts = { call: oauthCall(), allow_private: [] };
  const ask = (registration_url: { url: string; guarded: boolean } | null) =>
    registerClient({ ...ASKING, registration_url }, 'https://gw.example/callback', parts);
  expect(await ask(null)).toMatchObject({ kind: 'unfit' });
  expect(await ask({ url: 'https://127.0.0.1:1/', guarded: true })).toMatchObject({
    reason: 'address_refused',
  });
});
