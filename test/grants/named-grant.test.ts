import { expect, test } from 'vitest';
import { headAs, keyConnection, keyOf, startGranted } from '../support/granted.ts';
import { sendRaw } from '../support/raw-caller.ts';

// A grant that is named is used, or nothing is sent: whichever door, and however it is named there.

const CALL = { method: 'GET', path: '/a' };
const message = (given: object): object => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'api_invoke_endpoint', arguments: { connection: 'vendor', ...CALL, ...given } },
});

const DOORS: Record<string, readonly [target: string, body: (given: object) => object]> = {
  envelope: ['/api/v1/gateway/vendor/invoke', (given) => ({ ...CALL, ...given })],
  'raw envelope': ['/api/v1/gateway/vendor/invoke-raw', (given) => ({ ...CALL, ...given })],
  MCP: ['/mcp', message],
};

type Ids = Readonly<Record<'oldest' | 'other' | 'foreign', string>>;
/** How a call names a grant, and the key that its upstream gets; null: it gets nothing. */
const NAMED: readonly [
  what: string,
  header: keyof Ids | null,
  argument: keyof Ids | null,
  key: string | null,
][] = [
  ['not at all', null, null, 'key-oldest'],
  ['by the header', 'other', null, 'key-other'],
  ['by the argument', null, 'other', 'key-other'],
  ['by both', 'other', 'other', 'key-other'],
  ['by both, another each', 'other', 'oldest', null],
  ["another account's, by the header", 'foreign', null, null],
  ["another account's, by the argument", null, 'foreign', null],
];

const ROWS = Object.keys(DOORS).flatMap((door) => NAMED.map((named) => [door, ...named] as const));

test.each(ROWS)('%s: %s', async (door, _what, ...named) => {
  const [header, argument, key] = named;
  const { gateway, upstream, grant, clock } = await startGranted({
    connections: (origins) => ({ vendor: keyConnection(origins.upstream) }),
  });
  const made = async (name: string, account = 'acme'): Promise<string> => {
    clock.now += 1;
    const credential = keyOf(`key-${name}`);
    return (await grant({ account, method: 'API_KEY', credential, expires_at: null })).id;
  };
  const ids: Ids = {
    oldest: await made('oldest'),
    other: await made('other'),
    foreign: await made('foreign', 'zeta'),
  };
  const [target, bodyOf] = DOORS[door] ?? ['', () => ({})];
  const content = JSON.stringify(bodyOf(argument === null ? {} : { grant: ids[argument] }));
  const head = headAs(
    'acme',
    `POST ${target} HTTP/1.1`,
    'Content-Type: application/json',
    'Accept: application/json, text/event-stream',
    `Content-Length: ${content.length}`,
    ...(header === null ? [] : [`Gateway-Connection: ${ids[header]}`]),
  ).replace(/^Host: .*\r\n/im, `Host: 127.0.0.1:${gateway.port}\r\n`);
  await sendRaw(gateway.port, head + content);
  const keys = upstream.requests.map((request) => /^x-vendor-key: (.*)\r$/im.exec(request.head)?.[1]);
  expect(keys).toEqual(key === null ? [] : [key]);
});
