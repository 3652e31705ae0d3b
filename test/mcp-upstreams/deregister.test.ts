import { expect, test } from 'vitest';
import { registerClient } from '../../runtime/grants/oauth/register-client.ts';
import type { ClientManagement } from '../../runtime/grants/oauth/dynamic-client.ts';
import { Hidden } from '../../runtime/hidden.ts';
import { newBrowser } from '../support/browser.ts';
import { said } from '../support/client-tokens.ts';
import { controlGateway } from '../support/control-gateway.ts';
import { storeBeside } from '../support/granted.ts';
import { grantsBeside, vendorSignIn } from '../support/grants-beside.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import type { RawAnswer } from '../support/raw-upstream.ts';
import { keptGrant } from '../support/sign-in.ts';
import { storeUrl } from '../support/stores.ts';
import { oauthCall } from '../support/token-client.ts';
import { protectedServer } from './protected-server.ts';

// A client that was registered for one sign-in goes with it (RFC 7592).

test('oidc-provider has the client until its grant is deleted, or connected anew', async () => {
  const { server, provider } = await protectedServer();
  const gateway = await controlGateway(
    () => `connections:
  notes: { base_url: "${server.url}", auth_mode: mcp, grants: true, allow_private: [127.0.0.0/8] }
`,
  );
  const { id, url } = await gateway.link('one', 'notes');
  const connect = async (link: string): Promise<string> => {
    const browser = newBrowser();
    expect((await browser.submit(await browser.open(link))).title).toBe('notes is connected');
    const { registered } = (await keptGrant(gateway, id)).credential as { registered: { client_id: string } };
    expect(await provider.hasClient(registered.client_id)).toBe(true);
    return registered.client_id;
  };
  const first = await connect(url);
  const { json } = await gateway.call('one', `POST /connections/${id}/reconnect`);
  const second = await connect((json['connection'] as { url: string }).url);
  expect(await provider.hasClient(first)).toBe(false);
  expect(await gateway.call('one', `DELETE /connections/${id}`)).toMatchObject({ json: { deleted: true } });
  expect(await provider.hasClient(second)).toBe(false);
  const { json: history } = await gateway.call('admin', `GET /api/v1/admin/connections/${id}/auth-events`);
  expect((history['events'] as { event_type: string }[])[0]?.event_type).toBe('grant_deleted');
});

const TOKEN = 'registration-token-1';

/** What the server answers a registration with, beside the client's id; `@` is its origin. What of it is kept. */
const TOLD: [title: string, told: object, kept: string | null][] = [
  ['both', { registration_client_uri: '@/register/1', registration_access_token: TOKEN }, '@/register/1'],
  ['no token', { registration_client_uri: '@/register/1' }, null],
  ['no URL', { registration_access_token: TOKEN }, null],
  ['no URL that is one', { registration_client_uri: '/register/1', registration_access_token: TOKEN }, null],
  [
    'another host',
    { registration_client_uri: 'https://evil.example/1', registration_access_token: TOKEN },
    null,
  ],
  [
    'another port',
    { registration_client_uri: 'http://127.0.0.1:1/1', registration_access_token: TOKEN },
    null,
  ],
  [
    'somebody else before the host',
    {
      registration_client_uri: '@/register/1'.replace('@', 'http://a:b@127.0.0.1'),
      registration_access_token: TOKEN,
    },
    null,
  ],
  [
    'a token that no header carries',
    { registration_client_uri: '@/1', registration_access_token: 'a\r\nb' },
    null,
  ],
];

