import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { mockServer, PLAIN_SECRET } from '../support/authorization-servers.ts';
import { newBrowser } from '../support/browser.ts';
import { controlGateway, KEYS } from '../support/control-gateway.ts';
import type { ControlGateway } from '../support/control-gateway.ts';
import { folderOf } from '../support/folder.ts';
import { gw, GW } from '../support/gw-process.ts';
import { OK, rawUpstream } from '../support/raw-upstream.ts';
import { beginNotes, consentYaml } from '../support/sign-in.ts';

// gw connect and gw connections, against a gateway that serves.

async function gateway(): Promise<ControlGateway> {
  const upstream = await rawUpstream(OK);
  const { origin } = await mockServer();
  return controlGateway(
    () =>
      `${consentYaml({ idp: origin })}  keyed: { base_url: "${upstream.origin}", catalog: vendor, auth_mode: api_key, grants: true }
  declared: { base_url: "http://127.0.0.1:1", auth_mode: bearer, credential: "\${env:IDP_SECRET}" }
`,
    {
      environment: { IDP_SECRET: PLAIN_SECRET },
      files: {
        'catalogs/vendor/catalog.yaml': `catalog: vendor
auth: { api_key: { in: header, name: X-Key } }
verify: { method: GET, path: /me }
`,
      },
    },
  );
}

const envOf = (
  { control }: Pick<ControlGateway, 'control'>,
  key: string = KEYS.one,
): Record<string, string> => ({
  GW_CONTROL_URL: control,
  GW_KEY: key,
});

/** A command that goes on while the test acts. */
interface Going {
  /** Gives the link, once it stands on the given output. */
  readonly link: Promise<string>;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

function going(parameters: readonly string[], env: Readonly<Record<string, string>>): Going {
  const child = spawn(process.execPath, [GW, ...parameters], { env: { PATH: process.env['PATH'], ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = { stdout: '', stderr: '' };
  let tell: (link: string) => void = () => {};
  const link = new Promise<string>((resolve) => (tell = resolve));
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
      const found = /^http\S+session_token=\S+\n/m.exec(said[name])?.[0];
      if (found !== undefined) tell(found.trim());
    });
  return { link, ended: once(child, 'close').then(() => ({ code: child.exitCode, ...said })) };
}

/** Writes a key into the form of a link. */
async function fillIn(link: string, values: Readonly<Record<string, string>>): Promise<string> {
  const browser = newBrowser();
  return (await browser.submit(await browser.open(link), values)).title;
}

const idOf = (text: string): string => /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(text)?.[0] ?? '';

test('a key that somebody writes into the form: connected, verified, used, deleted', async () => {
  const serving = await gateway();
  const env = envOf(serving);
  const connecting = going(['connect', 'keyed', '--method', 'API_KEY'], env);
  const link = await connecting.link;
  expect(await fillIn(link, { credential: 'key-of-one' })).toBe('keyed is connected');
  const connected = await connecting.ended;
  expect([connected.code, connected.stderr]).toEqual([0, '']);
  const id = idOf(connected.stdout.split('\n')[2] ?? '');
  expect(connected.stdout).toBe(
    `open this link to connect keyed, in the next 300 seconds:\n${link}\nkeyed ${id} ACTIVE\n`,
  );

  const listed = await gw(['connections', 'list', '--status', 'ACTIVE'], { env });
  expect([listed.code, listed.stderr]).toEqual([0, '']);
  expect(
    listed.stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/).slice(1)),
  ).toEqual([
    ['declared', 'ACTIVE', 'API_KEY', 'declared'],
    ['plain', 'ACTIVE', 'none', 'declared'],
    ['keyed', 'ACTIVE', 'API_KEY', 'own'],
  ]);
  const json = await gw(['connections', 'list', '--app', 'keyed', '--format', 'json'], { env });
  expect(JSON.parse(json.stdout)).toEqual({
    connections: [expect.objectContaining({ connection_id: id, status: 'ACTIVE', url: null })],
  });
  const shown = await gw(['connections', 'show', id], { env });
  expect(shown.stdout).toMatch(
    new RegExp(
      `^id +${id}\nconnection +keyed\nstatus +ACTIVE\nmethod +API_KEY\nsource +own\ncreated +\\S+Z\nupdated +\\S+Z\n$`,
    ),
  );
  expect(await gw(['connections', 'verify', id], { env })).toEqual({
    code: 0,
    stdout: 'keyed takes the credential (status 200)\n',
    stderr: '',
  });
  const events = await gw(['connections', 'events', id], { env });
  expect(
    events.stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/).slice(1)),
  ).toContainEqual(['connect_completed', 'one']);
  expect(await gw(['connections', 'delete', id], { env })).toEqual({
    code: 0,
    stdout: `deleted ${id}\n`,
    stderr: '',
  });
  expect(await gw(['connections', 'show', id], { env })).toEqual({
    code: 1,
    stdout: '',
    stderr: 'gw: 404 grant_unknown: this account has no connection of that id\n',
  });
  for (const { stdout, stderr } of [connected, listed, json, shown, events])
    expect(stdout + stderr).not.toContain('key-of-one');
});

