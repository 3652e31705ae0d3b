import { expect, test } from 'vitest';
import { newBrowser } from '../support/browser.ts';
import type { Shown } from '../support/browser.ts';
import { controlGateway } from '../support/control-gateway.ts';
import type { ControlGateway } from '../support/control-gateway.ts';
import { OK, rawUpstream } from '../support/raw-upstream.ts';
import type { RawUpstream } from '../support/raw-upstream.ts';
import { keptGrant } from '../support/sign-in.ts';

// Keys, pairs and variables that a person writes: checked by their pattern, then by the catalog's cheap request.

const REFUSED = 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n';

interface Stand {
  readonly gateway: ControlGateway;
  readonly upstream: RawUpstream;
}

const SHOP = (origin: string): string => `catalog: shop
base_url: ${origin}/v1
auth:
  api_key: { in: header, name: X-Shop-Key, value: "Key {credential}" }
  basic: {}
variables:
  region: { doc: The region., values: [eu, us] }
  shop_id: { doc: "The number of the shop, as in 17. It stands in its address.", pattern: "[0-9]+" }
  team: { doc: The team., optional: true }
static_headers: { X-Region: "{region}", X-Team: "{team}" }
path: { replace: { ":shop": "{shop_id}" } }
verify: { method: GET, path: "/shops/:shop" }
`;

const PLAIN = (origin: string): string => `connections:
  shop: { catalog: shop, auth_mode: api_key, grants: true }
  pair: { catalog: shop, auth_mode: basic, grants: true }
  bare: { base_url: "${origin}", auth_mode: bearer, grants: true }
`;

async function stand(answer: Parameters<typeof rawUpstream>[0] = OK): Promise<Stand> {
  const upstream = await rawUpstream(answer);
  const gateway = await controlGateway(() => PLAIN(upstream.origin), {
    files: { 'catalogs/shop/catalog.yaml': SHOP(upstream.origin) },
  });
  return { gateway, upstream };
}

async function opened(
  { gateway }: Stand,
  app: string,
): Promise<{
  id: string;
  url: string;
  page: Shown;
  submit: (values: Record<string, string>) => Promise<Shown>;
}> {
  const { id, url } = await gateway.link('one', app);
  const browser = newBrowser();
  const page = await browser.open(url);
  return { id, url, page, submit: (values) => browser.submit(page, values) };
}

const KEY = 'shop-key-5f4e3d';
const FILLED = { 'variable-region': 'eu', 'variable-shop_id': '17', credential: KEY };

test('a key and its variables are checked with the upstream, then kept', async () => {
  const both = await stand();
  const { id, url, page, submit } = await opened(both, 'shop');
  expect(page.title).toBe('Connect shop');
  for (const part of [
    '<label for="variable-region">The region</label>',
    '<option>eu</option>',
    '<label for="variable-shop_id">The number of the shop, as in 17</label>',
    'It stands in its address. Has to match [0-9]+',
    '<label for="variable-team">The team (may be left out)</label>',
    '<label for="credential">API key or token</label>',
    'type="password"',
  ])
    expect(page.text).toContain(part);
  const done = await submit({ ...FILLED, credential: ` ${KEY}\n` });
  expect(done).toMatchObject({ status: 200, title: 'shop is connected' });
  expect(done.text).not.toContain('not checked');
  expect(both.upstream.requests.map(({ head }) => head)).toEqual([
    [
      'GET /v1/shops/17 HTTP/1.1',
      `host: 127.0.0.1:${both.upstream.port}`,
      'connection: keep-alive',
      'Accept: */*',
      'User-Agent: gw',
      'X-Region: eu',
      `X-Shop-Key: Key ${KEY}`,
      '\r\n',
    ].join('\r\n'),
  ]);
  expect(await keptGrant(both.gateway, id)).toMatchObject({
    status: 'ACTIVE',
    credential: { kind: 'key', secret: KEY },
    variables: { region: 'eu', shop_id: '17' },
    authenticated_by: 'one',
    expires_at: null,
  });
  expect(await newBrowser().open(url)).toMatchObject({ status: 410, title: 'shop is connected already' });
  const events = await both.gateway.call('one', `GET /connections/${id}/events`);
  expect(events.json['events']).toMatchObject([
    { event_type: 'connect_completed' },
    { event_type: 'connect_started' },
  ]);
  const told = [page.text, done.text, JSON.stringify(events.json), ...both.gateway.log].join('\n');
  expect(told).not.toContain(KEY);
  // And again, from the control API, with what was kept.
  expect(await both.gateway.call('user', `POST /connections/${id}/verify`)).toMatchObject({
    status: 200,
    json: { connection: { connection_id: id, status: 'ACTIVE' }, verified: true, upstream_status: 200 },
  });
  expect(both.upstream.requests[1]?.head).toContain(`X-Shop-Key: Key ${KEY}`);
});

type Row = [title: string, app: string, values: Record<string, string>, said: string];

