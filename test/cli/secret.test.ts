import { expect, test } from 'vitest';
import { folderOf, writeFiles } from '../support/folder.ts';
import { FREE_PORTS, gw, listening, startGw } from '../support/gw-process.ts';
import { OK, rawUpstream } from '../support/raw-upstream.ts';
import { SIMPLE_KEY } from '../support/simple-folder.ts';

const KEY = Buffer.alloc(32, 7).toString('base64');

async function sealed(
  name: string,
  field: string,
  secret: string,
  flags: readonly string[] = [],
): Promise<string> {
  const ran = await gw(['secret', 'seal', name, field, ...flags], {
    env: { GW_ENCRYPTION_KEY: KEY },
    input: `${secret}\n`,
  });
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  return ran.stdout.trim();
}

function filesOf(origin: string, credential: string, more: string, key: string): Record<string, string> {
  return {
    'gateway.d/gateway.yaml': `callers:
  tester: { key: "${key}", personas: [reader] }
personas:
  reader: { connections: { allow: ["*"] } }
connections:
  vendor:
    base_url: ${origin}
    auth_mode: bearer
    credential: "${credential}"
    static_headers: { X-Team: "${more}" }
`,
  };
}

test('keygen prints 32 bytes, each time others', async () => {
  const ran = await Promise.all([gw(['secret', 'keygen']), gw(['secret', 'keygen'])]);
  for (const { code, stdout, stderr } of ran) {
    expect([code, stderr]).toEqual([0, '']);
    expect(Buffer.from(stdout.trim(), 'base64')).toHaveLength(32);
  }
  expect(ran[0]?.stdout).not.toBe(ran[1]?.stdout);
});

test('sealed text stands in YAML, and its upstream gets what was sealed', async () => {
  const upstream = await rawUpstream(OK);
  const dir = folderOf(
    filesOf(
      upstream.origin,
      await sealed('vendor', 'credential', 'vendor-credential-1'),
      await sealed('vendor', 'static_headers/X-Team', 'team-secret-2'),
      await sealed('tester', 'key', SIMPLE_KEY, ['--caller']),
    ),
  );
  expect((await gw(['compile'], { cwd: dir })).code).toBe(0);
  const running = startGw(['serve', ...FREE_PORTS], { cwd: dir, env: { GW_ENCRYPTION_KEY: KEY } });
  const { base } = await listening(running);
  const answer = await fetch(`${base}/vendor/x`, { headers: { authorization: `Bearer ${SIMPLE_KEY}` } });
  expect(answer.status).toBe(200);
  const [request] = upstream.requests;
  expect(request?.head).toContain('\r\nAuthorization: Bearer vendor-credential-1\r\n');
  expect(request?.head).toContain('\r\nX-Team: team-secret-2\r\n');
});

test('sealed text for a key by its other name opens by either name', async () => {
  const text = await sealed('vendor', 'oauth_client_secret', 'client-secret-3');
  const dir = folderOf({
    'gateway.d/a.yaml': `connections:
  vendor:
    base_url: https://api.vendor.example
    auth_mode: oauth2_client_credentials
    oauth2_token_url: https://api.vendor.example/token
    oauth2_client_id: client
    oauth_client_secret: "${text}"
`,
  });
  expect((await gw(['compile'], { cwd: dir })).code).toBe(0);
  const running = startGw(['serve', ...FREE_PORTS], { cwd: dir, env: { GW_ENCRYPTION_KEY: KEY } });
  await listening(running);
});

/** What is wrong, and what is said of it: where it is written, never what it was. */
const CLOSED: readonly [
  name: string,
  place: readonly [string, string],
  env: Record<string, string>,
  why: RegExp,
][] = [
  [
    'another field',
    ['vendor', 'password'],
    { GW_ENCRYPTION_KEY: KEY },
    /sealed for another connection or field/,
  ],
  [
    'another connection',
    ['other', 'credential'],
    { GW_ENCRYPTION_KEY: KEY },
    /sealed for another connection or field/,
  ],
  ['no key', ['vendor', 'credential'], {}, /there is no key that opens it: set GW_ENCRYPTION_KEY/],
  [
    'another key',
    ['vendor', 'credential'],
    { GW_ENCRYPTION_KEY: Buffer.alloc(32, 8).toString('hex') },
    /none of the keys sealed it \(key [0-9a-f]{8}, for connections\/vendor\/credential\)/,
  ],
  ['no key at all', ['vendor', 'credential'], { GW_ENCRYPTION_KEY: 'secret-slip' }, /holds what is no key/],
];