test('a consent that is refused is told with its reason, and one that is given after it', async () => {
  const serving = await gateway();
  const first = going(['connect', 'notes', '--format', 'json'], envOf(serving));
  const url = await first.link;
  const refuse = async (link: { id: string; url: string }): Promise<void> => {
    const { browser, callback } = await beginNotes(serving, link);
    const back = new URL(callback);
    for (const name of ['code', 'iss']) back.searchParams.delete(name);
    back.searchParams.set('error', 'access_denied');
    await browser.open(back.href);
  };
  await refuse({ id: '', url });
  const failed = await first.ended;
  expect(failed.code).toBe(1);
  expect(JSON.parse(failed.stdout)).toEqual({
    connection: expect.objectContaining({ app: 'notes', status: 'FAILED', reason: 'consent_refused' }),
    outcome: 'FAILED',
    reason: 'consent_refused',
  });
  const id = idOf(failed.stdout);

  // The same grant, connected anew; what came of the first attempt is not taken for it.
  const second = going(['connect', 'notes', '--grant', id], envOf(serving));
  const begun = await beginNotes(serving, { id, url: await second.link });
  await begun.browser.open(begun.callback.href);
  const connected = await second.ended;
  expect([connected.code, connected.stderr]).toEqual([0, '']);
  expect(connected.stdout.split('\n')[2]).toBe(`notes ${id} ACTIVE`);

  // It goes on working while a third one fails.
  const third = going(['connect', 'notes', '--grant', id], envOf(serving));
  await refuse({ id, url: await third.link });
  const kept = await third.ended;
  expect([kept.code, kept.stdout.split('\n')[2]]).toEqual([1, `notes ${id} FAILED (consent_refused)`]);
  expect((await gw(['connections', 'list', '--app', 'notes'], { env: envOf(serving) })).stdout).toBe(
    `${id}  notes  ACTIVE  OAUTH2  own\n`,
  );
});

test('a link alone, and nobody who opens it', async () => {
  const serving = await gateway();
  const alone = await gw(['connect', 'keyed', '--no-wait'], { env: envOf(serving) });
  expect([alone.code, alone.stderr]).toEqual([0, '']);
  expect(alone.stdout).toMatch(
    /^open this link to connect keyed:\nhttp:\/\/127\.0\.0\.1:\d+\/connect\?session_token=\S+\n$/,
  );
  const json = await gw(['connect', 'keyed', '--no-wait', '--format', 'json'], { env: envOf(serving) });
  const { connection } = JSON.parse(json.stdout) as { connection: Record<string, unknown> };
  expect(connection).toMatchObject({
    app: 'keyed',
    status: 'PENDING',
    url: expect.stringContaining('session_token='),
  });
  const waited = await gw(['connect', 'keyed', '--timeout', '1'], { env: envOf(serving) });
  const id = idOf(waited.stderr);
  expect([waited.code, waited.stderr]).toEqual([
    1,
    `gw connect: nobody has connected keyed in 1 seconds; \`gw connections show ${id}\` tells how it goes on\n`,
  ]);
});

const NOWHERE = '00000000-0000-4000-8000-000000000000';

