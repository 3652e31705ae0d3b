import { createHash, randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { GrantStore } from '../../../runtime/grants/store/grant-store.ts';
import { openStore } from '../../../runtime/grants/store/open-store.ts';
import { Hidden } from '../../../runtime/hidden.ts';
import type { SealingKeys } from '../../../runtime/sealing/sealing-keys.ts';
import { ABSENT, openedStore, STORES, storeUrl, testKeys } from '../../support/stores.ts';
import { dumped, tampered } from '../../support/tampered.ts';

const secretOf = (name: string): Hidden<{ kind: 'key'; secret: string }> =>
  new Hidden({ kind: 'key', secret: `planted ${name}` });

/** Makes an active grant whose secrets are named after it. */
async function planted(store: GrantStore, name: string, account: string | null = 'acme'): Promise<string> {
  const { id } = await store.create({
    connection: 'stripe',
    account,
    method: 'API_KEY',
    status: 'ACTIVE',
    credential: secretOf(name),
    variables: new Hidden({ variable: `planted variable ${name}` }),
  });
  return id;
}

/** Gives what a gateway would send for a grant, or why it sends nothing. */
async function usable(store: GrantStore, id: string): Promise<unknown> {
  const grant = await store.get(id);
  return grant?.status === 'ACTIVE'
    ? [grant.credential?.reveal(), grant.variables.reveal()]
    : [grant?.status, grant?.reason, grant?.credential, grant?.variables.reveal()];
}

const UNREADABLE = ['FAILED', 'credential_unreadable', null, {}];

/** What somebody who can write into the database, but has no key, may do to the grants A and B. */
const MOVES: readonly [what: string, sql: (a: string, b: string) => string][] = [
  [
    'the credential of another row',
    (a, b) => `credential = (SELECT credential FROM gw_grants WHERE id = '${a}') WHERE id = '${b}'`,
  ],
  [
    'the variables of another row',
    (a, b) => `variables = (SELECT variables FROM gw_grants WHERE id = '${a}') WHERE id = '${b}'`,
  ],
  ['another field', (_, b) => `credential = variables WHERE id = '${b}'`],
  ['another account', (_, b) => `account = 'mallory' WHERE id = '${b}'`],
  ['all accounts', (_, b) => `account = NULL WHERE id = '${b}'`],
  ['another connection', (_, b) => `connection = 'mallory' WHERE id = '${b}'`],
  ['what a sign-in keeps', (_, b) => `credential = (SELECT content FROM gw_oauth_states) WHERE id = '${b}'`],
  [
    'the whole row of another, under its own id',
    (a, b) =>
      `credential = (SELECT credential FROM gw_grants WHERE id = '${a}'),
       variables = (SELECT variables FROM gw_grants WHERE id = '${a}') WHERE id = '${b}'`,
  ],
  [
    'another byte',
    (_, b) => `credential = substr(credential, 1, 30) || 'AAAA' || substr(credential, 35) WHERE id = '${b}'`,
  ],
  ['no envelope', (_, b) => `credential = substr(credential, 1, 30) WHERE id = '${b}'`],
];

describe.each(STORES)('%s', (_name, kind, present) => {
  beforeEach(({ skip }) => skip(!present, ABSENT));

  test.each(MOVES)('a value does not open with %s, and other grants do', async (_what, sql) => {
    const url = await storeUrl(kind);
    const store = await openedStore(url);
    const a = await planted(store, 'A');
    const b = await planted(store, 'B');
    await store.putState('state', { grant_id: b, content: new Hidden('{"kind":"key","secret":"x"}') });
    await tampered(url, `UPDATE gw_grants SET ${sql(a, b)}`);
    expect(await usable(store, b)).toEqual(UNREADABLE);
    expect(await usable(store, a)).toEqual([secretOf('A').reveal(), { variable: 'planted variable A' }]);
    expect(await store.list({}, { after: null, limit: 9 })).toHaveLength(2);
  });

  test('a grant that does not open heals by a new sign-in', async () => {
    const url = await storeUrl(kind);
    const store = await openedStore(url);
    const id = await planted(store, 'A');
    await tampered(url, `UPDATE gw_grants SET credential = variables`);
    const { revision = 0 } = (await store.get(id)) ?? {};
    await store.update(id, revision, { credential: secretOf('new') });
    expect(await usable(store, id)).toEqual([secretOf('new').reveal(), { variable: 'planted variable A' }]);
  });

  test('the secret of a shared grant does not open as that of an account', async () => {
    const url = await storeUrl(kind);
    const store = await openedStore(url);
    const id = await planted(store, 'A', null);
    await tampered(url, `UPDATE gw_grants SET account = 'mallory'`);
    expect(await usable(store, id)).toEqual(UNREADABLE);
  });

  const digest = (state: string): string => createHash('sha256').update(state).digest('hex');

  test.each<[what: string, sql: (b: string) => string]>([
    ['of another grant', (b) => `grant_id = '${b}' WHERE digest = '${digest('state')}'`],
    [
      'of another state',
      () =>
        `content = (SELECT content FROM gw_oauth_states WHERE digest = '${digest('other')}')
         WHERE digest = '${digest('state')}'`,
    ],
    [
      'of a grant',
      () => `content = (SELECT MIN(variables) FROM gw_grants) WHERE digest = '${digest('state')}'`,
    ],
    ['of no state', () => `content = 'nothing sealed' WHERE digest = '${digest('state')}'`],
  ])('a state does not open with what is %s, and others do', async (_what, sql) => {
    const url = await storeUrl(kind);
    const store = await openedStore(url);
    const [a, b] = [await planted(store, 'A'), await planted(store, 'B')];
    for (const state of ['state', 'other'])
      await store.putState(state, { grant_id: a, content: new Hidden(`{"of":"${state}"}`) });
    await tampered(url, `UPDATE gw_oauth_states SET ${sql(b)}`);
    expect(await store.takeState('state')).toBeNull();
    expect((await store.takeState('other'))?.content.reveal()).toBe('{"of":"other"}');
  });

  test('a value that is no sealed text does not keep the store from opening', async () => {
    const url = await storeUrl(kind);
    const store = await openedStore(url);
    const [a, b] = [await planted(store, 'A'), await planted(store, 'B')];
    await tampered(url, `UPDATE gw_grants SET variables = 'nothing sealed' WHERE id = '${b}'`);
    const again = await openedStore(url);
    expect(await usable(again, b)).toEqual(UNREADABLE);
    expect(await usable(again, a)).toEqual([secretOf('A').reveal(), { variable: 'planted variable A' }]);
  });

  test('a dump has no secret, state or token in it', async () => {
    const url = await storeUrl(kind);
    const store = await openedStore(url);
    const id = await planted(store, 'A');
    const [state, token] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')];
    await store.putState(state, { grant_id: id, content: new Hidden('{"verifier":"planted verifier"}') });
    await store.putSession(token, id);
    await store.addEvent({
      grant_id: id,
      connection: 'stripe',
      type: 'connect_started',
      actor: 'ops',
      idp_host: null,
      detail: null,
    });
    const dump = await dumped(url);
    for (const shown of [
      id,
      'stripe',
      'connect_started',
      '0001-grants.sql',
      createHash('sha256').update(token).digest('hex'),
    ])
      expect(dump).toContain(shown);
    for (const secret of ['planted', state, token])
      for (const form of [
        secret,
        Buffer.from(secret).toString('hex'),
        Buffer.from(secret).toString('base64').slice(0, -4),
        encodeURIComponent(secret),
      ])
        expect(dump).not.toContain(form);
  });

  test('the wrong key at the start says what it cannot open, and touches nothing', async () => {
    const url = await storeUrl(kind);
    const store = await openedStore(url, { keys: testKeys(1) });
    const id = await planted(store, 'A');
    await store.putState('state', { grant_id: id, content: new Hidden('{}') });
    const second = await openedStore(url, { keys: testKeys(2, 1) });
    await planted(second, 'B');
    const before = await dumped(url);
    const [one, two] = [testKeys(1).first.id, testKeys(2).first.id];
    const opened = (keys: SealingKeys): Promise<GrantStore> =>
      openStore(new Hidden(url), { keys, keyMade: () => {} });
    await expect(opened(testKeys(3))).rejects.toThrow(
      expect.objectContaining({
        name: 'StoreKeyError',
        message: expect.stringMatching(
          new RegExp(
            `(?=.*3 sealed with the key ${one})(?=.*2 sealed with the key ${two}).*given: ${testKeys(3).first.id}$`,
          ),
        ),
      }),
    );
    await expect(opened(testKeys(2))).rejects.toThrow(
      `cannot be opened: 3 sealed with the key ${one}; keys given: ${two}`,
    );
    expect(await dumped(url)).toBe(before);
  });

  test('a value under a key that came later is no reason to use another grant', async () => {
    const url = await storeUrl(kind);
    const store = await openedStore(url, { keys: testKeys(1) });
    const newer = await openedStore(url, { keys: testKeys(2, 1) });
    const id = await planted(newer, 'A');
    await expect(store.get(id)).rejects.toThrow(`the key ${testKeys(2).first.id}, which was not given`);
    await expect(store.forAccount('stripe', 'acme')).rejects.toThrow(
      expect.objectContaining({ name: 'StoreUnavailable' }),
    );
  });

  test('everything is sealed again with the first key, from where it was broken off, while others write', async () => {
    const url = await storeUrl(kind);
    const old = await openedStore(url, { keys: testKeys(1) });
    const ids: string[] = [];
    for (let at = 0; at < 130; at += 1) ids.push(await planted(old, `grant ${at}`));
    const [first = '', broken = ''] = ids;
    await old.putState('state', { grant_id: first, content: new Hidden('{"verifier":1}') });
    await tampered(url, `UPDATE gw_grants SET credential = variables WHERE id = '${broken}'`);
    const both = await openedStore(url, { keys: testKeys(2, 1) });
    await expect(
      both.reseal((count) => {
        if (count === 50) throw new Error('broken off');
      }),
    ).rejects.toThrow('broken off');
    expect((await both.keysInUse()).get(testKeys(2).first.id)).toBe(50);
    // Who holds a revision from before may still write, and what was written meanwhile stays.
    const writers = ids
      .slice(-20)
      .map(async (id) => both.update(id, 1, { credential: secretOf('written meanwhile') }));
    const [resealed] = await Promise.all([both.reseal(() => {}), ...writers]);
    expect(resealed.unreadable).toEqual([`grants/${broken}/credential`]);
    expect(await both.keysInUse()).toEqual(
      new Map([
        [testKeys(2).first.id, 260],
        [testKeys(1).first.id, 1],
      ]),
    );
    expect(await both.reseal(() => {})).toEqual({ ...resealed, count: 0 });
    await both.delete(broken);
    const now = await openedStore(url, { keys: testKeys(2) });
    for (const [at, id] of ids.entries()) {
      if (id === broken) continue;
      const name = at >= 110 ? 'written meanwhile' : `grant ${at}`;
      expect(await usable(now, id)).toEqual([
        secretOf(name).reveal(),
        { variable: `planted variable grant ${at}` },
      ]);
      expect((await now.get(id))?.revision).toBe(at >= 110 ? 2 : 1);
    }
    expect((await now.takeState('state'))?.content.reveal()).toBe('{"verifier":1}');
  });
});
