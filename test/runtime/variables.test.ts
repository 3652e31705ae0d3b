import { expect, test } from 'vitest';
import { seal } from '../../runtime/sealing/envelope.ts';
import { keyRing } from '../../runtime/sealing/sealing-keys.ts';
import { startGateway } from '../support/gateway.ts';
import { sendRaw } from '../support/raw-caller.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { codeOf, headOf } from '../support/sides.ts';
import { storeUrl } from '../support/stores.ts';
import { CREDENTIALS, valueOf } from '../support/table.ts';
import type { ConnectionSpec } from '../support/table.ts';
import type { Composed, Value, Variable } from '../../table/types.ts';

const AT = 'gateway.d/test.yaml:1:1';

/** A variable with this value: `$NAME` is a secret, null none. */
function variable(name: string, value: string | null, more: Partial<Variable> = {}): Variable {
  return {
    name,
    doc: null,
    value: value === null ? null : valueOf(value),
    source: { kind: 'connection' },
    default: null,
    optional: false,
    pattern: null,
    values: [],
    ...more,
  };
}

/** A text with variables: `a{b}c`. */
function text(written: string): Composed {
  const parts = written.split(/\{(\w+)\}/).map((part, at) => (at % 2 === 0 ? part : { variable: part }));
  return { parts: parts.filter((part) => part !== ''), at: AT };
}

const ENVIRONMENT = { SITE: 'plant-site', ORG: 'plant org/1', USER: 'plant-user', BAD: 'plant-bad\r\nX: y' };

test('every plan gets its variables: host, path, query, headers, the basic credential; no secret comes back', async () => {
  const upstream = await rawUpstream(
    ({ head }) =>
      `HTTP/1.1 200 OK\r\nX-Told: ${head.replaceAll('\r\n', ' ')}\r\nLocation: /v1/plant-site/x\r\nContent-Length: 0\r\n\r\n`,
  );
  const vendor: ConnectionSpec = {
    base_url: `http://{site}.vendor.example/v1/{site}`,
    tls: { guarded: true },
    variables: [variable('org', '$ORG'), variable('public', 'p'), variable('site', '$SITE')],
    credential: { kind: 'basic', username: text('{user}'), password: valueOf('fixed-public') },
    path: {
      replace: [
        { segment: ':org', value: text('{org}x') },
        { segment: ':user', value: text('{username}') },
      ],
      prepend: { path: '/{public}/{site}', unless_present: false },
    },
    query: [{ name: 'org', value: text('{org}') }],
    headers: {
      defaults: [{ name: 'X-Default', value: text('a {public}') }],
      set: [{ name: 'X-Set', value: text('b {org}') }],
      owned: ['authorization', 'x-set'],
    },
  };
  const withUser = { ...vendor, variables: [...(vendor.variables ?? []), variable('user', '$USER')] };
  const gateway = await startGateway(
    { connections: { vendor: withUser } },
    {
      environment: { ...ENVIRONMENT, ORG: 'plant org' },
      network: {
        resolve: (host) => Promise.resolve(host === 'plant-site.vendor.example' ? ['8.8.8.8'] : []),
        connectTo: () => ({ address: '127.0.0.1', port: upstream.port }),
      },
    },
  );
  const { bytes } = await sendRaw(gateway.port, headOf('/vendor/:org/:user'));
  const basic = Buffer.from('plant-user:fixed-public').toString('base64');
  expect(upstream.received()).toBe(
    [
      'GET /v1/plant-site/p/plant-site/plant%20orgx/plant-user?org=plant%20org HTTP/1.1',
      'host: plant-site.vendor.example',
      'connection: keep-alive',
      'X-Default: a p',
      'X-Set: b plant org',
      `Authorization: Basic ${basic}`,
      '',
      '',
    ].join('\r\n'),
  );
  expect(bytes).toContain('\r\nX-Told: GET /v1/[redacted]/p/[redacted]/[redacted]');
  expect(bytes).toContain('X-Default: a p X-Set: [redacted]');
  expect(bytes + JSON.stringify(gateway.log)).not.toMatch(/plant/);
  expect(bytes).not.toContain(basic);
});

