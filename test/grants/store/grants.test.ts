import { beforeEach, describe, expect, test } from 'vitest';
import type { Grant, GrantCredential } from '../../../runtime/grants/grant.ts';
import type { GrantStore, NewGrant } from '../../../runtime/grants/store/grant-store.ts';
import { Hidden } from '../../../runtime/hidden.ts';
import { ABSENT, openedStore, STORES, storeUrl } from '../../support/stores.ts';

const KEY: GrantCredential = { kind: 'key', secret: 'planted \0 "secret" ü' };
const OAUTH: GrantCredential = {
  kind: 'oauth2',
  access_token: 'at',
  refresh_token: 'rt',
  scope: null,
  token_type: 'Bearer',
};

const NEW: NewGrant = { connection: 'stripe', account: 'acme', method: 'API_KEY' };
const GONE = '00000000-0000-4000-8000-000000000000';

/** Gives a grant with its secrets to be seen. */
function shown(grant: Grant | null | 'changed' | 'gone'): unknown {
  if (grant === null || typeof grant === 'string') return grant;
  return { ...grant, credential: grant.credential?.reveal() ?? null, variables: grant.variables.reveal() };
}

/** Makes grants at one time each, and gives their ids by the names that they are told apart by. */
async function filled(
  store: GrantStore,
  grants: Record<string, Partial<NewGrant>>,
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const [name, fields] of Object.entries(grants))
    names.set((await store.create({ ...NEW, ...fields })).id, name);
  return names;
}

