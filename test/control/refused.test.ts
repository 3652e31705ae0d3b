import { expect, test } from 'vitest';
import { connectionsGateway } from '../support/connections-yaml.ts';
import type { CallerName } from '../support/control-gateway.ts';

// What the control API refuses, and how.

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
  [
    'app of another type',
    'one',
    'POST /connections',
    { app: 1 },
    '400 input_invalid "app" has to be a string',
  ],
  ['null for app', 'one', 'POST /connections', { app: null }, '400 input_invalid "app" has to be a string'],
  [
    'unknown members',
    'one',
    'POST /connections',
    { app: 'keyed', metod: 'x', __proto: 1 },
    '400 input_invalid "metod" is not a member of it: app, method, shared; "__proto"',
  ],
  ['not JSON', 'one', 'POST /connections', '{', '400 input_invalid the body is not a JSON object'],
  [
    'what follows JSON',
    'one',
    'POST /connections',
    '{"app":"keyed"} x',
    '400 input_invalid the body is not a JSON object',
  ],
  ['a list', 'one', 'POST /connections', [], '400 input_invalid the body is not a JSON object'],
  ['a long body', 'one', 'POST /connections', JSON_LONG, '413 body_too_large'],
  [
    'a body where none is taken',
    'one',
    'POST /connections/GRANT/reconnect',
    { app: 'keyed' },
    '400 input_invalid "app" is not a member of it: it has none',
  ],
  ['unknown app', 'one', 'POST /connections', { app: 'none' }, '404 route_unknown'],
  ['a connection of no persona', 'narrow', 'POST /connections', { app: 'keyed' }, '403 forbidden'],
  [
    'no manager',
    'user',
    'POST /connections',
    { app: 'keyed' },
    "403 forbidden your personas use the account's grants and do not manage them",
  ],
  ['no manager, deleting', 'user', 'DELETE /connections/GRANT', undefined, '403 forbidden'],
  ['no manager, reconnecting', 'user', 'POST /connections/GRANT/reconnect', undefined, '403 forbidden'],
  [
    'shared, no admin',
    'one',
    'POST /connections',
    { app: 'keyed', shared: true },
    '403 forbidden all accounts share it',
  ],
  [
    'shared by its nature, no admin',
    'one',
    'POST /connections',
    { app: 'common' },
    '403 forbidden all accounts share it',
  ],
  [
    'not shared where it must be',
    'admin',
    'POST /connections',
    { app: 'common', shared: false },
    '400 input_invalid common has one grant',
  ],
  [
    'another method',
    'one',
    'POST /connections',
    { app: 'keyed', method: 'OAUTH2' },
    '400 input_invalid keyed is connected by method API_KEY',
  ],
  [
    'declared',
    'one',
    'POST /connections',
    { app: 'declared' },
    '400 input_invalid declared has its credential declared',
  ],
  [
    'without authentication',
    'admin',
    'POST /connections',
    { app: 'plain' },
    '400 input_invalid plain has its credential declared',
  ],
  [
    'verify without a way to',
    'one',
    'POST /connections/GRANT/verify',
    undefined,
    '409 conflict no request is known',
  ],
  [
    'unknown parameter',
    'one',
    'GET /connections?ap=x',
    undefined,
    '400 input_invalid "ap" is not a parameter of it',
  ],
  [
    'a parameter twice',
    'one',
    'GET /connections?app=a&app=b',
    undefined,
    '400 input_invalid "app" stands more than once',
  ],
  [
    'unknown status',
    'one',
    'GET /connections?status=active',
    undefined,
    '400 input_invalid status is one of PENDING',
  ],
  [
    'unknown method',
    'one',
    'GET /connections?method=KEY',
    undefined,
    '400 input_invalid method is one of API_KEY',
  ],
  ['limit 0', 'one', 'GET /connections?limit=0', undefined, '400 input_invalid limit is a number'],
  ['limit 1001', 'one', 'GET /connections?limit=1001', undefined, '400 input_invalid limit is a number'],
  [
    'a made up token',
    'one',
    'GET /connections?next_token=x',
    undefined,
    '400 input_invalid next_token is not one',
  ],
  [
    'account, no admin',
    'one',
    'GET /connections?account=two',
    undefined,
    '400 input_invalid "account" is not a parameter',
  ],
  [
    'refresh of a key',
    'admin',
    'POST /api/v1/admin/connections/GRANT/reacquire-oauth',
    undefined,
    '409 conflict',
  ],
];

test('everything else is refused by name', async () => {
  const { call, link, log } = await connectionsGateway();
  const { id } = await link('one', 'keyed');
  for (const [title, caller, line, body, expected] of REFUSED) {
    const { status, headers, json } = await call(caller, line.replace('GRANT', id), body);
    const told = log.map((one) => JSON.parse(one) as Record<string, unknown>);
    expect(told.filter(({ request_id }) => request_id === json['request_id'])).toEqual([
      expect.objectContaining({
        msg: 'control request refused',
        door: 'control',
        status,
        problem: json['code'],
      }),
    ]);
    const code = String(json['code']);
    expect(`${title}: ${status} ${code} ${String(json['detail'])}`).toContain(`${title}: ${expected}`);
    expect(headers.get('gateway-error')).toBe(code);
    expect(headers.get('content-type')).toBe('application/problem+json');
  }
});

test('what denied a grant to be managed is in the log', async () => {
  const { call, log } = await connectionsGateway();
  const { json } = await call('user', 'POST /connections', { app: 'keyed' });
  const line = log.find((one) => one.includes(`"${String(json['request_id'])}"`));
  expect(JSON.parse(line ?? '{}')).toMatchObject({ problem: 'forbidden', denied: 'grants' });
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
  const { call } = await connectionsGateway();
  for (const [line, allow] of METHODS) {
    const { status, headers } = await call('admin', line);
    expect(`${line}: ${status} ${headers.get('allow')}`).toBe(`${line}: 405 ${allow}`);
  }
});

test('the limit of the account counts what is asked here', async () => {
  const { call } = await connectionsGateway({ rateLimit: '{ requests_per_second: 1, burst: 2 }' });
  const statuses = [];
  for (let count = 0; count < 3; count += 1) statuses.push((await call('one', 'GET /connections')).status);
  expect(statuses).toEqual([200, 200, 429]);
  expect((await call('two', 'GET /connections')).status).toBe(200);
  expect((await call('user', 'GET /connections')).headers.get('retry-after')).toBe('1');
});
