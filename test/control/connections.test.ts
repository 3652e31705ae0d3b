import { expect, test } from 'vitest';
import { controlGateway } from '../support/control-gateway.ts';
import type { CallerName, ControlGateway, ControlReply } from '../support/control-gateway.ts';

// What the control API answers, and to whom.

const CONNECTIONS = `connections:
  declared: { base_url: "http://127.0.0.1:1", auth_mode: bearer, credential: "\${env:VENDOR_KEY}" }
  keyed: { base_url: "http://127.0.0.1:1", auth_mode: api_key, grants: true }
  paired: { base_url: "http://127.0.0.1:1", auth_mode: basic, grants: true }
  consent:
    base_url: http://127.0.0.1:1
    auth_mode: oauth2_authorization_code
    oauth2_authorization_url: http://127.0.0.1:1/auth
    oauth2_token_url: http://127.0.0.1:1/token
    oauth2_client_id: id
    oauth2_client_secret: "\${env:VENDOR_KEY}"
    grants: true
  common:
    base_url: http://127.0.0.1:1
    auth_mode: oauth2_authorization_code
    oauth2_authorization_url: http://127.0.0.1:1/auth
    oauth2_token_url: http://127.0.0.1:1/token
    oauth2_client_id: id
    oauth2_client_secret: "\${env:VENDOR_KEY}"
`;

function gateway(more = ''): Promise<ControlGateway> {
  return controlGateway(() => CONNECTIONS, { environment: { VENDOR_KEY: 'vendor-secret-1' }, gateway: more });
}

const UUID = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);

function apps({ json }: ControlReply): unknown[] {
  return (json['connections'] as { app: string }[]).map(({ app }) => app);
}

test('a grant has the documented shape from creation to deletion', async () => {
  const { call, control } = await gateway();
  const created = await call('one', 'POST /connections', { app: 'keyed' });
  const shape = {
    connection_id: UUID,
    status: 'PENDING',
    creation_time: TIME,
    last_updated_time: TIME,
    app: 'keyed',
    method: 'API_KEY',
    metadata: {},
  };
  const token = /^[\w-]{43}\.[\w-]+$/;
  const url = expect.stringMatching(new RegExp(`^${control}/connect\\?session_token=${token.source.slice(1)}`));
  expect(created).toMatchObject({ status: 201, json: { ...shape, url } });
  const { connection_id: id, ...members } = created.json as Record<string, string>;
  expect(created.json['connection']).toEqual({ ...shape, url: created.json['url'] });
  expect(created.headers.get('location')).toBe(`/connections/${id}`);
  expect(created.headers.get('cache-control')).toBe('no-store');
  // The link is kept as a digest: it is given once.
  const shown = { ...shape, connection_id: id, creation_time: members['creation_time'], url: null };
  expect(await call('one', `GET /connections/${id}`)).toMatchObject({ status: 200, json: { connection: shown } });
  expect((await call('one', 'GET /connections?app=keyed')).json).toEqual({ connections: [shown] });
  const again = await call('one', `POST /connections/${id}/reconnect`);
  expect(again).toMatchObject({ status: 200, json: { connection: { ...shape, connection_id: id, url } } });
  expect((again.json['connection'] as { url: string }).url).not.toBe(created.json['url']);
  expect(await call('one', `DELETE /connections/${id}`)).toMatchObject({
    status: 200,
    json: { connection_id: id, deleted: true },
  });
  expect(await call('one', `GET /connections/${id}`)).toMatchObject({ status: 404, json: { code: 'grant_unknown' } });
  expect((await call('one', 'GET /connections?app=keyed')).json).toEqual({ connections: [] });
});

test('a link of before, of a deleted grant or that nobody gave out opens nothing', async () => {
  const { call, link, control } = await gateway();
  const first = await link('one', 'keyed');
  const second = await call('one', `POST /connections/${first.id}/reconnect`);
  const { url } = second.json['connection'] as { url: string };
  const status = async (at: string): Promise<number> => (await fetch(at)).status;
  expect(await status(first.url)).toBe(404);
  expect(await status(url)).toBe(200);
  await call('one', `DELETE /connections/${first.id}`);
  expect(await status(url)).toBe(404);
  expect(await status(`${control}/connect?session_token=x`)).toBe(404);
  expect(await status(`${control}/connect`)).toBe(404);
});