describe.each(STORES)('%s', (_name, kind, present) => {
  beforeEach(({ skip }) => skip(!present, ABSENT));

  test('a grant is given back as it was written', async () => {
    let now = 1_000;
    const url = await storeUrl(kind);
    const store = await openedStore(url, { now: () => now });
    const made = await store.create(NEW);
    expect(shown(made)).toEqual({
      ...NEW,
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      status: 'PENDING',
      reason: null,
      credential: null,
      variables: {},
      expires_at: null,
      refresh_expires_at: null,
      refreshed_at: null,
      authenticated_at: null,
      authenticated_by: null,
      created_at: 1_000,
      updated_at: 1_000,
      revision: 1,
    });
    now = 2_000;
    const patch = {
      status: 'ACTIVE',
      credential: new Hidden(KEY),
      variables: new Hidden({ subdomain: 'acme', __proto__x: '1' }),
      // Beyond 32 bits.
      expires_at: 9_007_199_254_740_991,
      refresh_expires_at: 0,
      refreshed_at: 5,
      authenticated_at: 6,
      authenticated_by: 'ops',
    } as const;
    const updated = await store.update(made.id, 1, patch);
    expect(shown(updated)).toEqual({
      ...(shown(made) as object),
      ...patch,
      credential: KEY,
      variables: { subdomain: 'acme', __proto__x: '1' },
      updated_at: 2_000,
      revision: 2,
    });
    // By another process, too, and after a patch of one field.
    const other = await openedStore(url);
    expect(shown(await other.get(made.id))).toEqual(shown(updated));
    const expired = await other.update(made.id, 2, { status: 'EXPIRED', reason: 'refresh_revoked' });
    expect(shown(expired)).toMatchObject({ status: 'EXPIRED', reason: 'refresh_revoked', credential: KEY });
    expect(shown(await other.update(made.id, 3, { credential: null, reason: null }))).toMatchObject({
      credential: null,
      reason: null,
      revision: 4,
    });
  });

  test('an update of what has changed since, or is gone, changes nothing', async () => {
    const store = await openedStore(await storeUrl(kind));
    const { id } = await store.create({ ...NEW, credential: new Hidden(OAUTH) });
    const racing = await Promise.all(
      Array.from({ length: 20 }, (_, at) => store.update(id, 1, { expires_at: at })),
    );
    const [won] = racing.filter((one) => typeof one === 'object');
    expect(racing.filter((one) => one === 'changed')).toHaveLength(19);
    expect(shown(await store.get(id))).toEqual(shown(won ?? null));
    expect(await store.update(id, 1, {})).toBe('changed');
    expect(await store.update(GONE, 1, { reason: 'x' })).toBe('gone');
    expect(await store.delete(id)).toBe(true);
    expect(await store.delete(id)).toBe(false);
    expect(await store.update(id, 2, {})).toBe('gone');
    expect(await store.get(id)).toBeNull();
  });

  test('what is no id is not there', async () => {
    const store = await openedStore(await storeUrl(kind));
    for (const id of ['', 'x', "' OR 1=1", `${GONE}\0`, GONE.toUpperCase().replace('0', 'A'), '%']) {
      expect(await store.get(id)).toBeNull();
      expect(await store.update(id, 1, {})).toBe('gone');
      expect(await store.delete(id)).toBe(false);
    }
    expect(
      await store.list({ account: 'a\0b', connections: ["x'y", '?'] }, { after: null, limit: 5 }),
    ).toEqual([]);
  });

  test('lists are oldest first, by id within one time, and go on where they ended', async () => {
    let now = 10;
    const store = await openedStore(await storeUrl(kind), { now: () => now });
    const grants: Grant[] = [];
    for (now of [10, 20, 20, 20, 20, 30, 5]) grants.push(await store.create(NEW));
    const sorted = grants.toSorted((a, b) => a.created_at - b.created_at || (a.id < b.id ? -1 : 1));
    const seen: Grant[] = [];
    for (;;) {
      const page = await store.list({}, { after: seen.at(-1) ?? null, limit: 2 });
      if (page.length === 0) break;
      expect(page.length).toBeLessThanOrEqual(2);
      seen.push(...page);
    }
    expect(seen.map(({ id }) => id)).toEqual(sorted.map(({ id }) => id));
    expect((await store.forAccount('stripe', 'acme')).map(({ id }) => id)).toEqual(
      sorted.map(({ id }) => id),
    );
  });

  test('a list has what fits all of its filter', async () => {
    let now = 0;
    const store = await openedStore(await storeUrl(kind), { now: () => (now += 1) });
    const names = await filled(store, {
      own: {},
      shared: { account: null },
      other: { account: 'other' },
      active: { status: 'ACTIVE', method: 'OAUTH2' },
      notion: { connection: 'notion', method: 'OAUTH2' },
    });
    const listed = async (filter: Parameters<GrantStore['list']>[0]): Promise<string[]> =>
      (await store.list(filter, { after: null, limit: 10 })).map(({ id }) => names.get(id) ?? id);
    expect(await listed({})).toEqual(['own', 'shared', 'other', 'active', 'notion']);
    expect(await listed({ account: 'acme' })).toEqual(['own', 'active', 'notion']);
    expect(await listed({ account: null })).toEqual(['shared']);
    expect(await listed({ account: '' })).toEqual([]);
    expect(await listed({ connections: ['notion', 'none'] })).toEqual(['notion']);
    expect(await listed({ connections: [] })).toEqual([]);
    expect(await listed({ status: 'PENDING', account: 'acme' })).toEqual(['own', 'notion']);
    expect(await listed({ method: 'OAUTH2', connections: ['stripe', 'notion'] })).toEqual([
      'active',
      'notion',
    ]);
    const usable = await store.forAccount('stripe', 'acme');
    expect(usable.map(({ id }) => names.get(id))).toEqual(['own', 'shared', 'active']);
  });

  test('due are the active grants of which a time comes soon', async () => {
    const store = await openedStore(await storeUrl(kind));
    const active = { status: 'ACTIVE', method: 'OAUTH2', credential: new Hidden(OAUTH) } as const;
    const names = await filled(store, {
      soon: { ...active, expires_at: 99 },
      later: { ...active, expires_at: 100 },
      'refresh token soon': { ...active, expires_at: 1_000, refresh_expires_at: 199 },
      'never told': active,
      expired: { ...active, status: 'EXPIRED', expires_at: 1 },
    });
    const due = { expires_before: 100, refresh_expires_before: 200 };
    const seen: string[] = [];
    for (let after: string | null = null; ;) {
      const [grant] = await store.dueForRefresh(due, { after, limit: 1 });
      if (grant === undefined) break;
      after = grant.id;
      seen.push(names.get(after) ?? after);
    }
    expect(seen.toSorted()).toEqual(['refresh token soon', 'soon']);
  });
});
