import { beforeEach, describe, expect, test } from 'vitest';
import { Hidden } from '../../runtime/hidden.ts';
import { mockServer, PLAIN_SECRET } from '../support/authorization-servers.ts';
import { newBrowser } from '../support/browser.ts';
import { folderOf } from '../support/folder.ts';
import { FREE_PORTS, gw } from '../support/gw-process.ts';
import { mortalGateway } from '../support/mortal-gateway.ts';
import type { MortalGateway } from '../support/mortal-gateway.ts';
import { OK, rawUpstream } from '../support/raw-upstream.ts';
import { dumped, fileDigest } from '../support/tampered.ts';
import { ABSENT, keyTexts, openedStore, STORES, storeUrl, testKeys } from '../support/stores.ts';

// The key is replaced while a gateway uses, refreshes, makes and deletes grants.

const GRANTS = 150;

async function planted(url: string): Promise<string[]> {
  const store = await openedStore(url);
  const ids: string[] = [];
  for (let at = 0; at < GRANTS; at += 1) {
    const { id } = await store.create({
      connection: 'keyed',
      account: 'me',
      method: 'API_KEY',
      status: 'ACTIVE',
      credential: new Hidden({ kind: 'key', secret: `key-${at}` }),
    });
    ids.push(id);
  }
  return ids;
}

async function connectNotes(gateway: MortalGateway): Promise<string> {
  const created = await gateway.ask('POST /connections', { app: 'notes' });
  const browser = newBrowser();
  const page = await browser.submit(await browser.open(String(created['url'])));
  expect(page.title).toBe('notes is connected');
  return String(created['connection_id']);
}

describe.each(STORES)('%s', (_name, kind, present) => {
  beforeEach(({ skip }) => skip(!present, ABSENT));

  test('no request fails and nothing is lost while everything is sealed again', async () => {
    const url = await storeUrl(kind);
    const ids = await planted(url);
    const upstream = await rawUpstream(OK);
    const { origin } = await mockServer();
    const gateway = await mortalGateway({
      store: url,
      environment: { IDP_SECRET: PLAIN_SECRET, GW_ENCRYPTION_KEY: keyTexts(2, 1) },
      connections: () => `connections:
  keyed: { base_url: "${upstream.origin}", auth_mode: api_key, grants: true }
  notes:
    base_url: ${upstream.origin}
    auth_mode: oauth2_authorization_code
    oauth2_authorization_url: ${origin}/authorize
    oauth2_token_url: ${origin}/token
    oauth2_client_id: me
    oauth2_client_secret: "\${env:IDP_SECRET}"
    grants: true
`,
    });
    const notes = await connectNotes(gateway);
    const use = async (at: number): Promise<void> => {
      const { status } = await gateway.get(`/keyed/${at}`, { 'gateway-connection': ids[at] ?? '' });
      const { head = '' } = upstream.requests.findLast((one) => one.head.includes(`/${at} `)) ?? {};
      expect([status, /^x-api-key: (.*)\r$/im.exec(head)?.[1]]).toEqual([200, `key-${at}`]);
    };
    const refresh = async (): Promise<void> => {
      const { token_acquired } = await gateway.ask(
        `POST /api/v1/admin/connections/${notes}/reacquire-oauth`,
        {},
      );
      expect(token_acquired).toBe(true);
    };
    const run = { over: false };
    const rotating = gw(['secret', 'rotate', '--store', url], {
      env: { GW_ENCRYPTION_KEY: keyTexts(2, 1) },
    }).finally(() => (run.over = true));
    const meanwhile = async (work: (round: number) => Promise<unknown>): Promise<number> => {
      let rounds = 0;
      for (; !run.over; rounds += 1) await work(rounds);
      return rounds;
    };
    // Apart from each other: who writes waits for whoever else does, who reads for nobody.
    const [rounds] = await Promise.all([
      meanwhile((round) => use(round % GRANTS)),
      meanwhile(async () => {
        await refresh();
        const { connection_id } = await gateway.ask('POST /connections', { app: 'notes' });
        await gateway.ask(`DELETE /connections/${String(connection_id)}`);
      }),
    ]);
    const rotated = await rotating;
    expect([rotated.code, rotated.stderr]).toEqual([0, '']);
    expect(rotated.stdout).toMatch(new RegExp(`not in use any more: ${testKeys(1).first.id}\n$`));
    expect(rounds).toBeGreaterThan(1);
    // The old key goes.
    await gateway.kill();
    await gateway.start({ GW_ENCRYPTION_KEY: keyTexts(2) });
    for (const at of ids.keys()) await use(at);
    await refresh();
    expect((await gateway.get('/notes/a')).status).toBe(200);
  });

  test('a gateway without the new key refuses what it cannot open, says which key it lacks, and works when it has it', async () => {
    const url = await storeUrl(kind);
    const [id = '', other = ''] = await planted(url);
    const upstream = await rawUpstream(OK);
    const gateway = await mortalGateway({
      store: url,
      connections: () =>
        `connections: { keyed: { base_url: "${upstream.origin}", auth_mode: api_key, grants: true } }\n`,
    });
    const use = (grant: string): Promise<Response> =>
      gateway.get('/keyed/a', { 'gateway-connection': grant });
    expect((await use(id)).status).toBe(200);
    const env = { GW_ENCRYPTION_KEY: keyTexts(2, 1) };
    expect((await gw(['secret', 'rotate', '--store', url], { env })).code).toBe(0);
    const lacking = testKeys(2).first.id;
    // What was read a moment ago is used for that moment, and no longer.
    while ((await use(id)).status === 200);
    for (const grant of [id, other]) {
      const refused = await use(grant);
      const { headers } = refused;
      expect([refused.status, headers.get('gateway-error'), headers.get('retry-after')]).toEqual([
        503,
        'store_unavailable',
        '10',
      ]);
    }
    for (const line of ['GET /connections', `GET /connections/${id}`])
      expect(await gateway.ask(line)).toMatchObject({ status: 503, code: 'store_unavailable' });
    await (
      await gateway.end()
    ).code;
    await gateway.kill();
    expect(gateway.log.filter(({ key_id, level }) => key_id === lacking && level === 50)).toHaveLength(1);
    expect(gateway.log.filter(({ msg }) => msg === 'internal error')).toEqual([]);
    await gateway.start({ GW_ENCRYPTION_KEY: keyTexts(1, 2) });
    expect((await use(id)).status).toBe(200);
  });

  test('a gateway with a wrong key does not start, says why, and touches nothing', async () => {
    const url = await storeUrl(kind);
    await planted(url);
    const before = [await dumped(url), fileDigest(url)];
    const folder = folderOf({
      'gateway.d/a.yaml': `gateway: { store: "${url}" }
connections: { keyed: { base_url: "http://127.0.0.1:1", auth_mode: api_key, grants: true } }
`,
    });
    expect(await gw(['compile'], { cwd: folder })).toMatchObject({ code: 0 });
    const env = { GW_ENCRYPTION_KEY: keyTexts(3) };
    const ran = await gw(['serve', ...FREE_PORTS], { cwd: folder, env });
    expect([ran.code, ran.stdout]).toEqual([1, '']);
    const [old, wrong] = [testKeys(1).first.id, testKeys(3).first.id];
    expect(ran.stderr).toContain(`${2 * GRANTS} sealed with the key ${old}; keys given: ${wrong}`);
    expect([await dumped(url), fileDigest(url)]).toEqual(before);
  });
});