/** What does not fit is told beside its field, and nothing is sent. */
const UNFIT: Row[] = [
  ['not the pattern', 'shop', { ...FILLED, 'variable-shop_id': '17x' }, 'It does not match [0-9]+.'],
  [
    'a line behind the pattern',
    'shop',
    { ...FILLED, 'variable-shop_id': '17\n18' },
    'It does not match [0-9]+.',
  ],
  ['not one of the values', 'shop', { ...FILLED, 'variable-region': 'asia' }, 'It is not one of eu, us.'],
  ['a variable that is needed', 'shop', { ...FILLED, 'variable-shop_id': '' }, 'It is needed.'],
  ['only white space', 'shop', { ...FILLED, 'variable-shop_id': ' ' }, 'It is needed.'],
  ['no key', 'shop', { ...FILLED, credential: '' }, 'It is needed.'],
  [
    'a key with a line',
    'shop',
    { ...FILLED, credential: 'a\r\nX-Evil: 1' },
    'It has a character that no key can have.',
  ],
  [
    'a key with what is no Latin',
    'shop',
    { ...FILLED, credential: 'ключ' },
    'It has a character that no key can have.',
  ],
  [
    'a variable that no header carries',
    'shop',
    { ...FILLED, 'variable-team': 'a\nb' },
    'What you wrote does not make',
  ],
  [
    'a user name with a colon',
    'pair',
    { ...FILLED, username: 'a:b', password: 'c' },
    'It has a colon, which no user name can have.',
  ],
  ['no user name', 'pair', { ...FILLED, username: '', password: 'c' }, 'It is needed.'],
];

test.each(UNFIT)('%s', async (_title, app, values, said) => {
  const both = await stand();
  const { id, submit } = await opened(both, app);
  const shown = await submit(values);
  expect(shown.status).toBe(422);
  expect(shown.text).toContain(said);
  expect(shown.text).toContain('role="alert"');
  // What was written stands in the form again, but for what is secret.
  expect(shown.text).toMatch(/<option selected>eu|is not one of/);
  expect(shown.text).not.toContain(KEY);
  expect(both.upstream.requests).toEqual([]);
  expect(await both.gateway.call('one', `GET /connections/${id}`)).toMatchObject({
    json: { connection: { status: 'PENDING' } },
  });
});

/** What upstreams answer to the cheap request, and what that comes to. */
const VERDICTS: [answer: Parameters<typeof rawUpstream>[0], reason: string, said: string][] = [
  [REFUSED, 'credential_refused', 'does not accept this'],
  ['HTTP/1.1 403 x\r\nContent-Length: 0\r\n\r\n', 'credential_refused', 'does not accept this'],
  ['HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n', 'credential_unchecked', 'could not be checked'],
  ['HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n', 'credential_unchecked', 'could not be checked'],
  [
    'HTTP/1.1 302 x\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n',
    'credential_unchecked',
    'could not be checked',
  ],
  ['garbage\r\n\r\n', 'credential_unchecked', 'could not be checked'],
  [({ socket }) => void socket.destroy(), 'credential_unchecked', 'could not be checked'],
];

test.each(VERDICTS)('an upstream that answers %j: %s, and the form again', async (answer, reason, said) => {
  let accepting = false;
  const both = await stand((seen) =>
    accepting
      ? OK
      : typeof answer === 'function'
        ? (answer as (request: typeof seen) => never)(seen)
        : answer,
  );
  const { id, submit } = await opened(both, 'shop');
  const shown = await submit(FILLED);
  expect(shown).toMatchObject({ status: 422, title: 'Connect shop' });
  expect(shown.text).toContain(said);
  expect(await both.gateway.call('one', `GET /connections/${id}`)).toMatchObject({
    json: { connection: { status: 'FAILED', reason } },
  });
  expect((await keptGrant(both.gateway, id)).credential).toBeNull();
  accepting = true;
  expect((await submit(FILLED)).title).toBe('shop is connected');
  expect(await both.gateway.call('one', `GET /connections/${id}`)).toMatchObject({
    json: { connection: { status: 'ACTIVE' } },
  });
});

test('a user name with a password, which may be empty and keeps its spaces', async () => {
  const both = await stand();
  for (const password of ['', ' pass word ']) {
    const { id, submit } = await opened(both, 'pair');
    expect((await submit({ ...FILLED, username: ' me ', password })).title).toBe('pair is connected');
    expect((await keptGrant(both.gateway, id)).credential).toEqual({
      kind: 'basic',
      username: 'me',
      password,
    });
    const sent = Buffer.from(`me:${password}`).toString('base64');
    expect(both.upstream.requests.at(-1)?.head).toContain(`Authorization: Basic ${sent}`);
  }
});

test('without a request to check it by, a key is kept unchecked, and the page says so', async () => {
  const both = await stand();
  const { id, submit } = await opened(both, 'bare');
  const done = await submit({ credential: KEY });
  expect(done).toMatchObject({ status: 200, title: 'bare is connected' });
  expect(done.text).toContain('was not checked');
  expect(both.upstream.requests).toEqual([]);
  expect((await keptGrant(both.gateway, id)).status).toBe('ACTIVE');
});

test('a connection that is not connected yet cannot be verified; one whose key is refused says so', async () => {
  let accepting = true;
  const both = await stand(() => (accepting ? OK : REFUSED));
  const { id, submit } = await opened(both, 'shop');
  expect(await both.gateway.call('one', `POST /connections/${id}/verify`)).toMatchObject({ status: 409 });
  await submit(FILLED);
  accepting = false;
  expect(await both.gateway.call('one', `POST /connections/${id}/verify`)).toMatchObject({
    status: 200,
    json: { verified: false, reason: 'credential_refused', upstream_status: 401 },
  });
  expect(await both.gateway.call('two', `POST /connections/${id}/verify`)).toMatchObject({ status: 404 });
  expect(await both.gateway.call('admin', `POST /api/v1/admin/connections/${id}/verify`)).toMatchObject({
    status: 200,
    json: { verified: false },
  });
});

test('what is written is escaped wherever it is shown', async () => {
  const both = await stand();
  const { submit } = await opened(both, 'shop');
  const shown = await submit({
    ...FILLED,
    'variable-shop_id': '"><script>alert(1)</script>',
    'variable-team': "'<b>",
  });
  expect(shown.text).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"');
  expect(shown.text).toContain('value="&#39;&lt;b&gt;"');
  expect(shown.text).not.toMatch(/<script|<b>/);
});
