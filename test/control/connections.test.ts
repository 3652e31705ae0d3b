import { expect, test } from 'vitest';
import { newBrowser } from '../support/browser.ts';
import { appsOf, CONNECTIONS, connectionsGateway } from '../support/connections-yaml.ts';
import type { CallerName } from '../support/control-gateway.ts';
import { tampered } from '../support/tampered.ts';

// What the control API answers about one connection.

const UUID = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);

test('a grant has the documented shape from creation to deletion', async () => {
  const { call, control } = await connectionsGateway();
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
  const url = expect.stringMatching(
    new RegExp(`^${control}/connect\\?session_token=${token.source.slice(1)}`),
  );
  expect(created).toMatchObject({ status: 201, json: { ...shape, url } });
  const { connection_id: id, ...members } = created.json as Record<string, string>;
  expect(created.json['connection']).toEqual({ ...shape, url: created.json['url'] });
  expect(created.headers.get('location')).toBe(`/connections/${id}`);
  expect(created.headers.get('cache-control')).toBe('no-store');
  // The link is kept as a digest: it is given once.
  const shown = { ...shape, connection_id: id, creation_time: members['creation_time'], url: null };
  expect(await call('one', `GET /connections/${id}`)).toMatchObject({
    status: 200,
    json: { connection: shown },
  });
  expect((await call('one', 'GET /connections?app=keyed')).json).toEqual({ connections: [shown] });
  const again = await call('one', `POST /connections/${id}/reconnect`);
  expect(again).toMatchObject({ status: 200, json: { connection: { ...shape, connection_id: id, url } } });
  expect((again.json['connection'] as { url: string }).url).not.toBe(created.json['url']);
  expect(await call('one', `DELETE /connections/${id}`)).toMatchObject({
    status: 200,
    json: { connection_id: id, deleted: true },
  });
  expect(await call('one', `GET /connections/${id}`)).toMatchObject({
    status: 404,
    json: { code: 'grant_unknown' },
  });
  expect((await call('one', 'GET /connections?app=keyed')).json).toEqual({ connections: [] });
});

test('a link of before, of a deleted grant or that nobody gave out opens nothing', async () => {
  const { call, link, control } = await connectionsGateway();
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

test('no state begins but by the form of the connect page', async () => {
  const { call, link, folder } = await connectionsGateway();
  const states = async (): Promise<number> =>
    (await tampered(`sqlite:${folder}/state/gw.db`, 'SELECT digest FROM gw_oauth_states')).length;
  const { id, url } = await link('one', 'consent');
  const { json } = await call('one', `POST /connections/${id}/reconnect`);
  const again = (json['connection'] as { url: string }).url;
  await call('one', `GET /connections/${id}`);
  await call('admin', `GET /api/v1/admin/connections/${id}/oauth-status`);
  const browser = newBrowser({ stopAt: (at) => at.includes('/auth?') });
  for (const at of [url, again]) await browser.open(at);
  expect(await states()).toBe(0);
  const led = await browser.submit(await browser.open(again));
  expect(new URL(led.url).searchParams.get('state')).toMatch(/^[\w-]{43}$/);
  expect(await states()).toBe(1);
});

test('declared connections have a stable id, tell admins where they are written, and stay', async () => {
  const { call, reload } = await connectionsGateway();
  const find = async (caller: CallerName): Promise<Record<string, unknown>> => {
    const { json } = await call(caller, 'GET /connections?app=declared');
    return (json['connections'] as Record<string, unknown>[])[0] ?? {};
  };
  const seen = await find('user');
  const id = String(seen['connection_id']);
  expect(seen).toEqual({
    connection_id: expect.stringMatching(
      /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    ),
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
  expect(await call('user', `GET /connections/${id}`)).toMatchObject({
    status: 200,
    json: { connection: { app: 'declared' } },
  });
  expect(await call('user', `GET /connections/${id}/events`)).toMatchObject({
    status: 200,
    json: { events: [] },
  });
  for (const line of [`DELETE /connections/${id}`, `POST /connections/${id}/reconnect`])
    expect(await call('admin', line)).toMatchObject({ status: 409, json: { code: 'conflict' } });
  // Of another line, the same name has the same id.
  await reload(CONNECTIONS.replace('connections:\n', 'connections:\n\n'));
  expect(await find('admin')).toMatchObject({
    connection_id: id,
    metadata: { source: 'gateway.d/20-connections.yaml:3' },
  });
});

test('a connection that all share has one grant, which admins make and everybody sees', async () => {
  const { call } = await connectionsGateway();
  const { status, json } = await call('admin', 'POST /connections', { app: 'common' });
  expect(status).toBe(201);
  expect(json).toMatchObject({ app: 'common', method: 'OAUTH2', metadata: { source: 'shared' } });
  const id = String(json['connection_id']);
  expect(await call('admin', 'POST /connections', { app: 'common' })).toMatchObject({
    status: 409,
    json: { detail: expect.stringContaining(`/connections/${id}/reconnect`) },
  });
  expect(appsOf(await call('two', 'GET /connections?app=common'))).toEqual(['common']);
  for (const line of [`DELETE /connections/${id}`, `POST /connections/${id}/reconnect`])
    expect(await call('two', line)).toMatchObject({ status: 403, json: { code: 'forbidden' } });
  expect((await call('admin', `DELETE /connections/${id}`)).status).toBe(200);
});

test('an account has at most 100 grants of a connection', async () => {
  const { call } = await connectionsGateway();
  for (let count = 0; count < 100; count += 1) await call('one', 'POST /connections', { app: 'keyed' });
  expect(await call('one', 'POST /connections', { app: 'keyed' })).toMatchObject({
    status: 409,
    json: { code: 'conflict' },
  });
  expect((await call('two', 'POST /connections', { app: 'keyed' })).status).toBe(201);
});

test('HEAD has the headers of GET alone', async () => {
  const { call } = await connectionsGateway();
  const { status, headers, json } = await call('one', 'HEAD /connections');
  expect({ status, json, type: headers.get('content-type') }).toEqual({
    status: 200,
    json: {},
    type: 'application/json',
  });
});
