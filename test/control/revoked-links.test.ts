import { expect, test } from 'vitest';
import { mockServer, PLAIN_SECRET } from '../support/authorization-servers.ts';
import { newBrowser } from '../support/browser.ts';
import type { Shown } from '../support/browser.ts';
import { controlGateway } from '../support/control-gateway.ts';
import type { ControlGateway } from '../support/control-gateway.ts';
import { beginNotes, consentYaml } from '../support/sign-in.ts';
import type { Begun } from '../support/sign-in.ts';

// A link goes on only as long as whoever asked for it could ask for it still: a key that was stolen and taken away must
// not leave behind a way to put another credential into an account's grant.

/** What is done to callers and personas behind the link, and whether it goes on. */
const CHANGES: [title: string, change: (yaml: string) => string, goesOn: boolean][] = [
  ['nothing', (yaml) => yaml, true],
  ['another caller is gone', (yaml) => yaml.replace(/^ {2}two: .*\n/m, ''), true],
  ['its caller has another key', (yaml) => yaml.replace('env:KEY_ONE', 'env:KEY_LATER'), true],
  ['its caller is gone', (yaml) => yaml.replace(/^ {2}one: .*\n/m, ''), false],
  [
    'its caller is of another account',
    (yaml) => yaml.replace('one: { account: one', 'one: { account: two'),
    false,
  ],
  ['its persona manages no grants', (yaml) => yaml.replace(/(manager: .*), grants: manage/, '$1'), false],
  [
    'its persona does not give the connection',
    (yaml) => yaml.replace(/(manager: .*)allow: \["\*"\]/, '$1allow: [plain]'),
    false,
  ],
];

/** How far a sign-in has come, how it goes on, and the page that it comes to. */
const STEPS: [step: string, act: (begun: Begun, page: Shown) => Promise<Shown>, page: string][] = [
  ['the link is opened', ({ link }) => newBrowser().open(link), 'Connect notes'],
  ['the form is sent', ({ browser }, page) => browser.submit(page), 'notes is connected'],
  ['the browser comes back', ({ browser, callback }) => browser.open(callback.href), 'notes is connected'],
];

const ROWS = STEPS.flatMap(([step, act, page]) =>
  CHANGES.map(([title, change, goesOn]) => ({
    step,
    title,
    act,
    change,
    shown: goesOn ? `200 ${page}` : '403 This link does not work any more',
  })),
);

async function stand(): Promise<{ gateway: ControlGateway; yaml: string; exchanges: () => number }> {
  let exchanges = 0;
  const { origin } = await mockServer({ answer: () => void (exchanges += 1) });
  const yaml = consentYaml({ idp: origin });
  const environment = { IDP_SECRET: PLAIN_SECRET, KEY_LATER: 'gw_later_0123456789abcdefghijklmnopqrstu' };
  return { gateway: await controlGateway(() => yaml, { environment }), yaml, exchanges: () => exchanges };
}

test.each(ROWS)('$title, then $step', async ({ act, change, shown }) => {
  const { gateway, yaml, exchanges } = await stand();
  const begun = await beginNotes(gateway);
  const page = await begun.browser.open(begun.link);
  await gateway.reload(yaml, change);
  const { status, title } = await act(begun, page);
  expect(`${status} ${title}`).toBe(shown);
  const isConnected = title === 'notes is connected';
  expect(exchanges()).toBe(isConnected ? 1 : 0);
  const { json } = await gateway.call('admin', `GET /api/v1/admin/connections/${begun.id}`);
  expect(json['connection']).toMatchObject({ status: isConnected ? 'ACTIVE' : 'PENDING' });
});

test('what all share goes on only for an admin', async () => {
  const { gateway, yaml } = await stand();
  const { json } = await gateway.call('admin', 'POST /connections', { app: 'notes', shared: true });
  const browser = newBrowser();
  expect((await browser.open(String(json['url']))).title).toBe('Connect notes');
  await gateway.reload(yaml, (whole) => whole.replace(', admin: true', ', personas: [manager]'));
  expect(await browser.open(String(json['url']))).toMatchObject({ status: 403 });
});

test("an admin connects another account's grant anew", async () => {
  const { gateway } = await stand();
  const { id } = await gateway.link('one', 'notes');
  const { json } = await gateway.call('admin', `POST /api/v1/admin/connections/${id}/reconnect`);
  const { url } = json['connection'] as { url: string };
  expect((await newBrowser().open(url)).title).toBe('Connect notes');
});
