import { expect, test } from 'vitest';
import { oidcProvider, PLAIN_SECRET } from '../support/authorization-servers.ts';
import { chromiumPage, hasChromium, NO_CHROMIUM } from '../support/chromium.ts';
import { controlGateway } from '../support/control-gateway.ts';
import { OK, rawUpstream } from '../support/raw-upstream.ts';
import { consentYaml, keptGrant } from '../support/sign-in.ts';

// The connect page in a real browser: what policies and forms really do there.

const ABSENT = hasChromium ? '' : `: ${NO_CHROMIUM}`;

test.runIf(hasChromium)(`a key is written with JavaScript off${ABSENT}`, async () => {
  const upstream = await rawUpstream(OK);
  const gateway = await controlGateway(
    () => `connections:
  shop: { catalog: shop, auth_mode: api_key, grants: true }
`,
    {
      files: {
        'catalogs/shop/catalog.yaml': `catalog: shop
base_url: ${upstream.origin}
auth: { api_key: { in: header, name: X-Shop-Key } }
variables: { region: { doc: The region., values: [eu, us] } }
static_headers: { X-Region: "{region}" }
verify: { method: GET, path: /me }
`,
      },
    },
  );
  const { id, url } = await gateway.link('one', 'shop');
  const { page, said } = await chromiumPage({ javaScriptEnabled: false });
  await page.goto(url);
  expect(await page.title()).toBe('Connect shop');
  await page.getByLabel('region').selectOption('us');
  // The browser itself asks for what is needed.
  await page.getByRole('button', { name: 'Connect shop' }).click();
  expect(await page.title()).toBe('Connect shop');
  await page.getByLabel('API key or token').fill('shop-key-1');
  await page.getByRole('button', { name: 'Connect shop' }).click();
  await page.getByRole('status').waitFor();
  expect(await page.title()).toBe('shop is connected');
  expect(upstream.requests[0]?.head).toContain('X-Shop-Key: shop-key-1');
  expect(upstream.requests[0]?.head).toContain('X-Region: us');
  expect((await keptGrant(gateway, id)).status).toBe('ACTIVE');
  expect(said).toEqual([]);
});

test.runIf(hasChromium)(`a consent goes to its end${ABSENT}`, async () => {
  const gateway = await controlGateway(
    async (redirectUri) => consentYaml({ idp: (await oidcProvider(redirectUri)).origin, authorize: '/auth' }),
    { environment: { IDP_SECRET: PLAIN_SECRET } },
  );
  const { id, url } = await gateway.link('one', 'notes');
  const { page } = await chromiumPage({ javaScriptEnabled: false });
  const referrers: (string | undefined)[] = [];
  page.on('request', (request) => referrers.push(request.headers()['referer']));
  await page.goto(url);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('status').waitFor();
  expect(await page.title()).toBe('notes is connected');
  expect((await keptGrant(gateway, id)).status).toBe('ACTIVE');
  // The link is told to nobody.
  expect(referrers.length).toBeGreaterThan(3);
  expect(referrers.filter((one) => one?.includes('session_token') === true)).toEqual([]);
  const [cookie] = (await page.context().cookies(gateway.control)).filter(
    ({ name }) => name === 'gw_connect',
  );
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/', expires: -1 });
});

test.runIf(hasChromium)(`the policy of the page holds${ABSENT}`, async () => {
  const upstream = await rawUpstream(OK);
  const gateway = await controlGateway(
    () => 'connections: { shop: { base_url: "http://127.0.0.1:1", auth_mode: bearer, grants: true } }\n',
  );
  const { url } = await gateway.link('one', 'shop');
  const { page, said } = await chromiumPage();
  await page.goto(url);
  // Its own style counts.
  const background = await page.evaluate('getComputedStyle(document.querySelector("button")).borderRadius');
  expect(background).toBe('6px');
  expect(said).toEqual([]);
  const added = `
    const add = (name, attributes) => document.body.append(Object.assign(document.createElement(name), attributes));
    add('script', { textContent: 'globalThis.ran = true' });
    add('script', { src: '${upstream.origin}/x.js' });
    add('img', { src: '${upstream.origin}/x.png' });
    add('iframe', { src: '${upstream.origin}/x.html' });
    add('style', { textContent: 'button { border-radius: 1px }' });
    document.querySelector('form').action = '${upstream.origin}/take';
    document.querySelector('form').noValidate = true;
    document.querySelector('form').submit();`;
  await page.evaluate(added);
  await expect.poll(() => said.filter((one) => one.includes('form-action')).length).toBe(1);
  expect(await page.evaluate('globalThis.ran')).toBeUndefined();
  expect(await page.evaluate('getComputedStyle(document.querySelector("button")).borderRadius')).toBe('6px');
  expect(upstream.requests).toEqual([]);
});

test.runIf(hasChromium)(`the page is in no frame${ABSENT}`, async () => {
  const gateway = await controlGateway(
    () => 'connections: { shop: { base_url: "http://127.0.0.1:1", auth_mode: bearer, grants: true } }\n',
  );
  const { url } = await gateway.link('one', 'shop');
  const framing = `<iframe src="${url.replaceAll('&', '&amp;')}"></iframe>`;
  const other = await rawUpstream(
    `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${framing.length}\r\n\r\n${framing}`,
  );
  const { page, said } = await chromiumPage();
  await page.goto(other.origin);
  await expect
    .poll(() => said.filter((one) => /frame-ancestors|X-Frame-Options/.test(one)).length)
    .toBeGreaterThan(0);
  expect(await page.frames()[1]?.getByRole('button').count()).toBe(0);
});
