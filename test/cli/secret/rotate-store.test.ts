import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { Hidden } from '../../../runtime/hidden.ts';
import type { GrantStore } from '../../../runtime/grants/store/grant-store.ts';
import { folderOf } from '../../support/folder.ts';
import { gw, startGw } from '../../support/gw-process.ts';
import { simpleFolder } from '../../support/simple-folder.ts';
import { storeProcess } from '../../support/store-process.ts';
import { ABSENT, keyTexts, openedStore, STORES, storeUrl, testKeys } from '../../support/stores.ts';
import { dumped, fileDigest, tampered } from '../../support/tampered.ts';

const [OLD, NEW] = [testKeys(1).first.id, testKeys(2).first.id];
const BOTH = { GW_ENCRYPTION_KEY: keyTexts(2, 1) };

async function planted(store: GrantStore, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const { id } = await store.create({
      connection: 'stripe',
      account: 'acme',
      method: 'API_KEY',
      status: 'ACTIVE',
      credential: new Hidden({ kind: 'key', secret: `secret ${at}` }),
      variables: new Hidden({ variable: `variable ${at}` }),
    });
    ids.push(id);
  }
  return ids;
}

async function secretsOf(store: GrantStore, ids: readonly string[]): Promise<unknown[]> {
  const grants = await Promise.all(ids.map((id) => store.get(id)));
  return grants.map((grant) => [grant?.status, grant?.credential?.reveal(), grant?.variables.reveal()]);
}

const expectedSecrets = (count: number): unknown[] =>
  Array.from({ length: count }, (_, at) => [
    'ACTIVE',
    { kind: 'key', secret: `secret ${at}` },
    { variable: `variable ${at}` },
  ]);

describe.each(STORES)('%s', (_name, kind, present) => {
  beforeEach(({ skip }) => skip(!present, ABSENT));

  test('everything is sealed again, and the last line says which key may go', async () => {
    const url = await storeUrl(kind);
    const store = await openedStore(url);
    const ids = await planted(store, 3);
    await store.putState('state', { grant_id: ids[0] ?? '', content: new Hidden('{}') });
    expect(await gw(['secret', 'rotate', '--store', url], { env: BOTH })).toEqual({
      code: 0,
      stdout: `sealed 7 values again with the key ${NEW}; keys in use: ${NEW} (7 values); not in use any more: ${OLD}\n`,
      stderr: '',
    });
    const now = await openedStore(url, { keys: testKeys(2) });
    expect(await secretsOf(now, ids)).toEqual(expectedSecrets(3));
    expect(await gw(['secret', 'rotate', '--store', url], { env: BOTH })).toMatchObject({
      code: 0,
      stdout: `sealed 0 values again with the key ${NEW}; keys in use: ${NEW} (7 values); not in use any more: ${OLD}\n`,
    });
  });

  test('killed in the middle, it goes on where it was', async () => {
    const count = 600;
    const url = await storeUrl(kind);
    const store = await openedStore(url);
    const ids = await planted(store, count);
    const killed = startGw(['secret', 'rotate', '--store', url], { env: BOTH });
    const run = { over: false };
    void killed.ended.then(() => (run.over = true));
    let done = 0;
    while (done < 10 && !run.over) done = (await store.keysInUse()).get(NEW) ?? 0;
    killed.signal('SIGKILL');
    expect(await killed.ended).toEqual({ code: null, signal: 'SIGKILL' });
    const inUse = await store.keysInUse();
    const [left = 0, sealed = 0] = [inUse.get(OLD), inUse.get(NEW)];
    expect([left > 0, sealed >= 10, left + sealed]).toEqual([true, true, 2 * count]);
    const both = await openedStore(url, { keys: testKeys(1, 2) });
    expect(await secretsOf(both, ids)).toEqual(expectedSecrets(count));
    const ran = await gw(['secret', 'rotate', '--store', url], { env: BOTH });
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    const [, again, rest] = /^sealed (\d+) values again with (.*)\n$/.exec(ran.stdout) ?? [];
    // A server may end the last statement of whoever was killed.
    expect([left, left - 1]).toContain(Number(again));
    expect(rest).toBe(
      `the key ${NEW}; keys in use: ${NEW} (${2 * count} values); not in use any more: ${OLD}`,
    );
    const now = await openedStore(url, { keys: testKeys(2) });
    expect(await secretsOf(now, ids)).toEqual(expectedSecrets(count));
  });

  test('others read and write meanwhile, and nothing is lost or refused', async () => {
    const url = await storeUrl(kind);
    const store = await openedStore(url);
    const ids = await planted(store, 300);
    const [id = ''] = ids;
    // Gateways get the new key before anything is sealed with it alone.
    const { child } = await storeProcess({ url, id, file: '', order: 'write', keys: [2, 1] });
    const ran = await gw(['secret', 'rotate', '--store', url], { env: BOTH });
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    const said = once(child, 'message') as Promise<[string]>;
    child.send('stop');
    const [wrote, read] = (await said)[0].split(' ').map(Number);
    const now = await openedStore(url, { keys: testKeys(2) });
    expect((await now.get(id))?.credential?.reveal()).toEqual({ kind: 'key', secret: `written ${wrote}` });
    expect(wrote).toBeGreaterThan(1);
    expect(read).toBe(wrote);
    expect((await secretsOf(now, ids)).slice(1)).toEqual(expectedSecrets(300).slice(1));
    expect([...(await now.keysInUse()).keys()]).toEqual([NEW]);
  });

  test('a wrong key says what it cannot open, and touches nothing', async () => {
    const url = await storeUrl(kind);
    const store = await openedStore(url);
    await planted(store, 2);
    await store.close();
    const before = [await dumped(url), fileDigest(url)];
    const wrong = testKeys(3).first.id;
    expect(
      await gw(['secret', 'rotate', '--store', url], { env: { GW_ENCRYPTION_KEY: keyTexts(3) } }),
    ).toEqual({
      code: 1,
      stdout: '',
      stderr: `gw secret rotate: the store of grants has values that cannot be opened: 4 sealed with the key ${OLD}; keys given: ${wrong}\n`,
    });
    expect([await dumped(url), fileDigest(url)]).toEqual(before);
  });

  test('what does not open is listed, and the rest is sealed again', async () => {
    const url = await storeUrl(kind);
    const store = await openedStore(url);
    const [moved = '', spoilt = '', fine = ''] = await planted(store, 3);
    await tampered(
      url,
      `UPDATE gw_grants SET credential = variables WHERE id = '${moved}'`,
      `UPDATE gw_grants SET variables = 'nothing sealed' WHERE id = '${spoilt}'`,
    );
    const ran = await gw(['secret', 'rotate', '--store', url], { env: BOTH });
    expect([ran.code, ran.stdout]).toEqual([
      1,
      `sealed 4 values again with the key ${NEW}; keys in use: ${NEW} (4 values), ${OLD} (1 value)\n`,
    ]);
    const why = 'does not open: it was changed, or brought from elsewhere; it stays as it is';
    expect(ran.stderr.trimEnd().split('\n')).toEqual([
      `gw secret rotate: grants/${moved}/credential ${why}`,
      `gw secret rotate: grants/${spoilt}/variables ${why}`,
    ]);
    const now = await openedStore(url, { keys: testKeys(2, 1) });
    expect(await now.get(spoilt)).toMatchObject({ status: 'FAILED', reason: 'credential_unreadable' });
    expect(await secretsOf(now, [fine])).toEqual(expectedSecrets(3).slice(2));
  });
});