test('declared connections have a stable id, tell admins where they are written, and stay', async () => {
  const { call, reload } = await gateway();
  const find = async (caller: CallerName): Promise<Record<string, unknown>> => {
    const { json } = await call(caller, 'GET /connections?app=declared');
    return (json['connections'] as Record<string, unknown>[])[0] ?? {};
  };
  const seen = await find('user');
  const id = seen['connection_id'];
  expect(seen).toEqual({
    connection_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    status: 'ACTIVE',
    creation_time: TIME,
    last_updated_time: TIME,
    url: null,
    app: 'declared',
    method: 'API_KEY',
    metadata: { source: 'declared' },
  });
  expect(await find('admin')).toMatchObject({
    connection_id: id,
    metadata: { source: 'gateway.d/20-connections.yaml:2' },
  });
  expect(await call('user', `GET /connections/${id}`)).toMatchObject({ status: 200, json: { connection: { app: 'declared' } } });
  expect(await call('user', `GET /connections/${id}/events`)).toMatchObject({ status: 200, json: { events: [] } });
  for (const line of [`DELETE /connections/${id}`, `POST /connections/${id}/reconnect`])
    expect(await call('admin', line)).toMatchObject({ status: 409, json: { code: 'conflict' } });
  // Of another line, the same name has the same id.
  await reload(CONNECTIONS.replace('connections:\n', 'connections:\n\n'));
  expect(await find('admin')).toMatchObject({ connection_id: id, metadata: { source: 'gateway.d/20-connections.yaml:3' } });
});

test('two accounts see their own grants, and what is shared; personas take connections away', async () => {
  const { call, link } = await gateway();
  const one = await link('one', 'keyed');
  const two = await link('two', 'keyed');
  const shared = await call('admin', 'POST /connections', { app: 'keyed', shared: true });
  const idsOf = async (caller: CallerName): Promise<unknown> => {
    const { json } = await call(caller, 'GET /connections?app=keyed');
    return new Set((json['connections'] as { connection_id: string }[]).map(({ connection_id }) => connection_id));
  };
  const sharedId = shared.json['connection_id'];
  expect(await idsOf('one')).toEqual(new Set([one.id, sharedId]));
  expect(await idsOf('user')).toEqual(new Set([one.id, sharedId]));
  expect(await idsOf('two')).toEqual(new Set([two.id, sharedId]));
  expect(await idsOf('narrow')).toEqual(new Set());
  expect(await idsOf('admin')).toEqual(new Set([sharedId]));
  expect(apps(await call('narrow', 'GET /connections'))).toEqual(['plain']);
  expect(apps(await call('user', 'GET /connections'))).toEqual(['declared', 'plain', 'keyed', 'keyed']);
  expect((await call('user', `GET /connections/${String(sharedId)}`)).json).toMatchObject({
    connection: { metadata: { source: 'shared' } },
  });
  // Another account's is as unknown as one that is not there, whatever is asked of it.
  const steps = ['GET /connections/ID', 'DELETE /connections/ID', 'POST /connections/ID/reconnect', 'POST /connections/ID/verify', 'GET /connections/ID/events'];
  const bodies = new Set<string>();
  for (const line of steps) {
    for (const [caller, id] of [['two', one.id], ['narrow', two.id], ['admin', one.id], ['one', '00000000-0000-4000-8000-000000000000'], ['one', 'x']] as const) {
      const { status, json } = await call(caller, line.replace('ID', id));
      bodies.add(`${status} ${JSON.stringify(json)}`);
    }
  }
  expect([...bodies]).toEqual([expect.stringMatching(/^404 .*"grant_unknown"/)]);
});