test.each(CLOSED)('sealed text stays closed: %s', async (_, [name, field], env, why) => {
  const credential = await sealed(name, field, 'vendor-credential-1');
  const dir = folderOf(filesOf('https://api.vendor.example', credential, 'plain', '${env:CALLER}'));
  expect((await gw(['compile'], { cwd: dir })).code).toBe(0);
  const ran = await gw(['serve', ...FREE_PORTS], { cwd: dir, env: { CALLER: SIMPLE_KEY, ...env } });
  expect([ran.code, ran.stdout]).toEqual([1, '']);
  expect(ran.stderr).toMatch(why);
  expect(ran.stderr).not.toMatch(/vendor-credential|secret-slip/);
});

const USAGE: readonly [parameters: readonly string[], options: object, told: RegExp][] = [
  [['vendor', 'credential'], { input: 'x' }, /set GW_ENCRYPTION_KEY/],
  [['vendor', 'credential'], { env: { GW_ENCRYPTION_KEY: KEY }, input: '\n' }, /nothing on standard input/],
  [['vendor', 'Credential'], { env: { GW_ENCRYPTION_KEY: KEY }, input: 'x' }, /"Credential" is no field/],
  [['vendor', 'static_headers'], { env: { GW_ENCRYPTION_KEY: KEY }, input: 'x' }, /is no field/],
  [
    ['vendor', 'description'],
    { env: { GW_ENCRYPTION_KEY: KEY }, input: 'x' },
    /takes sealed text; these do: /,
  ],
  // No key is needed to be told: nothing is read before.
  [
    ['Vendor', 'credential'],
    { input: 'x' },
    /^gw: a connection cannot be named "Vendor": write a lower-case letter/,
  ],
  [['ven dor', 'credential'], { input: 'x' }, /^gw: a connection cannot be named "ven dor"/],
  [['', 'credential'], { input: 'x' }, /^gw: a connection cannot be named ""/],
  [
    ['metrics', 'credential'],
    { input: 'x' },
    /^gw: the gateway keeps the name "metrics" for itself; choose a name other than "mcp", /,
  ],
  [
    ['ci bot', 'key', '--caller'],
    { input: 'x' },
    /^gw: a caller cannot be named "ci bot": write a letter or digit/,
  ],
  [
    ['vendor', 'static_headers/X Team'],
    { input: 'x' },
    /^gw: "X Team" is no header that a connection can set/,
  ],
  [['vendor', 'static_headers/Host'], { input: 'x' }, /^gw: "Host" is no header that a connection can set/],
  [['vendor', 'variables/Site'], { input: 'x' }, /^gw: a variable cannot be named "Site"/],
  [['vendor', 'oauth2_secret'], { input: 'x' }, /these do: oauth2_client_secret, /],
  [['vendor', 'credentials'], { env: { GW_ENCRYPTION_KEY: KEY }, input: 'x' }, /is no field/],
  [['vendor', 'credential/x'], { env: { GW_ENCRYPTION_KEY: KEY }, input: 'x' }, /is no field/],
  [
    ['me', 'credential', '--caller'],
    { env: { GW_ENCRYPTION_KEY: KEY }, input: 'x' },
    /one secret field: key/,
  ],
  [['vendor', 'credential'], { env: { GW_ENCRYPTION_KEY: 'short' }, input: 'x' }, /holds what is no key/],
];

test.each(USAGE)('seal %j: wrong usage', async (parameters, options, told) => {
  const ran = await gw(['secret', 'seal', ...parameters], options);
  expect([ran.code, ran.stdout]).toEqual([2, '']);
  expect(ran.stderr).toMatch(told);
});

test('a key that is set again is taken at a reload', async () => {
  // The environment of a process does not change, but the file that it names does.
  const upstream = await rawUpstream(OK);
  const dir = folderOf({ ...filesOf(upstream.origin, '${env:VENDOR}', 'plain', '${env:CALLER}'), key: KEY });
  const env = { VENDOR: 'first', CALLER: SIMPLE_KEY, GW_ENCRYPTION_KEY: `file:${dir}/key` };
  expect((await gw(['compile'], { cwd: dir })).code).toBe(0);
  const running = startGw(['serve', ...FREE_PORTS], { cwd: dir, env });
  const { base } = await listening(running);
  const other = Buffer.alloc(32, 9).toString('base64');
  const ran = await gw(['secret', 'seal', 'vendor', 'credential'], {
    env: { GW_ENCRYPTION_KEY: other },
    input: 'second',
  });
  writeFiles(dir, {
    ...filesOf(upstream.origin, ran.stdout.trim(), 'plain', '${env:CALLER}'),
    key: `${other},${KEY}`,
  });
  expect((await gw(['compile'], { cwd: dir })).code).toBe(0);
  running.signal('SIGHUP');
  await running.logged(({ msg }) => msg === 'reloaded');
  await fetch(`${base}/vendor/x`, { headers: { 'X-API-Key': SIMPLE_KEY } });
  expect(upstream.requests.at(-1)?.head).toContain('\r\nAuthorization: Bearer second\r\n');
});
