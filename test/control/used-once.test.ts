import { beforeEach, describe, expect, test } from 'vitest';
import type { MutableResponse } from 'oauth2-mock-server';
import { mockServer, PLAIN_SECRET } from '../support/authorization-servers.ts';
import { newBrowser } from '../support/browser.ts';
import type { Shown } from '../support/browser.ts';
import { controlGateway } from '../support/control-gateway.ts';
import type { ControlGateway } from '../support/control-gateway.ts';
import { beginNotes, consentYaml } from '../support/sign-in.ts';
import { ABSENT, keyTexts, openedStore, STORES, storeUrl } from '../support/stores.ts';

// A link connects once, however many use it at the same time: one of them is told that it is connected, its credential is
// what is kept, and every other is told that nothing was.

const AT_ONCE = [0, 1, 2, 3];

/** Gives one use of a link for each who is at it, all begun, and what each brings. */
type Begin = (gateway: ControlGateway) => Promise<{ id: string; uses: (() => Promise<Shown>)[] }>;

const WAYS: [title: string, begin: Begin][] = [
  [
    'a key is written into the form',
    async (gateway) => {
      const { id, url } = await gateway.link('one', 'keyed');
      const opened = await Promise.all(
        AT_ONCE.map(async (at) => {
          const browser = newBrowser();
          const page = await browser.open(url);
          return () => browser.submit(page, { credential: `credential-${at}` });
        }),
      );
      return { id, uses: opened };
    },
  ],
  [
    'one browser sends its form again and again',
    async (gateway) => {
      const { id, url } = await gateway.link('one', 'keyed');
      const browser = newBrowser();
      const page = await browser.open(url);
      return {
        id,
        uses: AT_ONCE.map((at) => () => browser.submit(page, { credential: `credential-${at}` })),
      };
    },
  ],
  [
    'a consent comes back to several browsers',
    async (gateway) => {
      const link = await gateway.link('one', 'notes');
      const begun = await Promise.all(AT_ONCE.map(() => beginNotes(gateway, link)));
      return {
        id: link.id,
        uses: begun.map(
          ({ browser, callback }) =>
            () =>
              browser.open(callback.href),
        ),
      };
    },
  ],
];

describe.each(STORES)('%s', (_name, kind, present) => {
  beforeEach(({ skip }) => skip(!present, ABSENT));

  test.each(WAYS)('%s', async (_title, begin) => {
    let given = 0;
    const { origin } = await mockServer({
      answer: (response: MutableResponse) => {
        response.body = { access_token: `token-${(given += 1)}`, token_type: 'Bearer' };
      },
    });
    const url = await storeUrl(kind);
    const gateway = await controlGateway(
      () => `${consentYaml({ idp: origin })}  keyed: { base_url: "http://127.0.0.1:1", auth_mode: api_key, grants: true }
`,
      { environment: { IDP_SECRET: PLAIN_SECRET, GW_ENCRYPTION_KEY: keyTexts(1) }, store: `"${url}"` },
    );
    const { id, uses } = await begin(gateway);
    const pages = await Promise.all(uses.map((use) => use()));
    const connected = pages.flatMap(({ title }, at) => (title.endsWith(' is connected') ? [at] : []));
    expect(connected).toHaveLength(1);
    const others = pages.filter((_, at) => at !== connected[0]);
    expect(others.map(({ status }) => status)).toEqual(others.map(() => 410));
    const store = await openedStore(url);
    const grant = await store.get(id);
    // One write connected it; nothing was written over that.
    expect(grant).toMatchObject({ status: 'ACTIVE', revision: 2 });
    const events = await store.events({ grant_id: id }, 30);
    expect(events.filter(({ type }) => type === 'connect_completed')).toHaveLength(1);
    const held = grant?.credential?.reveal();
    const kept = held?.kind === 'key' ? held.secret : held?.kind === 'oauth2' ? held.access_token : '';
    expect(held?.kind === 'key' ? `credential-${connected[0]}` : kept).toBe(kept);
    expect(kept).not.toBe('');
  });
});