type Row = [title: string, caller: CallerName | null, line: string, body: unknown, expected: string];

const JSON_LONG = JSON.stringify({ app: 'x'.repeat(70_000) });

/** Everything that is refused, and how: status, code and a part of the text. */
const REFUSED: Row[] = [
  ['no key', null, 'GET /connections', undefined, '401 caller_unauthenticated'],
  ['no key, admin', null, 'GET /api/v1/admin/connections', undefined, '401 caller_unauthenticated'],
  ['no key, creating', null, 'POST /connections', { app: 'keyed' }, '401 caller_unauthenticated'],
  ['not an admin', 'one', 'GET /api/v1/admin/connections', undefined, '403 forbidden'],
  ['not an admin, health', 'one', 'GET /api/v1/admin/connections/oauth-health', undefined, '403 forbidden'],
  ['not an admin, deleting', 'one', 'DELETE /api/v1/admin/connections/GRANT', undefined, '403 forbidden'],
  ['unknown path', 'one', 'GET /connection', undefined, '404 route_unknown'],
  ['unknown path behind an id', 'one', 'GET /connections/GRANT/x', undefined, '404 route_unknown'],
  ['a slash at the end', 'one', 'GET /connections/', undefined, '404 route_unknown'],
  ['unknown admin id', 'admin', 'GET /api/v1/admin/connections/x', undefined, '404 grant_unknown'],
  ['no body', 'one', 'POST /connections', undefined, '400 input_invalid "app" has to be a string'],
  ['no app', 'one', 'POST /connections', {}, '400 input_invalid "app" has to be a string'],
  ['app of another type', 'one', 'POST /connections', { app: 1 }, '400 input_invalid "app" has to be a string'],
  ['null for app', 'one', 'POST /connections', { app: null }, '400 input_invalid "app" has to be a string'],
  ['unknown members', 'one', 'POST /connections', { app: 'keyed', metod: 'x', __proto: 1 }, '400 input_invalid "metod" is not a member of it: app, method, shared; "__proto"'],
  ['not JSON', 'one', 'POST /connections', '{', '400 input_invalid the body is not a JSON object'],
  ['what follows JSON', 'one', 'POST /connections', '{"app":"keyed"} x', '400 input_invalid the body is not a JSON object'],
  ['a list', 'one', 'POST /connections', [], '400 input_invalid the body is not a JSON object'],
  ['a long body', 'one', 'POST /connections', JSON_LONG, '413 body_too_large'],
  ['a body where none is taken', 'one', 'POST /connections/GRANT/reconnect', { app: 'keyed' }, '400 input_invalid "app" is not a member of it: it has none'],
  ['unknown app', 'one', 'POST /connections', { app: 'none' }, '404 route_unknown'],
  ['a connection of no persona', 'narrow', 'POST /connections', { app: 'keyed' }, '403 forbidden'],
  ['no manager', 'user', 'POST /connections', { app: 'keyed' }, "403 forbidden your personas use the account's grants and do not manage them"],
  ['no manager, deleting', 'user', 'DELETE /connections/GRANT', undefined, '403 forbidden'],
  ['no manager, reconnecting', 'user', 'POST /connections/GRANT/reconnect', undefined, '403 forbidden'],
  ['shared, no admin', 'one', 'POST /connections', { app: 'keyed', shared: true }, '403 forbidden all accounts share it'],
  ['shared by its nature, no admin', 'one', 'POST /connections', { app: 'common' }, '403 forbidden all accounts share it'],
  ['not shared where it must be', 'admin', 'POST /connections', { app: 'common', shared: false }, '400 input_invalid common has one grant'],
  ['another method', 'one', 'POST /connections', { app: 'keyed', method: 'OAUTH2' }, '400 input_invalid keyed is connected by method API_KEY'],
  ['declared', 'one', 'POST /connections', { app: 'declared' }, '400 input_invalid declared has its credential declared'],
  ['without authentication', 'admin', 'POST /connections', { app: 'plain' }, '400 input_invalid plain has its credential declared'],
  ['verify without a way to', 'one', 'POST /connections/GRANT/verify', undefined, '409 conflict no request is known'],
  ['unknown parameter', 'one', 'GET /connections?ap=x', undefined, '400 input_invalid "ap" is not a parameter of it'],
  ['a parameter twice', 'one', 'GET /connections?app=a&app=b', undefined, '400 input_invalid "app" stands more than once'],
  ['unknown status', 'one', 'GET /connections?status=active', undefined, '400 input_invalid status is one of PENDING'],
  ['unknown method', 'one', 'GET /connections?method=KEY', undefined, '400 input_invalid method is one of API_KEY'],
  ['limit 0', 'one', 'GET /connections?limit=0', undefined, '400 input_invalid limit is a number'],
  ['limit 1001', 'one', 'GET /connections?limit=1001', undefined, '400 input_invalid limit is a number'],
  ['a made up token', 'one', 'GET /connections?next_token=x', undefined, '400 input_invalid next_token is not one'],
  ['account, no admin', 'one', 'GET /connections?account=two', undefined, '400 input_invalid "account" is not a parameter'],
  ['refresh of a key', 'admin', 'POST /api/v1/admin/connections/GRANT/reacquire-oauth', undefined, '409 conflict'],
];

