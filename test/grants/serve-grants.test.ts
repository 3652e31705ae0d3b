import { describe, expect, test } from 'vitest';
import { Hidden } from '../../runtime/hidden.ts';
import { bearers } from '../support/client-tokens.ts';
import {
  broughtVariable,
  consentConnection,
  headAs,
  keyConnection,
  keyOf,
  startGranted as start,
  tokensOf,
} from '../support/granted.ts';
import type { GrantedSides } from '../support/granted.ts';
import { sendRaw } from '../support/raw-caller.ts';
import { codeOf } from '../support/sides.ts';
import { CREDENTIALS, rule } from '../support/table.ts';

// Which grant a request goes out with, and what callers and upstream see of it.

const GET = headAs('acme', '/vendor/a');

function detailOf(text: string): string {
  return (JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)) as { detail: string }).detail;
}

test('the token of the account goes out, every byte; the log names the grant', async () => {
  const { gateway, grant, upstream } = await start();
  const { id } = await grant();
  const answer = await sendRaw(
    gateway.port,
    headAs('acme', '/vendor/a?b=1', 'X-Own: 1', `Gateway-Connection: ${id}`),
  );
  expect(answer.statuses).toEqual([200]);
  expect(upstream.received()).toBe(
    `GET /a?b=1 HTTP/1.1\r\nhost: 127.0.0.1:${upstream.port}\r\nconnection: keep-alive\r\n` +
      'X-Own: 1\r\nAuthorization: Bearer token-0\r\n\r\n',
  );
  expect(await gateway.logged(({ msg }) => msg === 'exchange')).toMatchObject({ account: 'acme', grant: id });
});

describe('without a grant to use nothing is sent', () => {
  const MISSING = 'connection_missing';
  const YET = 'this account has no grant on vendor yet: connect one through https://control.example';
  const NONE =
    "the grant that the request names is none of this account's on vendor; they are listed through https://control.example";
  const broken = (why: string): string =>
    `the grant of vendor does not work any more (${why}): connect it anew through https://control.example`;
  type Make = (sides: GrantedSides) => Promise<{ id: string } | undefined>;
  const CASES: [title: string, make: Make, status: number, code: string, detail: string][] = [
    ['none', async () => undefined, 400, MISSING, YET],
    [
      'one that was never completed',
      async ({ grant }) => void (await grant({ status: 'PENDING', credential: null })),
      400,
      MISSING,
      YET,
    ],
    ["another account's", async ({ grant }) => void (await grant({ account: 'zeta' })), 400, MISSING, YET],
    ["another account's, named", ({ grant }) => grant({ account: 'zeta' }), 400, MISSING, NONE],
    ["another connection's, named", ({ grant }) => grant({ connection: 'other' }), 400, MISSING, NONE],
    [
      'a name that is no id',
      async ({ grant }) => {
        await grant();
        return { id: "' OR 1=1" };
      },
      400,
      MISSING,
      NONE,
    ],
    [
      'one that is EXPIRED',
      async ({ grant }) => void (await grant({ status: 'EXPIRED', reason: 'grant_refused' })),
      424,
      'credential_broken',
      broken('grant_refused'),
    ],
    [
      'its own is broken, and there is a shared one',
      async ({ grant }) => {
        await grant({ account: null });
        await grant({ status: 'FAILED', reason: 'verify_failed' });
      },
      424,
      'credential_broken',
      broken('verify_failed'),
    ],
    [
      'the named one is broken, and another is not',
      async ({ grant }) => {
        await grant();
        return grant({ status: 'EXPIRED', reason: 'grant_refused' });
      },
      424,
      'credential_broken',
      broken('grant_refused'),
    ],
  ];

  test.each(CASES)('%s', async (_title, make, ...said) => {
    const sides = await start();
    const named = await make(sides);
    const fields = named === undefined ? [] : [`Maton-Connection: ${named.id}`];
    const answer = await sendRaw(sides.gateway.port, headAs('acme', '/vendor/a', ...fields));
    expect([answer.statuses[0], codeOf(answer.bytes), detailOf(answer.bytes)]).toEqual(said);
    expect(sides.upstream.requests).toEqual([]);
  });

  test('a caller who may not use the connection learns nothing of its grants', async () => {
    const denied = { access: { vendor: { denies: [rule('deny', [], ['/a/**'])] } } };
    const { gateway, spec, grant, upstream } = await start();
    await grant();
    gateway.setTable({ ...spec, ...denied });
    await gateway.serving.reload();
    expect((await sendRaw(gateway.port, headAs('acme', '/vendor/a/b'))).statuses).toEqual([403]);
    gateway.setTable({ ...spec, access: { vendor: null } });
    await gateway.serving.reload();
    expect((await sendRaw(gateway.port, headAs('zeta', '/vendor/a'))).statuses).toEqual([403]);
    expect(upstream.requests).toEqual([]);
  });
});

