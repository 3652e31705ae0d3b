import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { newBrowser } from '../support/browser.ts';
import { controlGateway } from '../support/control-gateway.ts';
import type { ControlGateway } from '../support/control-gateway.ts';
import { keptGrant } from '../support/sign-in.ts';

// The three legs of OAuth 1 through the connect page.

interface Vendor {
  readonly origin: string;
  /** Requests of the legs: path, and the parameters of the Authorization field. */
  readonly legs: { path: string; parameters: Record<string, string> }[];
}

/** How a vendor answers otherwise than it should. */
interface VendorFaults {
  readonly initiate?: string;
  /** Changes what the browser is sent back with. */
  readonly back?: (query: URLSearchParams) => void;
  readonly token?: number;
}

async function vendor({ initiate, back = () => {}, token = 200 }: VendorFaults = {}): Promise<Vendor> {
  const legs: Vendor['legs'] = [];
  let callback = '';
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://vendor');
    if (url.pathname === '/authorize') {
      const to = new URL(callback);
      to.searchParams.set('oauth_token', url.searchParams.get('oauth_token') ?? '');
      to.searchParams.set('oauth_verifier', 'v/1');
      back(to.searchParams);
      response.writeHead(302, { location: to.href }).end();
      return;
    }
    const pairs = [...(request.headers.authorization ?? '').matchAll(/(oauth_\w+)="([^"]*)"/g)];
    const parameters = Object.fromEntries(
      pairs.map(([, name = '', value = '']) => [name, decodeURIComponent(value)]),
    );
    legs.push({ path: url.pathname, parameters });
    callback = parameters['oauth_callback'] ?? callback;
    if (url.pathname === '/initiate')
      response.end(initiate ?? 'oauth_token=temp&oauth_token_secret=ts&oauth_callback_confirmed=true');
    else response.writeHead(token).end('oauth_token=cred-7&oauth_token_secret=cred-secret-8');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, legs };
}

function gatewayFor({ origin }: Vendor): Promise<ControlGateway> {
  const catalog = `catalog: boards
base_url: http://127.0.0.1:1
auth:
  oauth1:
    request_url: ${origin}/initiate
    authorization_url: ${origin}/authorize
    token_url: ${origin}/token
    authorize_params: { scope: "read,write" }
`;
  return controlGateway(
    () => `connections:
  boards: { catalog: boards, auth_mode: oauth1, oauth1_client_id: id, oauth1_client_secret: "\${env:IDP_SECRET}", grants: true }
`,
    { environment: { IDP_SECRET: 'client-secret-9' }, files: { 'catalogs/boards/catalog.yaml': catalog } },
  );
}

test('three legs become a grant', async () => {
  const service = await vendor();
  const gateway = await gatewayFor(service);
  const { id, url } = await gateway.link('one', 'boards');
  const browser = newBrowser();
  const done = await browser.submit(await browser.open(url));
  expect(done).toMatchObject({ status: 200, title: 'boards is connected' });
  expect(service.legs.map(({ path }) => path)).toEqual(['/initiate', '/token']);
  expect(service.legs[0]?.parameters['oauth_callback']).toMatch(
    new RegExp(`^${gateway.control}/api/v1/admin/oauth/callback\\?state=[\\w-]{43}$`),
  );
  expect(service.legs[1]?.parameters).toMatchObject({ oauth_token: 'temp', oauth_verifier: 'v/1' });
  expect(browser.visited).toContainEqual(
    expect.stringMatching(/\/authorize\?scope=read%2Cwrite&oauth_token=temp$/),
  );
  expect(await keptGrant(gateway, id)).toMatchObject({
    status: 'ACTIVE',
    method: 'OAUTH1',
    credential: { kind: 'oauth1', token: 'cred-7', token_secret: 'cred-secret-8' },
    expires_at: null,
  });
  expect([done.text, ...gateway.log].join('\n')).not.toMatch(/cred-7|cred-secret-8|client-secret-9/);
});

type Row = [title: string, faults: VendorFaults, reason: string, legs: number];

const ROWS: Row[] = [
  ['no temporary credentials', { initiate: 'sorry' }, 'answer_malformed', 1],
  ['a no without a verifier', { back: (query) => query.delete('oauth_verifier') }, 'consent_refused', 1],
  [
    'a no of its own',
    {
      back: (query) => (
        query.delete('oauth_verifier'),
        query.delete('oauth_token'),
        query.set('denied', 'temp')
      ),
    },
    'consent_refused',
    1,
  ],
  ['another token', { back: (query) => query.set('oauth_token', 'other') }, 'callback_malformed', 1],
  ['two verifiers', { back: (query) => query.append('oauth_verifier', 'w') }, 'callback_malformed', 1],
  ['a refused exchange', { token: 401 }, 'client_refused', 2],
];

test.each(ROWS)('%s', async (_title, faults, reason, legs) => {
  const service = await vendor(faults);
  const gateway = await gatewayFor(service);
  const { id, url } = await gateway.link('one', 'boards');
  const browser = newBrowser();
  const done = await browser.submit(await browser.open(url));
  expect(done.title).toBe('boards is not connected');
  expect(done.text).toContain('Try again');
  expect(service.legs).toHaveLength(legs);
  expect(await keptGrant(gateway, id)).toMatchObject({ status: 'FAILED', reason, credential: null });
});

test('a callback in another browser ends there', async () => {
  const service = await vendor();
  const gateway = await gatewayFor(service);
  const { id, url } = await gateway.link('one', 'boards');
  const browser = newBrowser({ stopAt: (at) => at.includes('/oauth/callback') });
  const back = await browser.submit(await browser.open(url));
  expect(await newBrowser().open(back.url)).toMatchObject({ status: 400 });
  expect(service.legs).toHaveLength(1);
  expect(await keptGrant(gateway, id)).toMatchObject({ status: 'PENDING' });
});