test('everything else is refused by name', async () => {
  const { call, link } = await gateway();
  const { id } = await link('one', 'keyed');
  for (const [title, caller, line, body, expected] of REFUSED) {
    const { status, headers, json } = await call(caller, line.replace('GRANT', id), body);
    const code = String(json['code']);
    expect(`${title}: ${status} ${code} ${String(json['detail'])}`).toContain(`${title}: ${expected}`);
    expect(headers.get('gateway-error')).toBe(code);
    expect(headers.get('content-type')).toBe('application/problem+json');
  }
});

const METHODS: [line: string, allow: string][] = [
  ['PUT /connections', 'GET, HEAD, POST'],
  ['POST /connections/x', 'GET, HEAD, DELETE'],
  ['GET /connections/x/reconnect', 'POST'],
  ['OPTIONS /connections/x/verify', 'POST'],
  ['DELETE /connections/x/events', 'GET, HEAD'],
  ['DELETE /connect', 'GET, HEAD, POST'],
  ['POST /api/v1/admin/oauth/callback', 'GET, HEAD'],
  ['POST /api/v1/admin/connections', 'GET, HEAD'],
  ['PATCH /api/v1/admin/connections/x', 'GET, HEAD, DELETE'],
  ['GET /api/v1/admin/connections/x/reacquire-oauth', 'POST'],
];

test('other methods are told which there are', async () => {
  const { call } = await gateway();
  for (const [line, allow] of METHODS) {
    const { status, headers } = await call('admin', line);
    expect(`${line}: ${status} ${headers.get('allow')}`).toBe(`${line}: 405 ${allow}`);
  }
});

test('a connection that all share has one grant, which admins make and everybody sees', async () => {
  const { call } = await gateway();
  const { status, json } = await call('admin', 'POST /connections', { app: 'common' });
  expect(status).toBe(201);
  expect(json).toMatchObject({ app: 'common', method: 'OAUTH2', metadata: { source: 'shared' } });
  const id = String(json['connection_id']);
  expect(await call('admin', 'POST /connections', { app: 'common' })).toMatchObject({
    status: 409,
    json: { detail: expect.stringContaining(`/connections/${id}/reconnect`) },
  });
  expect(apps(await call('two', 'GET /connections?app=common'))).toEqual(['common']);
  for (const line of [`DELETE /connections/${id}`, `POST /connections/${id}/reconnect`])
    expect(await call('two', line)).toMatchObject({ status: 403, json: { code: 'forbidden' } });
  expect((await call('admin', `DELETE /connections/${id}`)).status).toBe(200);
});