test('the store is that of the table, with its references', async () => {
  const url = await storeUrl('sqlite');
  await planted(await openedStore(url), 1);
  const folder = folderOf({
    ...simpleFolder('https://api.vendor.example'),
    'gateway.d/05-store.yaml': 'gateway: { store: "sqlite:${env:STATE}/gw.db" }\n',
  });
  expect(await gw(['compile'], { cwd: folder })).toMatchObject({ code: 0 });
  const STATE = url.slice('sqlite:'.length, -'/gw.db'.length);
  const ran = await gw(['secret', 'rotate'], { cwd: folder, env: { ...BOTH, STATE } });
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  expect(ran.stdout).toMatch(/^sealed 2 values again/);
  expect(await gw(['secret', 'rotate'], { cwd: folder, env: BOTH })).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'gw: ${env:STATE} of the store (gateway.d/05-store.yaml:1:12): the environment variable is not set\n',
  });
});

test('the key of an embedded store is replaced by one of the environment', async () => {
  const folder = folderOf();
  const url = `sqlite:${join(folder, 'gw.db')}`;
  const ids = await planted(await openedStore(url, { keys: null }), 2);
  const env = { GW_ENCRYPTION_KEY: `${keyTexts(2)},file:${join(folder, 'gw.db.key')}` };
  const ran = await gw(['secret', 'rotate', '--store', url], { env });
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  expect(await secretsOf(await openedStore(url, { keys: testKeys(2) }), ids)).toEqual(expectedSecrets(2));
});

const USAGE: readonly [parameters: readonly string[], told: string][] = [
  [['--store', 'sqlite:nowhere/gw.db'], 'there is no store at nowhere/gw.db'],
  [['--table', 'nowhere'], 'there is no table in nowhere: run gw compile, or name the store with --store'],
  [
    ['--store', 'mysql://a'],
    '--store takes `sqlite:PATH` or postgres://…, references such as ${env:NAME} in it',
  ],
  [
    ['--store', '${env:NO'],
    '--store takes `sqlite:PATH` or postgres://…, references such as ${env:NAME} in it',
  ],
  [
    ['--store', 'postgres://gw:planted@127.0.0.1/gw'],
    'a password on the command line is no secret: write ${env:NAME} in its place',
  ],
  [
    ['--store', 'postgres://gw:${env:NOT_SET}@127.0.0.1/gw'],
    '${env:NOT_SET} of the store (--store): the environment variable is not set',
  ],
  [['--store', 'postgres://gw@127.0.0.1:1/gw'], 'the store is unavailable (ECONNREFUSED)'],
];

test.each(USAGE)('wrong usage %j', async (parameters, told) => {
  const folder = folderOf();
  const ran = await gw(['secret', 'rotate', ...parameters], { cwd: folder, env: BOTH });
  expect(ran).toEqual({ code: 2, stdout: '', stderr: `gw: ${told}\n` });
  expect(existsSync(join(folder, 'nowhere'))).toBe(false);
});

test('PostgreSQL needs a key', async () => {
  const ran = await gw(['secret', 'rotate', '--store', 'postgres://gw@127.0.0.1:1/gw']);
  expect(ran).toMatchObject({ code: 1, stdout: '' });
  expect(ran.stderr).toMatch(/^gw secret rotate: a store in PostgreSQL needs a key/);
});
