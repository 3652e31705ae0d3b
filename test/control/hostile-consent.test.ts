import { expect, test } from 'vitest';
import { mockServer, PLAIN_SECRET } from '../support/authorization-servers.ts';
import { newBrowser } from '../support/browser.ts';
import type { Shown } from '../support/browser.ts';
import { controlGateway } from '../support/control-gateway.ts';
import type { ControlGateway } from '../support/control-gateway.ts';
import { beginNotes, consentYaml } from '../support/sign-in.ts';
import type { Begun } from '../support/sign-in.ts';

// What comes back to the callback and is not what was asked for: each row is a consent that somebody meddles with.

interface Stand {
  readonly gateway: ControlGateway;
  readonly begun: Begun;
  /** Opens the callback with these parameters over its own; null takes one away. */
  readonly back: (changes?: Record<string, string | null>) => Promise<Shown>;
  readonly wait: (ms: number) => void;
}

interface Row {
  readonly act: (stand: Stand) => Promise<Shown>;
  /** Status and title of the page. */
  readonly page: string;
  /** Status of the grant, and its reason. */
  readonly grant: string;
  /** How many requests the token endpoint saw. */
  readonly exchanges: number;
}

const NOT_ON = '400 This sign-in cannot go on';
const NOT_CONNECTED = '200 notes is not connected';

const ROWS: Record<string, Row> = {
  'nothing is wrong': {
    act: ({ back }) => back(),
    page: '200 notes is connected',
    grant: 'ACTIVE',
    exchanges: 1,
  },
  'another state': {
    act: ({ back }) => back({ state: 'x'.repeat(43) }),
    page: NOT_ON,
    grant: 'PENDING',
    exchanges: 0,
  },
  'no state': { act: ({ back }) => back({ state: null }), page: NOT_ON, grant: 'PENDING', exchanges: 0 },
  'two states': {
    act: ({ begun }) => begun.browser.open(`${begun.callback.href}&state=x`),
    page: NOT_ON,
    grant: 'PENDING',
    exchanges: 0,
  },
  'a state twice': {
    act: async ({ back }) => {
      await back();
      return back();
    },
    page: NOT_ON,
    grant: 'ACTIVE',
    exchanges: 1,
  },
  'a state twice at once': {
    act: async ({ back }) => {
      const pages = await Promise.all([back(), back(), back()]);
      expect(pages.filter(({ title }) => title === 'notes is connected')).toHaveLength(1);
      return pages.find(({ title }) => title !== 'notes is connected') as Shown;
    },
    page: NOT_ON,
    grant: 'ACTIVE',
    exchanges: 1,
  },
  'another browser': {
    act: ({ begun }) => newBrowser().open(begun.callback.href),
    page: '400 notes is not connected',
    grant: 'PENDING',
    exchanges: 0,
  },
  'another browser, which knows a connect page of its own': {
    act: async ({ begun, gateway }) => {
      const other = newBrowser();
      await other.open((await gateway.link('two', 'notes')).url);
      return other.open(begun.callback.href);
    },
    page: '400 notes is not connected',
    grant: 'PENDING',
    exchanges: 0,
  },
  'a state that another browser used up': {
    act: async ({ begun, back }) => {
      await newBrowser().open(begun.callback.href);
      return back();
    },
    page: NOT_ON,
    grant: 'PENDING',
    exchanges: 0,
  },
  'another issuer': {
    act: ({ back }) => back({ iss: 'https://evil.example' }),
    page: NOT_CONNECTED,
    grant: 'FAILED issuer_mismatch',
    exchanges: 0,
  },
  'an issuer that begins the same': {
    act: ({ back, begun }) =>
      back({ iss: `${new URL(begun.browser.visited.at(-1) ?? '').origin}.evil.example` }),
    page: NOT_CONNECTED,
    grant: 'FAILED issuer_mismatch',
    exchanges: 0,
  },
  'no code': {
    act: ({ back }) => back({ code: null }),
    page: NOT_CONNECTED,
    grant: 'FAILED callback_malformed',
    exchanges: 0,
  },
  'an empty code': {
    act: ({ back }) => back({ code: '' }),
    page: NOT_CONNECTED,
    grant: 'FAILED callback_malformed',
    exchanges: 0,
  },
  'two codes': {
    act: ({ begun }) => begun.browser.open(`${begun.callback.href}&code=second-code`),
    page: NOT_CONNECTED,
    grant: 'FAILED callback_malformed',
    exchanges: 0,
  },
  'an error beside a code': {
    act: ({ back }) => back({ error: 'access_denied' }),
    page: NOT_CONNECTED,
    grant: 'FAILED consent_refused',
    exchanges: 0,
  },
  'a scope that is not given': {
    act: ({ back }) => back({ error: 'invalid_scope', code: null }),
    page: NOT_CONNECTED,
    grant: 'FAILED scope_refused',
    exchanges: 0,
  },
  'later than ten minutes': {
    act: ({ back, wait }) => {
      wait(10 * 60_000);
      return back();
    },
    page: NOT_ON,
    grant: 'PENDING',
    exchanges: 0,
  },
  'a grant that was deleted meanwhile': {
    act: async ({ gateway, begun, back }) => {
      await gateway.call('one', `DELETE /connections/${begun.id}`);
      return back();
    },
    page: NOT_ON,
    grant: 'none',
    exchanges: 0,
  },
  'a link that was replaced meanwhile': {
    act: async ({ gateway, begun, back }) => {
      await gateway.call('one', `POST /connections/${begun.id}/reconnect`);
      return back();
    },
    page: '404 This link does not work',
    grant: 'PENDING',
    exchanges: 0,
  },
  'a connection that is gone': {
    act: async ({ gateway, back }) => {
      await gateway.reload('connections: {}\n');
      return back();
    },
    page: '503 notes cannot be connected',
    grant: 'none',
    exchanges: 0,
  },
  'a code that was sent to where a form is awaited': {
    act: async ({ begun, gateway }) => {
      const page = await begun.browser.open(begun.link);
      const state = begun.callback.searchParams.get('state') ?? '';
      expect(gateway.control).toBe(new URL(page.url).origin);
      return begun.browser.submit(page, { step: state, choice: '0' });
    },
    page: '400 notes is not connected',
    grant: 'PENDING',
    exchanges: 0,
  },
};