test('a user name that is public is what a path may show', async () => {
  const upstream = await rawUpstream();
  const gateway = await startGateway({
    connections: {
      vendor: {
        base_url: upstream.origin,
        credential: CREDENTIALS.basic,
        path: { replace: [{ segment: ':me', value: text('{username}') }], prepend: null },
      },
    },
  });
  await sendRaw(gateway.port, headOf('/vendor/:me'));
  expect(upstream.received()).toContain('GET /user HTTP/1.1\r\n');
});

/** What stops the start: a connection, and the faults that are told. */
const UNFIT: [title: string, connection: Partial<ConnectionSpec>, faults: string[]][] = [
  [
    'a secret that its pattern does not have',
    { variables: [variable('site', '$SITE', { pattern: '[a-z]+' })] },
    [`\${env:SITE}: its value for the variable site does not match [a-z]+ (${AT})`],
  ],
  [
    'a secret of which only a part matches',
    { variables: [variable('site', '$SITE', { pattern: 'site|pl.nt' })] },
    [`\${env:SITE}: its value for the variable site does not match site|pl.nt (${AT})`],
  ],
  [
    'a pattern that the engine does not run',
    { variables: [variable('site', '$SITE', { pattern: '(?=p).*' })] },
    [`\${env:SITE}: its value for the variable site does not match (?=p).* (${AT})`],
  ],
  [
    'a secret that is none of the values',
    { variables: [variable('site', '$SITE', { values: ['us', 'eu'] })] },
    [`\${env:SITE}: its value for the variable site is not one of us, eu (${AT})`],
  ],
  [
    'a secret with half a surrogate pair',
    { variables: [variable('site', '$HALF')] },
    [`\${env:HALF}: its value for the variable site is not UTF-8 (${AT})`],
  ],
  [
    'a secret that ends the host',
    { base_url: 'https://{org}.example.com', tls: { guarded: true }, variables: [variable('org', '$ORG')] },
    [`the value of the variable org cannot stand in a host name (${AT})`],
  ],
  [
    'a secret that is no segment of the base path',
    { base_url: 'https://api.example.com/{org}', variables: [variable('org', '$ORG')] },
    [`the value of the variable org cannot be a segment of a path (${AT})`],
  ],
  [
    'values that make no URL together',
    {
      base_url: 'https://{site}.{n}',
      tls: { guarded: true },
      variables: [variable('n', '0x7f'), variable('site', '1')],
    },
    [`its variables make a base_url that has a host that means another one (${AT})`],
  ],
  [
    'a second host that they do not make',
    {
      variables: [variable('org', '$ORG')],
      tls: {
        hosts: [
          { origin: 'https://{org}.example.com', base_path: '', guarded: true, methods: [], paths: [] },
        ],
      },
    },
    [`the value of the variable org cannot stand in a host name (${AT})`],
  ],
  [
    'a variable without value: nothing else is told for it',
    {
      base_url: 'https://{site}.example.com/{site}',
      tls: { guarded: true },
      variables: [variable('site', null)],
      path: { replace: [{ segment: ':s', value: text('{site}') }], prepend: null },
    },
    [`the variable site has no value (${AT})`],
  ],
  [
    'a secret that is not set: nothing else is told for it',
    {
      base_url: 'https://{site}.example.com',
      tls: { guarded: true },
      variables: [variable('site', '$NONE')],
    },
    [`\${env:NONE}: the environment variable is not set (${AT})`],
  ],
  [
    'a value that a path cannot have',
    {
      variables: [variable('org', '$ORG')],
      path: {
        replace: [{ segment: ':o', value: text('{org}') }],
        prepend: { path: '/{org}', unless_present: false },
      },
    },
    [
      `the value of the variable org cannot be a segment of a path (${AT})`,
      `the value for :o in the path cannot be a segment of it (${AT})`,
    ],
  ],
  [
    'values that make a dot segment of the prefix together, decoded twice',
    {
      variables: [variable('a', '%2'), variable('b', 'e')],
      path: { replace: [], prepend: { path: '/{a}{b}{a}{b}', unless_present: false } },
    },
    [`its variables make what cannot be put in front of a path (${AT})`],
  ],
  [
    'a header value with a line feed',
    {
      variables: [variable('bad', '$BAD')],
      headers: { defaults: [{ name: 'X-A', value: text('{bad}') }], set: [], owned: [] },
    },
    [`the value has a CR, LF or NUL (${AT})`],
  ],
  [
    'a credential that no segment can be',
    { credential: { ...CREDENTIALS.path, secret: { env: 'ORG', at: AT } } },
    [`the value cannot be a segment of a path (${AT})`],
  ],
  [
    'a credential that is a dot segment when it is decoded twice',
    { credential: { ...CREDENTIALS.path, prefix: '', secret: { env: 'DOTS', at: AT } } },
    [`the value cannot be a segment of a path (${AT})`],
  ],
];

