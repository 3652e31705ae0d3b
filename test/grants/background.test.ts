import { expect, test, vi } from 'vitest';
import type { NewGrant } from '../../runtime/grants/store/grant-store.ts';
import type { GrantRefresher } from '../../runtime/grants/refresh/grant-refresher.ts';
import { refreshLoop } from '../../runtime/grants/refresh/refresh-loop.ts';
import { Hidden } from '../../runtime/hidden.ts';
import { said, tokens } from '../support/client-tokens.ts';
import {
  BEGAN,
  headAs,
  startGranted as start,
  STORE_KEY,
  storeBeside,
  tokensOf,
} from '../support/granted.ts';
import { sendRaw } from '../support/raw-caller.ts';
import type { RawRequest } from '../support/raw-upstream.ts';
import { storeUrl } from '../support/stores.ts';

// What is refreshed without anybody asking, and what becomes of it when the gateway ends.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const GRANTS: [name: string, fields: Partial<NewGrant>, isRefreshed: boolean][] = [
  ['its token ends within the margin', { expires_at: BEGAN + 5 * MINUTE }, true],
  ['its token has ended', { expires_at: BEGAN - MINUTE }, true],
  ['its token is good', { expires_at: BEGAN + HOUR }, false],
  [
    'its refresh token ends within the hour, and is of long life',
    { expires_at: BEGAN + HOUR, refresh_expires_at: BEGAN + 50 * MINUTE },
    true,
  ],
  [
    'its refresh token lives for an hour, and is new',
    { expires_at: BEGAN + HOUR, refresh_expires_at: BEGAN + 50 * MINUTE, authenticated_at: BEGAN - MINUTE },
    false,
  ],
  ['it is broken', { expires_at: BEGAN, status: 'EXPIRED' }, false],
  ['nobody signs in to its connection', { expires_at: BEGAN, connection: 'gone' }, false],
];

test('at the start: what is near its end, and nothing else', async () => {
  const url = await storeUrl('sqlite');
  const store = await storeBeside(url, () => BEGAN);
  const made = await Promise.all(
    GRANTS.map(async ([name, fields]) => {
      const plain = { connection: 'vendor', account: 'acme', method: 'OAUTH2', status: 'ACTIVE' } as const;
      const credential = tokensOf('token-0', name.replaceAll(' ', '-'));
      return store.create({ ...plain, credential, authenticated_at: BEGAN - 24 * HOUR, ...fields });
    }),
  );
  const { idp } = await start({ url, idp: tokens() });
  const due = GRANTS.filter(([, , isRefreshed]) => isRefreshed).map(([name]) => name.replaceAll(' ', '-'));
  await idp.waitForRequests(due.length);
  const sent = idp.requests.map(({ body }) => new URLSearchParams(body).get('refresh_token'));
  expect(new Set(sent)).toEqual(new Set(due));
  const idle = await Promise.all(
    made.filter((_, at) => GRANTS[at]?.[2] === false).map(({ id }) => store.get(id)),
  );
  expect(idle.map((grant) => grant?.revision)).toEqual(idle.map(() => 1));
});

test('a grant that another process sealed with a key of its own holds up no other one', async () => {
  const url = await storeUrl('sqlite');
  const store = await storeBeside(url, () => BEGAN);
  const later = await storeBeside(url, () => BEGAN + 91 * 24 * HOUR);
  const keys = { GW_ENCRYPTION_KEY: `${'22'.repeat(32)},${STORE_KEY.GW_ENCRYPTION_KEY}` };
  const rotated = await storeBeside(url, () => BEGAN, keys);
  const plain = { connection: 'vendor', account: 'acme', method: 'OAUTH2', status: 'ACTIVE' } as const;
  const due = { ...plain, credential: tokensOf('token-0', 'refresh-0'), expires_at: BEGAN };
  const ids = [await rotated.create(due), await store.create(due)].map(({ id }) => id);
  await expect(store.get(ids[0] ?? '')).rejects.toThrow('which was not given');
  await store.putSession('an old link', ids[1] ?? '');
  const asked: string[] = [];
  const failed = vi.fn<(error: unknown) => void>();
  const refresher: GrantRefresher = {
    refresh: async (id) => {
      asked.push(id);
      return Promise.resolve({ kind: 'gone' });
    },
    current: (row) => row,
    stop: async () => {},
  };
  const now = (): number => BEGAN;
  const stop = refreshLoop({ store: { ...store, prune: () => later.prune() }, refresher, now, failed });
  await vi.waitFor(async () => expect(await store.session('an old link')).toBeNull());
  await stop();
  expect(asked.toSorted()).toEqual(ids.toSorted());
  expect(failed).not.toHaveBeenCalled();
});

test('a gateway that ends waits for the tokens that it asked for', async () => {
  const asked: RawRequest[] = [];
  const { gateway, grant, store, clock, idp } = await start({
    idp: (request) => () => void asked.push(request),
  });
  const { id } = await grant();
  clock.now += HOUR;
  const sending = sendRaw(gateway.port, headAs('acme', '/vendor/a'));
  await idp.waitForRequests(1);
  const closing = gateway.serving.close();
  asked[0]?.socket.write(said('{"access_token":"token-1","refresh_token":"refresh-1"}'));
  await Promise.all([closing, sending]);
  expect((await store.get(id))?.credential?.reveal()).toMatchObject({ refresh_token: 'refresh-1' });
});

test('at the start what is over is forgotten: history of 90 days, states and links', async () => {
  const url = await storeUrl('sqlite');
  const at = { now: BEGAN };
  const store = await storeBeside(url, () => at.now);
  const { id } = await store.create({ connection: 'vendor', account: 'acme', method: 'OAUTH2' });
  const event = { grant_id: id, connection: 'vendor', actor: null, idp_host: null, detail: null } as const;
  at.now = BEGAN - 90 * 24 * HOUR;
  await store.addEvent({ ...event, type: 'connect_started' });
  await store.putState('an old state', { grant_id: id, content: new Hidden('{}') });
  await store.putSession('an old link', id);
  at.now += 1;
  await store.addEvent({ ...event, type: 'connect_completed' });
  at.now = BEGAN;
  await store.putSession('a new link', id);
  expect(await store.events({ grant_id: id }, 30)).toHaveLength(2);
  await start({ url });
  const kept = async (): Promise<string[]> =>
    (await store.events({ grant_id: id }, 30)).map(({ type }) => type);
  await vi.waitFor(async () => expect(await kept()).toEqual(['connect_completed']));
  await vi.waitFor(async () => expect(await store.session('an old link')).toBeNull());
  expect(await store.session('a new link')).toMatchObject({ state: 'open' });
});