/** What is refused: by the gateway, or before it is asked. */
const REFUSED: readonly [parameters: readonly string[], code: number, told: string, key?: string][] = [
  [['connections', 'show', NOWHERE], 1, '404 grant_unknown: this account has no connection of that id'],
  [['connections', 'delete', NOWHERE], 1, '404 grant_unknown: this account has no connection of that id'],
  [['connections', 'events', NOWHERE], 1, '404 grant_unknown: this account has no connection of that id'],
  [['connections', 'verify', NOWHERE], 1, '404 grant_unknown: this account has no connection of that id'],
  [
    ['connect', 'notes', '--grant', NOWHERE],
    1,
    '404 grant_unknown: this account has no connection of that id',
  ],
  [
    ['connections', 'list', '--status', 'active'],
    1,
    '400 input_invalid: status is one of PENDING, ACTIVE, FAILED, EXPIRED',
  ],
  [['connect', 'nothing'], 1, '404 route_unknown: no connection has the name of app'],
  [['connect', 'keyed', '--method', 'OAUTH2'], 1, '400 input_invalid: keyed is connected by method API_KEY'],
  [['connections', 'list'], 1, '401 caller_unauthenticated: ', 'gw_wrong_0123456789abcdefghijklmnopqrstu'],
  [['connect', 'keyed'], 1, '403 forbidden: ', KEYS.user],
  [
    ['connections', 'show', '../../metrics'],
    2,
    '"../../metrics" is no id of a connection; `gw connections list` has them',
  ],
  [['connect', 'keyed', '--grant', 'x'], 2, '"x" is no id of a connection; `gw connections list` has them'],
  [['connections', 'list'], 2, 'set GW_KEY to your gateway key', ''],
  [['connections', 'list', '--url', 'gateway:8081'], 2, '--url takes an http or https URL'],
  [['connections', 'list', '--url', 'http://127.0.0.1:1'], 2, 'no answer from http://127.0.0.1:1: '],
];

test('what is refused is told, without the key', async () => {
  const serving = await gateway();
  for (const [parameters, code, told, key] of REFUSED) {
    const ran = await gw(parameters, { cwd: folderOf(), env: envOf(serving, key) });
    expect({ parameters, code: ran.code, stdout: ran.stdout }).toEqual({ parameters, code, stdout: '' });
    expect(ran.stderr).toContain(`gw: ${told}`);
    expect(ran.stderr).not.toMatch(/gw_[a-z]+_0123/);
  }
}, 180_000);

test('a grant of another connection is not connected anew', async () => {
  const serving = await gateway();
  const { id } = await serving.link('one', 'keyed');
  expect(await gw(['connect', 'notes', '--grant', id], { env: envOf(serving) })).toEqual({
    code: 2,
    stdout: '',
    stderr: `gw: the grant ${id} is one of keyed, not of notes\n`,
  });
});

test.each([
  [[], 'your account has none, and no declared one is given to you: `gw connect CONNECTION` connects one\n'],
  [
    ['--app', 'later', '--status', 'ACTIVE'],
    'none fits; ask without --app, --status and --method, or connect one: `gw connect CONNECTION`\n',
  ],
])('where there is none, that is said, and what to do: %j', async (flags, stderr) => {
  const LONE_KEY = 'gw_lone_0123456789abcdefghijklmnopqrstuv';
  const serving = await controlGateway(
    () => `connections: { later: { base_url: "http://127.0.0.1:1", auth_mode: bearer, grants: true } }
callers: { lone: { key: "\${env:LONE_KEY}", personas: [later] } }
personas: { later: { connections: { allow: [later] } } }
`,
    { environment: { LONE_KEY } },
  );
  const list = ['connections', 'list', ...flags];
  const env = envOf(serving, LONE_KEY);
  expect(await gw(list, { env })).toEqual({ code: 0, stdout: '', stderr });
  const json = await gw([...list, '--format', 'json'], { env });
  expect(json).toEqual({ code: 0, stdout: '{"connections":[]}\n', stderr: '' });
});

test('the key goes to no other server, and what is no control API is told', async () => {
  const seen: (string | undefined)[] = [];
  const elsewhere = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  elsewhere.listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  onTestFinished(() => void elsewhere.close());
  const control = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
  const ran = await gw(['connections', 'list'], { env: envOf({ control }) });
  expect([ran.code, ran.stderr]).toEqual([
    1,
    'gw: status 302: this is no control API of gw; is --url (GW_CONTROL_URL) its control address?\n',
  ]);
  expect(seen).toEqual([`Bearer ${KEYS.one}`]);
});
