import { beforeEach, describe, expect, test } from 'vitest';
import { Hidden } from '../../../runtime/hidden.ts';
import { ABSENT, openedStore, STORES, storeUrl } from '../../support/stores.ts';

const NEW = { connection: 'stripe', account: null, method: 'OAUTH2' } as const;
const GONE = '00000000-0000-4000-8000-000000000000';
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe.each(STORES)('%s', (_name, kind, present) => {
  beforeEach(({ skip }) => skip(!present, ABSENT));

  test('a state is taken once, by whoever comes first, for 10 minutes', async () => {
    let now = 0;
    const url = await storeUrl(kind);
    const stores = [await openedStore(url, { now: () => now }), await openedStore(url, { now: () => now })];
    const [store, other] = stores;
    if (store === undefined || other === undefined) throw new Error('two were opened');
    const { id } = await store.create(NEW);
    const content = new Hidden('{"verifier":"planted"}');
    expect(await store.putState('s1', { grant_id: id, content })).toBe('kept');
    const taken = await Promise.all(
      Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? store : other).takeState('s1')),
    );
    const [won, ...more] = taken.filter((one) => one !== null);
    expect(more).toEqual([]);
    expect({ ...won, content: won?.content.reveal() }).toEqual({
      grant_id: id,
      content: content.reveal(),
      expires_at: 10 * MINUTE,
    });
    for (const [name, later] of [
      ['in time', 10 * MINUTE - 1],
      ['late', 10 * MINUTE],
    ] as const) {
      now = 0;
      await store.putState(name, { grant_id: id, content });
      now = later;
      expect([name, (await other.takeState(name))?.grant_id]).toEqual([
        name,
        name === 'late' ? undefined : id,
      ]);
    }
    expect(await store.takeState('never put')).toBeNull();
  });

  test('a session is open for 30 minutes, and used up once', async () => {
    let now = 0;
    const store = await openedStore(await storeUrl(kind), { now: () => now });
    const { id } = await store.create(NEW);
    const open = { grant_id: id, state: 'open', expires_at: 30 * MINUTE };
    for (const token of ['used', 'late']) expect(await store.putSession(token, id)).toEqual(open);
    expect(await store.session('used')).toEqual(open);
    expect(await store.session('another')).toBeNull();
    expect(await store.useUpSession('another')).toBe(false);
    const racing = await Promise.all(Array.from({ length: 10 }, () => store.useUpSession('used')));
    expect(racing.filter(Boolean)).toHaveLength(1);
    now = 30 * MINUTE;
    expect((await store.session('used'))?.state).toBe('used');
    expect((await store.session('late'))?.state).toBe('expired');
    expect(await store.useUpSession('late')).toBe(false);
  });

  test('sessions and states end with their grant, sessions when they are revoked', async () => {
    const store = await openedStore(await storeUrl(kind));
    const kept = await store.create(NEW);
    const deleted = await store.create(NEW);
    for (const { id } of [kept, deleted]) {
      await store.putSession(`token ${id}`, id);
      await store.putState(`state ${id}`, { grant_id: id, content: new Hidden('{}') });
    }
    await store.delete(deleted.id);
    expect(await store.session(`token ${deleted.id}`)).toBeNull();
    expect(await store.takeState(`state ${deleted.id}`)).toBeNull();
    expect((await store.session(`token ${kept.id}`))?.state).toBe('open');
    await store.revokeSessions(kept.id);
    expect(await store.session(`token ${kept.id}`)).toBeNull();
    expect((await store.takeState(`state ${kept.id}`))?.grant_id).toBe(kept.id);
    expect(await store.putSession('t', GONE)).toBe('gone');
    expect(await store.putState('s', { grant_id: GONE, content: new Hidden('{}') })).toBe('gone');
    // The socket on which that was refused is no worse for it.
    expect(await store.health()).toBe('ready');
  });

  test('history is newest first, outlives its grant, and is kept 90 days', async () => {
    let now = 0;
    const store = await openedStore(await storeUrl(kind), { now: () => now });
    const { id } = await store.create(NEW);
    const event = { connection: 'stripe', actor: 'ops', idp_host: 'idp.example', detail: 'a\0b' } as const;
    const first = await store.addEvent({ ...event, grant_id: id, type: 'connect_started' });
    // Many of one millisecond keep their order.
    const many = [];
    for (now = 1; many.length < 50;)
      many.push(await store.addEvent({ ...event, grant_id: id, type: 'refresh_succeeded', actor: null }));
    const other = await store.addEvent({ ...event, grant_id: GONE, type: 'connect_completed' });
    await store.delete(id);
    const stored = (one: object): object => ({ ...one, detail: 'a\uFFFDb' });
    expect(await store.events({ grant_id: id }, 100)).toEqual([...many.toReversed(), first].map(stored));
    expect(await store.events({ connection: 'stripe' }, 2)).toEqual(
      [other, many.at(-1) ?? first].map(stored),
    );
    expect(await store.events({ connection: 'none' }, 2)).toEqual([]);
    now = 90 * DAY - 1;
    await store.prune();
    expect(await store.events({ grant_id: id }, 100)).toHaveLength(51);
    now = 90 * DAY;
    await store.prune();
    expect(await store.events({ connection: 'stripe' }, 100)).toHaveLength(51);
  });

  test('what is over is pruned, and nothing else', async () => {
    let now = 0;
    const store = await openedStore(await storeUrl(kind), { now: () => now });
    const { id } = await store.create(NEW);
    await store.putSession('old', id);
    await store.putState('old', { grant_id: id, content: new Hidden('{}') });
    now = DAY;
    await store.putSession('new', id);
    await store.putState('new', { grant_id: id, content: new Hidden('{}') });
    await store.prune();
    expect((await store.session('old'))?.state).toBe('expired');
    now += 10 * MINUTE - 1;
    await store.prune();
    expect(await store.takeState('new')).not.toBeNull();
    now = DAY + 30 * MINUTE;
    await store.prune();
    expect(await store.session('old')).toBeNull();
    expect((await store.session('new'))?.state).toBe('expired');
    expect(await store.keysInUse()).toEqual(new Map([[expect.stringMatching(/^[0-9a-f]{8}$/), 1]]));
    expect(await store.get(id)).not.toBeNull();
  });
});
