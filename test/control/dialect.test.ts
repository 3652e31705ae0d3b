import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { mockServer, PLAIN_SECRET } from '../support/authorization-servers.ts';
import { certificateFor } from '../support/certificate.ts';
import { newBrowser } from '../support/browser.ts';
import type { Browser, Shown } from '../support/browser.ts';
import { controlGateway } from '../support/control-gateway.ts';
import type { ControlGateway } from '../support/control-gateway.ts';
import { keptGrant } from '../support/sign-in.ts';

// What catalogs say of a vendor's OAuth: variables from the answer, the callback, a look-up, or the person.

const CERTIFIED = certificateFor(['localhost']);

/** An API that is looked things up at; it keeps what it was asked. */
async function lookUpServer(
  answer: (path: string) => object | number,
): Promise<{ origin: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(CERTIFIED, (request, response) => {
    const { url = '', headers } = request;
    asked.push(`${request.method} ${url} ${headers.authorization ?? ''}`);
    const content = answer(url);
    response.writeHead(typeof content === 'number' ? content : 200, { 'content-type': 'application/json' });
    response.end(typeof content === 'number' ? '' : JSON.stringify(content));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { origin: `https://localhost:${(server.address() as AddressInfo).port}`, asked };
}

interface Catalog {
  readonly variables: string;
  /** What of the catalog uses them. */
  readonly uses: string;
  readonly oauth?: string;
}

async function connected(
  { variables, uses, oauth = '' }: Catalog,
  tokens: object = {},
): Promise<{ gateway: ControlGateway; id: string; browser: Browser; page: Shown; idp: string }> {
  const { origin } = await mockServer({
    answer: (response) => Object.assign(response.body as object, tokens),
  });
  const catalog = `catalog: shop
base_url: http://127.0.0.1:1
auth:
  oauth2:
    authorization_url: ${origin}/authorize
    token_url: ${origin}/token
${oauth.replace(/^(?=.)/gm, '    ')}
variables:
${variables.replace(/^(?=.)/gm, '  ')}
${uses}
`;
  const gateway = await controlGateway(
    () => `connections:
  shop:
    catalog: shop
    oauth2_client_id: id
    oauth2_client_secret: "\${env:IDP_SECRET}"
    tls_ca_bundle_pem: "\${env:CA}"
    grants: true
`,
    {
      environment: { IDP_SECRET: PLAIN_SECRET, CA: CERTIFIED.cert },
      files: { 'catalogs/shop/catalog.yaml': catalog },
    },
  );
  const { id, url } = await gateway.link('one', 'shop');
  const browser = newBrowser();
  return { gateway, id, browser, page: await browser.open(url), idp: origin };
}

test('a variable from the answer of the token endpoint', async () => {
  const { gateway, id, browser, page } = await connected(
    {
      variables:
        'instance: { doc: The host., from: token_response, pointer: /instance_url, match: "https://([a-z0-9]+)\\\\.vendor\\\\.example" }',
      uses: 'path: { replace: { ":instance": "{instance}" } }',
    },
    { instance_url: 'https://eu7.vendor.example', access_token: 'a', refresh_token: 'r' },
  );
  expect((await browser.submit(page)).title).toBe('shop is connected');
  expect(await keptGrant(gateway, id)).toMatchObject({
    variables: { instance: 'eu7' },
    credential: { access_token: 'a' },
  });
});

test.each([
  ['variable_missing', {}],
  ['variable_unfit', { instance_url: 'https://evil.example' }],
])('an answer without what is needed: %s', async (reason, tokens) => {
  const { gateway, id, browser, page } = await connected(
    {
      variables:
        'instance: { doc: The host., from: token_response, pointer: /instance_url, match: "https://([a-z0-9]+)\\\\.vendor\\\\.example" }',
      uses: 'path: { replace: { ":instance": "{instance}" } }',
    },
    tokens,
  );
  const done = await browser.submit(page);
  expect(done.title).toBe('shop is not connected');
  expect(done.text).not.toContain('evil');
  expect(await keptGrant(gateway, id)).toMatchObject({ status: 'FAILED', reason, credential: null });
});

test('a variable from the callback', async () => {
  const { gateway, id, browser, page } = await connected({
    variables: 'realm: { doc: The company., from: callback, parameter: state, match: "(.{4}).*" }',
    uses: 'path: { replace: { ":realm": "{realm}" } }',
  });
  expect((await browser.submit(page)).title).toBe('shop is connected');
  const state = new URL(browser.visited.at(-1) ?? '').searchParams.get('state') ?? '';
  expect((await keptGrant(gateway, id)).variables).toEqual({ realm: state.slice(0, 4) });
});

test('a variable that the person writes goes into the authorization URL', async () => {
  const { gateway, id, browser, page, idp } = await connected({
    variables: 'team: { doc: The team., pattern: "[a-z]+" }',
    uses: 'path: { replace: { ":team": "{team}" } }',
    oauth: 'authorize_params: { audience: api }\nscope_separator: ","\nscopes: [a, b]\npkce: false\n',
  });
  expect(page.text).toContain('<label for="variable-team">The team</label>');
  expect((await browser.submit(page, { 'variable-team': 'x y' })).status).toBe(422);
  expect((await browser.submit(page, { 'variable-team': 'blue' })).title).toBe('shop is connected');
  const asked = new URL(browser.visited.find((at) => at.startsWith(`${idp}/authorize`)) ?? '');
  expect(asked.search).toContain('scope=a%2Cb&audience=api');
  expect(asked.searchParams.has('code_challenge')).toBe(false);
  expect((await keptGrant(gateway, id)).variables).toEqual({ team: 'blue' });
});

const SITES = [
  { id: 's-1', name: 'First <site>' },
  { id: 's-2', name: 'Second' },
];

function siteCatalog(origin: string, more = ''): Catalog {
  return {
    variables: `site: { doc: The site., from: lookup, lookup: { url: "${origin}/sites", pointer: /id, list: /sites, title: /name }${more} }`,
    uses: 'path: { replace: { ":site": "{site}" } }',
  };
}

test('of several that a look-up finds, a person chooses one', async () => {
  const { origin, asked } = await lookUpServer(() => ({ sites: SITES }));
  const { gateway, id, browser, page } = await connected(siteCatalog(origin), {
    access_token: 'looked-up-with',
  });
  const choice = await browser.submit(page);
  expect(choice).toMatchObject({ status: 200, title: 'Choose for shop' });
  expect(choice.text).toContain('<legend>The site</legend>');
  expect(choice.text).toContain('First &lt;site&gt; (s-1)');
  expect(asked).toEqual(['GET /sites Bearer looked-up-with']);
  expect((await keptGrant(gateway, id)).status).toBe('PENDING');
  // Nothing that was there to choose from: asked again, with a step of its own.
  const again = await browser.submit(choice, { choice: '2' });
  expect(again.title).toBe('Choose for shop');
  expect((await browser.submit(again, { choice: '1' })).title).toBe('shop is connected');
  expect(await keptGrant(gateway, id)).toMatchObject({
    status: 'ACTIVE',
    variables: { site: 's-2' },
    credential: { access_token: 'looked-up-with' },
  });
  // A choice is made once.
  expect(await browser.submit(again, { choice: '0' })).toMatchObject({ status: 410 });
});

test('a choice belongs to its browser', async () => {
  const { origin } = await lookUpServer(() => ({ sites: SITES }));
  const { gateway, id, browser, page } = await connected(siteCatalog(origin));
  const choice = await browser.submit(page);
  const other = newBrowser();
  await other.open(page.url);
  expect(await other.submit(choice, { choice: '0' })).toMatchObject({ status: 403 });
  expect((await browser.submit(choice, { choice: '0' })).title).toBe('shop is connected');
  expect((await keptGrant(gateway, id)).variables).toEqual({ site: 's-1' });
});

test('of what is not needed, none may be chosen', async () => {
  const { origin } = await lookUpServer(() => ({ sites: SITES }));
  const { gateway, id, browser, page } = await connected(siteCatalog(origin, ', optional: true'));
  expect((await browser.submit(await browser.submit(page), { choice: 'none' })).title).toBe(
    'shop is connected',
  );
  expect((await keptGrant(gateway, id)).variables).toEqual({});
});

/** What a look-up answers, and what that comes to. */
const LOOK_UPS: [title: string, answer: object | number, expected: object][] = [
  ['one site', { sites: [SITES[0]] }, { status: 'ACTIVE', variables: { site: 's-1' } }],
  ['no site', { sites: [] }, { status: 'FAILED', reason: 'variable_missing' }],
  ['no list', {}, { status: 'FAILED', reason: 'answer_incomplete' }],
  ['401', 401, { status: 'FAILED', reason: 'request_refused' }],
  ['500', 500, { status: 'FAILED', reason: 'server_failed' }],
];

test.each(LOOK_UPS)('a look-up that tells of %s', async (_title, answer, expected) => {
  const { origin } = await lookUpServer(() => answer);
  const { gateway, id, browser, page } = await connected(siteCatalog(origin));
  await browser.submit(page);
  expect(await keptGrant(gateway, id)).toMatchObject(expected);
});

test('what was chosen, and what was left out, holds while the next one is chosen', async () => {
  const { origin } = await lookUpServer(() => ({ sites: SITES }));
  const lookup = `from: lookup, lookup: { url: "${origin}/sites", pointer: /id, list: /sites }`;
  const { gateway, id, browser, page } = await connected({
    variables: `area: { doc: The area., ${lookup}, optional: true }
branch: { doc: The branch., ${lookup} }
town: { doc: The town., ${lookup}, optional: true }`,
    uses: 'path: { replace: { ":area": "{area}", ":branch": "{branch}", ":town": "{town}" } }',
  });
  const first = await browser.submit(page);
  const second = await browser.submit(first, { choice: 'none' });
  expect(second.text).toContain('<legend>The branch</legend>');
  const third = await browser.submit(second, { choice: '1' });
  expect(third.text).toContain('<legend>The town</legend>');
  expect((await browser.submit(third, { choice: 'none' })).title).toBe('shop is connected');
  expect((await keptGrant(gateway, id)).variables).toEqual({ branch: 's-2' });
});