test.each(TOLD)('a registration that tells %s', async (_title, told, kept) => {
  let origin = '';
  const idp = await rawUpstream(() =>
    said(JSON.stringify({ client_id: 'me', ...told }).replaceAll('@/', `${origin}/`), 'HTTP/1.1 201 x'),
  );
  ({ origin } = idp);
  const server = {
    kind: 'ok',
    issuer: null,
    authorization_url: `${origin}/authorize`,
    token_url: { url: `${origin}/token`, guarded: false },
    registration_url: { url: `${origin}/register`, guarded: false },
    auth_methods: [],
    resource: `${origin}/mcp`,
    scopes: [],
  } as const;
  const done = await registerClient(server, 'https://gw.example/callback', {
    call: oauthCall(),
    allow_private: [],
  });
  const management = done.kind === 'ok' ? done.client.management : 'unfit';
  expect(management).toEqual(
    kept === null ? undefined : { at: { url: kept.replace('@', origin), guarded: false }, token: TOKEN },
  );
});

interface Row {
  readonly answer: RawAnswer;
  readonly connection?: string;
  readonly guarded?: boolean;
  /** Why the client may be left; null: it is not. */
  readonly left: string | null;
  readonly asked: number;
}

const status = (code: number): string => said('', `HTTP/1.1 ${code} x`);
const DELETED = 'HTTP/1.1 204 No Content\r\n\r\n';
const refusal = (code: number): string => `the authorization server did not deregister the client (${code})`;

const ROWS: Record<string, Row> = {
  'it does': { answer: DELETED, left: null, asked: 1 },
  'it does not know it': { answer: status(401), left: refusal(401), asked: 1 },
  'it does not have that': { answer: status(405), left: refusal(405), asked: 1 },
  'it leads elsewhere, where nobody goes': {
    answer: said('', 'HTTP/1.1 307 x\r\nLocation: /other'),
    left: refusal(307),
    asked: 1,
  },
  'it fails': { answer: status(500), left: refusal(500), asked: 1 },
  'it is silent': { answer: () => {}, left: 'timed_out', asked: 1 },
  'it closes the socket': { answer: ({ socket }) => socket.destroy(), left: 'unreachable', asked: 1 },
  'its address is not allowed': { answer: DELETED, guarded: true, left: 'address_refused', asked: 0 },
  'its connection is gone': {
    answer: DELETED,
    connection: 'gone',
    left: 'the table has no such connection any more',
    asked: 0,
  },
};

test.each(Object.entries(ROWS))('a server that is asked: %s', async (_title, row) => {
  const { answer, connection = 'vendor', guarded = false, left, asked } = row;
  const idp = await rawUpstream(answer);
  const url = await storeUrl('sqlite');
  const store = await storeBeside(url);
  const management: ClientManagement = { at: { url: `${idp.origin}/register/1`, guarded }, token: TOKEN };
  const registered = {
    issuer: null,
    authorization_url: `${idp.origin}/authorize`,
    token_url: { url: `${idp.origin}/token`, guarded },
    client_id: 'me',
    client_secret: null,
    endpoint_auth_style: 'params',
    resource: 'https://mcp.example',
    scopes: [],
    management,
  } as const;
  const tokens = { access_token: 'a', refresh_token: 'r', scope: null, token_type: null };
  const grant = await store.create({
    connection,
    account: 'acme',
    method: 'MCP',
    status: 'ACTIVE',
    credential: new Hidden({ kind: 'oauth2', ...tokens, registered }),
  });
  const { grants, told } = await grantsBeside(url, vendorSignIn(idp.origin), 500);
  await grants.deregister(grant);
  const events = (await store.events({ grant_id: grant.id }, 9)).map(({ type, detail }) => [type, detail]);
  expect(events).toEqual(left === null ? [] : [['client_deregistration_failed', left]]);
  expect(told).toMatchObject(left === null ? [] : [{ kind: 'client_left', grant: grant.id, reason: left }]);
  expect(idp.requests.map(({ head }) => head)).toEqual(
    Array.from(
      { length: asked },
      () =>
        `DELETE /register/1 HTTP/1.1\r\nhost: 127.0.0.1:${idp.port}\r\nconnection: keep-alive\r\n` +
        `Accept: application/json\r\nUser-Agent: gw\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`,
    ),
  );
});