test.each(Object.entries(ROWS))('%s', async (_title, { act, page, grant, exchanges }) => {
  let now = Date.now();
  let asked = 0;
  const { origin } = await mockServer({ answer: () => void (asked += 1) });
  const gateway = await controlGateway(() => consentYaml({ idp: origin }), {
    environment: { IDP_SECRET: PLAIN_SECRET },
    oauth: { now: () => now },
  });
  const begun = await beginNotes(gateway);
  const back: Stand['back'] = (changes = {}) => {
    const url = new URL(begun.callback);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    }
    return begun.browser.open(url.href);
  };
  const wait = (ms: number): void => {
    now += ms;
  };
  const shown = await act({ gateway, begun, back, wait });
  expect(`${shown.status} ${shown.title}`).toBe(page);
  const { json } = await gateway.call('one', `GET /connections/${begun.id}`);
  const { status, reason } = (json['connection'] ?? { status: 'none' }) as {
    status: string;
    reason?: string;
  };
  expect(reason === undefined ? status : `${status} ${reason}`).toBe(grant);
  expect(asked).toBe(exchanges);
  // Nothing of what came back is on the page.
  expect(shown.text).not.toMatch(/evil\.example|access_denied|invalid_scope|second-code/);
});

const FORMS: [
  title: string,
  change: (browser: ReturnType<typeof newBrowser>) => Record<string, string>,
  page: string,
][] = [
  ['no cookie', ({ cookies }) => (cookies.clear(), {}), '403 Nothing was connected'],
  [
    'another cookie',
    ({ cookies }) => (cookies.set('gw_connect', 'x'.repeat(43)), {}),
    '403 Nothing was connected',
  ],
  [
    'a cookie that is none of ours',
    ({ cookies }) => (cookies.set('gw_connect', 'x'), {}),
    '403 Nothing was connected',
  ],
  [
    'two cookies, of which one is its own',
    ({ cookies }) => (
      cookies.set('gw_connect', `${cookies.get('gw_connect')}; gw_connect=${'x'.repeat(43)}`),
      {}
    ),
    '403 Nothing was connected',
  ],
  ['another proof', () => ({ proof: 'x'.repeat(43) }), '403 Nothing was connected'],
  ['no proof', () => ({ proof: '' }), '403 Nothing was connected'],
  ['another link', () => ({ session_token: 'x' }), '404 This link does not work'],
];

test.each(FORMS)('a form with %s begins nothing', async (_title, change, page) => {
  const { origin } = await mockServer();
  const gateway = await controlGateway(() => consentYaml({ idp: origin }), {
    environment: { IDP_SECRET: PLAIN_SECRET },
  });
  const browser = newBrowser();
  const { id, url } = await gateway.link('one', 'notes');
  const form = await browser.open(url);
  const shown = await browser.submit(form, change(browser));
  expect(`${shown.status} ${shown.title}`).toBe(page);
  expect((await gateway.call('one', `GET /connections/${id}/events`)).json['events']).toEqual([]);
});

test('a link works for 30 minutes', async () => {
  let now = Date.now();
  const { origin } = await mockServer();
  const gateway = await controlGateway(() => consentYaml({ idp: origin }), {
    environment: { IDP_SECRET: PLAIN_SECRET },
    oauth: { now: () => now },
  });
  const browser = newBrowser();
  const { url } = await gateway.link('one', 'notes');
  now += 30 * 60_000 - 1;
  const page = await browser.open(url);
  expect(page.status).toBe(200);
  now += 1;
  expect(await browser.open(url)).toMatchObject({ status: 410, title: 'This link has expired' });
  expect(await browser.submit(page)).toMatchObject({ status: 410 });
});

test('of two browsers on one link, the first that completes it has it', async () => {
  const { origin } = await mockServer();
  const gateway = await controlGateway(() => consentYaml({ idp: origin }), {
    environment: { IDP_SECRET: PLAIN_SECRET },
  });
  const link = await gateway.link('one', 'notes');
  const first = await beginNotes(gateway, link);
  const second = await beginNotes(gateway, link);
  expect((await second.browser.open(second.callback.href)).title).toBe('notes is connected');
  expect(await first.browser.open(first.callback.href)).toMatchObject({ status: 410 });
});