test('lists go on where they ended, whatever is made in between', async () => {
  const { call, link } = await gateway();
  const ids: string[] = [];
  for (const app of ['keyed', 'paired', 'consent', 'keyed', 'keyed']) ids.push((await link('one', app)).id);
  const seen: string[] = [];
  let next: string | undefined;
  let pages = 0;
  do {
    const { json } = await call('one', `GET /connections?limit=2${next === undefined ? '' : `&next_token=${next}`}`);
    seen.push(...(json['connections'] as { connection_id: string }[]).map(({ connection_id }) => connection_id));
    next = json['next_token'] as string | undefined;
    pages += 1;
    // Of another account.
    if (pages === 2) await link('two', 'keyed');
  } while (next !== undefined);
  expect(pages).toBe(4);
  expect(seen.slice(2).toSorted()).toEqual(ids.toSorted());
  const whole = (await call('one', 'GET /connections')).json['connections'] as { connection_id: string }[];
  expect(seen).toEqual(whole.map(({ connection_id }) => connection_id));
  expect(apps(await call('one', 'GET /connections?limit=2'))).toEqual(['declared', 'plain']);
  expect(apps(await call('one', 'GET /connections?method=OAUTH2'))).toEqual(['consent']);
  expect(apps(await call('one', 'GET /connections?status=PENDING&method=BASIC'))).toEqual(['paired']);
  expect(apps(await call('one', 'GET /connections?status=ACTIVE'))).toEqual(['declared', 'plain']);
  expect(apps(await call('one', 'GET /connections?app=nothing'))).toEqual([]);
});

test('admins see the grants of all accounts on paths of their own', async () => {
  const { call, link } = await gateway();
  const one = await link('one', 'keyed');
  await link('two', 'consent');
  await call('admin', 'POST /connections', { app: 'keyed', shared: true });
  const accounts = async (query: string): Promise<unknown[]> => {
    const { json } = await call('admin', `GET /api/v1/admin/connections?${query}`);
    return (json['connections'] as Record<string, unknown>[])
      .map(({ app, account }) => `${String(app)} ${String(account)}`)
      .toSorted();
  };
  expect(await accounts('')).toEqual(['consent two', 'declared undefined', 'keyed null', 'keyed one', 'plain undefined']);
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
      expect.objectContaining({ app: 'consent', account: 'two', status: 'PENDING', needs_reauth: true, token_acquired: false }),
      expect.objectContaining({ app: 'common', account: null, connection_id: null, needs_reauth: true }),
    ],
  });
  expect((await call('admin', `DELETE ${path}`)).status).toBe(200);
  expect((await call('one', `GET /connections/${one.id}`)).status).toBe(404);
  // What happened outlives it.
  expect((await call('admin', `GET ${path}/auth-events`)).status).toBe(404);
});

test('the limit of the account counts what is asked here', async () => {
  const { call } = await controlGateway(() => CONNECTIONS, {
    environment: { VENDOR_KEY: 'vendor-secret-1' },
    gateway: '',
    rateLimit: '{ requests_per_second: 1, burst: 2 }',
  });
  const statuses = [];
  for (let count = 0; count < 3; count += 1) statuses.push((await call('one', 'GET /connections')).status);
  expect(statuses).toEqual([200, 200, 429]);
  expect((await call('two', 'GET /connections')).status).toBe(200);
  expect((await call('user', 'GET /connections')).headers.get('retry-after')).toBe('1');
});

test('an account has at most 100 grants of a connection', async () => {
  const { call } = await gateway();
  for (let count = 0; count < 100; count += 1) await call('one', 'POST /connections', { app: 'keyed' });
  expect(await call('one', 'POST /connections', { app: 'keyed' })).toMatchObject({ status: 409, json: { code: 'conflict' } });
  expect((await call('two', 'POST /connections', { app: 'keyed' })).status).toBe(201);
});

test('HEAD has the headers of GET alone', async () => {
  const { call } = await gateway();
  const { status, headers, json } = await call('one', 'HEAD /connections');
  expect({ status, json, type: headers.get('content-type') }).toEqual({ status: 200, json: {}, type: 'application/json' });
});