test('the oldest that works is used, a named one in its place, a shared one by who never had any', async () => {
  const { gateway, grant, upstream, clock } = await start();
  await grant({ status: 'EXPIRED', credential: tokensOf('broken') });
  clock.now += 1;
  const old = await grant({ credential: tokensOf('old') });
  clock.now += 1;
  const young = await grant({ credential: tokensOf('young') });
  const shared = await grant({ account: null, credential: tokensOf('shared') });
  for (const [account, named] of [
    ['acme', null],
    ['acme', young.id],
    ['acme', old.id],
    ['acme', shared.id],
    ['zeta', null],
    ['zeta', shared.id],
  ] as const)
    await sendRaw(
      gateway.port,
      headAs(account, '/vendor/a', ...(named === null ? [] : [`Gateway-Connection: ${named}`])),
    );
  expect(bearers(upstream)).toEqual(['old', 'young', 'old', 'shared', 'shared', 'shared']);
});

test('without grants: true there is one shared grant, and nobody has another', async () => {
  const { gateway, grant, upstream } = await start({
    connections: ({ upstream: to, idp }) => ({ vendor: consentConnection(to, idp, { grants: false }) }),
  });
  const own = await grant();
  const refused = await sendRaw(gateway.port, GET);
  expect(refused.statuses).toEqual([400]);
  expect(detailOf(refused.bytes)).toBe(
    'nobody has signed in to vendor yet: connect one through https://control.example',
  );
  await grant({ account: null, credential: tokensOf('shared') });
  await sendRaw(gateway.port, GET);
  const named = await sendRaw(gateway.port, headAs('acme', '/vendor/a', `Gateway-Connection: ${own.id}`));
  expect(named.statuses).toEqual([400]);
  expect(bearers(upstream)).toEqual(['shared']);
});

test('a key, a pair and a key in the path: each account its own', async () => {
  const grant = { grant: 'credential', at: 'x:1:1' } as const;
  const {
    gateway,
    grant: make,
    upstream,
  } = await start({
    connections: ({ upstream: to }) => ({
      keyed: keyConnection(to),
      paired: keyConnection(to, {
        credential: {
          kind: 'basic',
          username: { grant: 'username', at: 'x:1:1' },
          password: { grant: 'password', at: 'x:1:1' },
        },
      }),
      placed: keyConnection(to, { credential: { ...CREDENTIALS.path, secret: grant } }),
    }),
  });
  await make({ connection: 'keyed', method: 'API_KEY', credential: keyOf('key of acme') });
  await make({ connection: 'keyed', method: 'API_KEY', account: 'zeta', credential: keyOf('key of zeta') });
  await make({
    connection: 'paired',
    credential: new Hidden({ kind: 'basic', username: 'ann', password: 'p:w' }),
  });
  await make({ connection: 'placed', credential: keyOf('1 2') });
  await sendRaw(gateway.port, headAs('acme', '/keyed/a'));
  await sendRaw(gateway.port, headAs('zeta', '/keyed/a'));
  await sendRaw(gateway.port, headAs('acme', '/paired/a'));
  await sendRaw(gateway.port, headAs('acme', '/placed/:token/a'));
  const lines = upstream.received().match(/^(?:GET .*|X-Vendor-Key: .*|Authorization: .*)\r$/gm);
  expect(lines?.map((line) => line.trim())).toEqual([
    'GET /a HTTP/1.1',
    'X-Vendor-Key: key of acme',
    'GET /a HTTP/1.1',
    'X-Vendor-Key: key of zeta',
    'GET /a HTTP/1.1',
    `Authorization: Basic ${Buffer.from('ann:p:w').toString('base64')}`,
    'GET /bot1%202/a HTTP/1.1',
  ]);
});