test.each(UNFIT)('%s stops the start, and is not told', async (_title, connection, faults) => {
  const started = startGateway(
    { connections: { vendor: { base_url: 'https://api.example.com', ...connection } } },
    { environment: { ...ENVIRONMENT, HALF: 'plant\ud800', DOTS: '%2e%2E' } },
  );
  const error: unknown = await started.catch((thrown: unknown) => thrown);
  expect(String(error)).toBe(`LoadError: ${faults.map((fault) => `connection vendor: ${fault}`).join('\n')}`);
  expect(String(error)).not.toMatch(/plant/);
});

test('a variable that waits for a grant does not stop the start of the others', async () => {
  const upstream = await rawUpstream();
  const waiting: ConnectionSpec = {
    base_url: 'https://{site}.example.com/{site}',
    tls: {
      guarded: true,
      hosts: [{ origin: 'https://{site}.example.org', base_path: '', guarded: true, methods: [], paths: [] }],
    },
    grants: true,
    auth_mode: 'bearer',
    credential: { ...CREDENTIALS.bearer, secret: { grant: 'credential', at: AT } },
    variables: [
      variable('site', null, { source: { kind: 'token_response', pointer: '/site', match: null } }),
    ],
    path: {
      replace: [{ segment: ':s', value: text('{site}') }],
      prepend: { path: '/{site}', unless_present: true },
    },
    query: [{ name: 'site', value: text('{site}') }],
    headers: {
      defaults: [],
      set: [{ name: 'X-Site', value: text('Site {site}') }],
      owned: ['authorization', 'x-site'],
    },
  };
  const connections = { vendor: { base_url: upstream.origin }, waiting };
  const gateway = await startGateway({ connections, store: await storeUrl('sqlite') });
  const { bytes, statuses } = await sendRaw(gateway.port, headOf('/waiting/:s'));
  expect([statuses, codeOf(bytes)]).toEqual([[400], 'connection_missing']);
  expect((await sendRaw(gateway.port, headOf('/vendor/a'))).statuses).toEqual([200]);
});

test('sealed text that holds nothing ends the start: nothing goes out without its credential', async () => {
  const key = Buffer.alloc(32, 7);
  const bound_to = 'connections/vendor/credential';
  const secret = { sealed: seal('', bound_to, keyRing([key], 'test')), at: AT, bound_to };
  const started = startGateway(
    {
      connections: {
        vendor: { base_url: 'https://api.example.com', credential: { ...CREDENTIALS.bearer, secret } },
      },
    },
    { environment: { GW_ENCRYPTION_KEY: key.toString('base64') } },
  );
  await expect(started).rejects.toThrow(`connection vendor: sealed text: it holds nothing (${AT})`);
});

test('sealed text of a variable without a key ends the start', async () => {
  const sealed: Value = { sealed: 'x', at: AT, bound_to: 'connections/vendor/variables/site' };
  const started = startGateway({
    connections: {
      vendor: {
        base_url: 'https://{site}.example.com',
        tls: { guarded: true },
        variables: [{ ...variable('site', null), value: sealed }],
      },
    },
  });
  await expect(started).rejects.toThrow('connection vendor: sealed text: there is no key that opens it');
});
