import { expect, test } from 'vitest';
import { appsOf, connectionsGateway } from '../support/connections-yaml.ts';
import type { CallerName } from '../support/control-gateway.ts';

// Who sees which connections.

test('two accounts see their own grants, and what is shared; personas take connections away', async () => {
  const { call, link } = await connectionsGateway();
  const one = await link('one', 'keyed');
  const two = await link('two', 'keyed');
  const shared = await call('admin', 'POST /connections', { app: 'keyed', shared: true });
  const idsOf = async (caller: CallerName): Promise<unknown> => {
    const { json } = await call(caller, 'GET /connections?app=keyed');
    return new Set(
      (json['connections'] as { connection_id: string }[]).map(({ connection_id }) => connection_id),
    );
  };
  const sharedId = shared.json['connection_id'];
  expect(await idsOf('one')).toEqual(new Set([one.id, sharedId]));
  expect(await idsOf('user')).toEqual(new Set([one.id, sharedId]));
  expect(await idsOf('two')).toEqual(new Set([two.id, sharedId]));
  expect(await idsOf('narrow')).toEqual(new Set());
  expect(await idsOf('admin')).toEqual(new Set([sharedId]));
  expect(appsOf(await call('narrow', 'GET /connections'))).toEqual(['plain']);
  expect(appsOf(await call('user', 'GET /connections'))).toEqual(['declared', 'plain', 'keyed', 'keyed']);
  expect((await call('user', `GET /connections/${String(sharedId)}`)).json).toMatchObject({
    connection: { metadata: { source: 'shared' } },
  });
  // Another account's is as unknown as one that is not there, whatever is asked of it.
  const steps = [
    'GET /connections/ID',
    'DELETE /connections/ID',
    'POST /connections/ID/reconnect',
    'POST /connections/ID/verify',
    'GET /connections/ID/events',
  ];
  const bodies = new Set<string>();
  for (const line of steps) {
    for (const [caller, id] of [
      ['two', one.id],
      ['narrow', two.id],
      ['admin', one.id],
      ['one', '00000000-0000-4000-8000-000000000000'],
      ['one', 'x'],
    ] as const) {
      const { status, json } = await call(caller, line.replace('ID', id));
      // But for the id that the log has it under.
      bodies.add(`${status} ${JSON.stringify({ ...json, request_id: null })}`);
    }
  }
  expect([...bodies]).toEqual([expect.stringMatching(/^404 .*"grant_unknown"/)]);
});

test('lists go on where they ended, whatever is made in between', async () => {
  const { call, link } = await connectionsGateway();
  const ids: string[] = [];
  for (const app of ['keyed', 'paired', 'consent', 'keyed', 'keyed']) ids.push((await link('one', app)).id);
  const seen: string[] = [];
  let next: string | undefined;
  let pages = 0;
  do {
    const { json } = await call(
      'one',
      `GET /connections?limit=2${next === undefined ? '' : `&next_token=${next}`}`,
    );
    seen.push(
      ...(json['connections'] as { connection_id: string }[]).map(({ connection_id }) => connection_id),
    );
    next = json['next_token'] as string | undefined;
    pages += 1;
    // Of another account.
    if (pages === 2) await link('two', 'keyed');
  } while (next !== undefined);
  expect(pages).toBe(4);
  expect(seen.slice(2).toSorted()).toEqual(ids.toSorted());
  const whole = (await call('one', 'GET /connections')).json['connections'] as { connection_id: string }[];
  expect(seen).toEqual(whole.map(({ connection_id }) => connection_id));
  expect(appsOf(await call('one', 'GET /connections?limit=2'))).toEqual(['declared', 'plain']);
  expect(appsOf(await call('one', 'GET /connections?method=OAUTH2'))).toEqual(['consent']);
  expect(appsOf(await call('one', 'GET /connections?status=PENDING&method=BASIC'))).toEqual(['paired']);
  expect(appsOf(await call('one', 'GET /connections?status=ACTIVE'))).toEqual(['declared', 'plain']);
  expect(appsOf(await call('one', 'GET /connections?app=nothing'))).toEqual([]);
});

test('admins see the grants of all accounts on paths of their own', async () => {
  const { call, link } = await connectionsGateway();
  const one = await link('one', 'keyed');
  await link('two', 'consent');
  await call('admin', 'POST /connections', { app: 'keyed', shared: true });
  const accounts = async (query: string): Promise<unknown[]> => {
    const { json } = await call('admin', `GET /api/v1/admin/connections?${query}`);
    return (json['connections'] as Record<string, unknown>[])
      .map(({ app, account }) => `${String(app)} ${String(account)}`)
      .toSorted();
  };
  expect(await accounts('')).toEqual([
    'consent two',
    'declared undefined',
    'keyed null',
    'keyed one',
    'plain undefined',
  ]);
  expect(await accounts('account=one')).toEqual(['keyed one']);
  expect(await accounts('shared=true')).toEqual(['keyed null']);
  expect(await accounts('app=consent')).toEqual(['consent two']);
  const path = `/api/v1/admin/connections/${one.id}`;
  expect(await call('admin', `GET ${path}`)).toMatchObject({
    status: 200,
    json: {
      connection: { connection_id: one.id, account: 'one', status: 'PENDING' },
      status: { configured: true, token_acquired: false, needs_reauth: true, authenticated_by: null },
    },
  });
  const again = await call('admin', `POST ${path}/reconnect`);
  const { url } = again.json['connection'] as { url: string };
  expect((await fetch(url)).status).toBe(200);
  expect((await call('admin', 'GET /api/v1/admin/connections/oauth-health')).json).toEqual({
    connections: [
      expect.objectContaining({
        app: 'consent',
        account: 'two',
        status: 'PENDING',
        needs_reauth: true,
        token_acquired: false,
      }),
      expect.objectContaining({ app: 'common', account: null, connection_id: null, needs_reauth: true }),
    ],
  });
  expect((await call('admin', `DELETE ${path}`)).status).toBe(200);
  expect((await call('one', `GET /connections/${one.id}`)).status).toBe(404);
  // What happened outlives it, for admins.
  expect(await call('admin', `GET ${path}/auth-events`)).toMatchObject({
    status: 200,
    json: { events: [{ event_type: 'grant_deleted', actor: 'admin' }] },
  });
  expect((await call('one', `GET /connections/${one.id}/events`)).status).toBe(404);
  expect((await call('admin', `GET ${path.replace(/.$/, 'x')}/auth-events`)).status).toBe(404);
});