test('hosts, paths, headers and pairs have the variables of the grant', async () => {
  const at = 'x:1:1';
  const realm = { parts: [{ variable: 'realm' }], at };
  const { gateway, grant, upstream, spec } = await start({
    connections: ({ upstream: to, idp }) => ({
      vendor: consentConnection(to.replace('127.0.0.1', '{host}'), idp, {
        tls: { guarded: true },
        allow_private: ['127.0.0.0/8'],
        variables: ['host', 'realm', 'site']
          .map((name) => broughtVariable(name))
          .concat(broughtVariable('maybe', { optional: true })),
        path: {
          replace: [{ segment: ':realm', value: realm }],
          prepend: { path: '/{site}', unless_present: false },
        },
        query: [
          { name: 'in', value: { parts: ['r-', { variable: 'realm' }], at } },
          { name: 'left', value: { parts: [{ variable: 'maybe' }], at } },
        ],
        headers: {
          defaults: [],
          set: [{ name: 'X-Site', value: { parts: [{ variable: 'site' }], at } }],
          owned: ['authorization', 'x-site'],
        },
      }),
    }),
    gateway: { network: { resolve: async () => ['127.0.0.1'], connectTo: () => null } },
  });
  const of = (values: Record<string, string>) => ({ variables: new Hidden(values) });
  const one = await grant(of({ host: 'one.test', realm: '12', site: 'eu' }));
  const two = await grant(of({ host: 'two.test', realm: '34 5', site: 'us', maybe: 'yes' }));
  const bad = await grant(of({ host: '10.0.0.1', realm: '1', site: 'x' }));
  const lacking = await grant(of({ host: 'three.test', realm: '1' }));
  const answers = [];
  for (const { id } of [one, two, bad, lacking])
    answers.push(
      await sendRaw(gateway.port, headAs('acme', '/vendor/:realm/x', `Gateway-Connection: ${id}`)),
    );
  expect(answers.map(({ statuses, bytes }) => [statuses[0], codeOf(bytes)])).toEqual([
    [200, null],
    [200, null],
    [424, 'credential_broken'],
    [424, 'credential_broken'],
  ]);
  const host = (name: string): string => `host: ${name}:${upstream.port}\r\nconnection: keep-alive\r\n`;
  expect(upstream.received()).toBe(
    `GET /eu/12/x?in=r-12 HTTP/1.1\r\n${host('one.test')}X-Site: eu\r\nAuthorization: Bearer token-0\r\n\r\n` +
      `GET /us/34%205/x?in=r-34%205&left=yes HTTP/1.1\r\n${host('two.test')}X-Site: us\r\nAuthorization: Bearer token-0\r\n\r\n`,
  );
  // A rule sees the path as it is sent: what stands there is known with the grant alone.
  gateway.setTable({ ...spec, access: { vendor: { denies: [rule('deny', [], ['/eu/12/**'])] } } });
  await gateway.serving.reload();
  const ruled = (id: string) =>
    sendRaw(gateway.port, headAs('acme', '/vendor/:realm/x', `Gateway-Connection: ${id}`));
  expect([(await ruled(one.id)).statuses, (await ruled(two.id)).statuses]).toEqual([[403], [200]]);
});
