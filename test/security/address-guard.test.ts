import { expect, test } from 'vitest';
import type { Network } from '../../runtime/6-forward/network.ts';
import { startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';
import { PUBLIC_ADDRESS } from '../support/many-hosts.ts';
import { sendRaw } from '../support/raw-caller.ts';
import { OK, rawUpstream } from '../support/raw-upstream.ts';
import type { RawUpstream } from '../support/raw-upstream.ts';
import { codeOf, headOf } from '../support/sides.ts';
import { CREDENTIALS, TEST_ENVIRONMENT, valueOf } from '../support/table.ts';
import type { ConnectionSpec } from '../support/table.ts';

/** A host that somebody else names must not lead into the network of whoever runs the gateway. */

const AT = 'gateway.d/test.yaml:1:1';
const NAME = 'site.vendor.example';

/** A connection whose host is the variable `host`. */
function guarded(scheme: string, host: string, more: Partial<ConnectionSpec> = {}): ConnectionSpec {
  return {
    base_url: `${scheme}://{host}`,
    tls: { guarded: true },
    credential: CREDENTIALS.bearer,
    variables: [
      {
        name: 'host',
        doc: null,
        value: valueOf(host),
        source: { kind: 'connection' },
        default: null,
        optional: false,
        pattern: null,
        values: [],
      },
    ],
    ...more,
  };
}

const start = (connection: ConnectionSpec, network?: Network, environment: Record<string, string> = {}) =>
  startGateway(
    { connections: { vendor: connection } },
    { environment, ...(network === undefined ? {} : { network }) },
  );

const LITERALS: [base_url: string, what: string][] = [
  ['http://127.0.0.1', 'loopback'],
  ['http://127.9.9.9:8080', 'loopback'],
  ['http://169.254.169.254', 'link-local'],
  ['http://10.0.0.1', 'private'],
  ['http://[::1]', 'loopback'],
  ['http://[::ffff:7f00:1]', 'loopback'],
  ['http://[::ffff:a9fe:a9fe]', 'link-local'],
  ['http://[64:ff9b::7f00:1]', 'loopback'],
  ['http://[fd00::1]:8080', 'private'],
  ['http://0.0.0.0', 'unspecified'],
];

test.each(LITERALS)('%s as the host stops the start', async (base_url, what) => {
  const started = start({ base_url, tls: { guarded: true } });
  await expect(started).rejects.toThrow(
    `connection vendor: its host is an address that is not public (${what}), nor in allow_private (${AT})`,
  );
});

test.each(LITERALS.filter(([base_url]) => !base_url.includes('[')))(
  '%s from a secret stops the start, and is not told',
  async (base_url, what) => {
    const host = base_url.slice('http://'.length);
    const error: unknown = await start(guarded('http', '$HOST'), undefined, { HOST: host }).catch(
      (thrown: unknown) => thrown,
    );
    expect(String(error)).toContain(`is not public (${what})`);
    expect(String(error)).not.toContain(host);
  },
);

test.each([
  '0x7f.1',
  '2130706433',
  '127.1',
  '[::1]',
  'a@127.0.0.1',
  '127.0.0.1/',
  '127.0.0.1#x',
  '%31',
  'a..b',
  '',
])('the host %j is none', async (host) => {
  await expect(start(guarded('http', host))).rejects.toThrow(/^connection vendor: .*(?:host|base_url)/);
});

const LITERAL_ALLOWED: readonly string[] = ['127.0.0.0/8'];

test('a literal address in allow_private is reached', async () => {
  const upstream = await rawUpstream();
  const gateway = await start(
    guarded('http', `127.0.0.1:${upstream.port}`, { allow_private: LITERAL_ALLOWED }),
  );
  expect(await outcome(gateway)).toEqual([200, null]);
});

/** Sends a request; gives status and code. */
async function outcome(gateway: TestGateway): Promise<[number | undefined, string | null]> {
  const { bytes, statuses } = await sendRaw(gateway.port, headOf('/vendor/a'));
  return [statuses[0], codeOf(bytes)];
}

/** A network in which the name has these addresses: at each look-up the next of them, then the last for ever. */
function answering(...answers: readonly (readonly string[])[]): Network & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    resolve: (host) => {
      asked.push(host);
      return Promise.resolve(answers[Math.min(asked.length, answers.length) - 1] ?? []);
    },
    connectTo: () => null,
  };
}

test.each([
  [['127.0.0.1'], '127.0.0.1', 'loopback'],
  [['169.254.169.254'], '169.254.169.254', 'link-local'],
  [['::1'], '::1', 'loopback'],
  [['::ffff:127.0.0.1'], '::ffff:127.0.0.1', 'loopback'],
  [['::ffff:a9fe:a9fe'], '::ffff:a9fe:a9fe', 'link-local'],
  [[PUBLIC_ADDRESS, '10.0.0.1'], '10.0.0.1', 'private'],
  [['127.0.0.1', PUBLIC_ADDRESS], '127.0.0.1', 'loopback'],
])('a name that leads to %j: 403, nothing sent', async (addresses, address, what) => {
  const upstream = await rawUpstream();
  const gateway = await start(guarded('http', `${NAME}:${upstream.port}`), answering(addresses));
  const { bytes, statuses } = await sendRaw(gateway.port, headOf('/vendor/a?q=plant'));
  expect([statuses, codeOf(bytes)]).toEqual([[403], 'forbidden']);
  expect(bytes).toContain('the host of vendor leads to an address that is not public (allow_private)');
  expect(bytes).not.toContain(address);
  const line = await gateway.logged(({ msg }) => msg === 'exchange');
  expect(line).toMatchObject({
    source: 'gateway',
    problem: 'forbidden',
    error: 'ADDRESS_REFUSED',
    refused_address: address,
    refused_as: what,
  });
  expect(JSON.stringify(gateway.log)).not.toMatch(/plant|vendor\/a/);
  expect(JSON.stringify(gateway.log) + bytes).not.toContain(TEST_ENVIRONMENT.SECRET);
  expect(upstream.sockets).toBe(0);
});

test('a name without address, and one that nobody knows: 502', async () => {
  for (const network of [
    answering([]),
    { resolve: () => Promise.reject(new Error(NAME)), connectTo: () => null },
    {
      resolve: () => Promise.reject(Object.assign(new Error(NAME), { code: 'EAI_AGAIN' })),
      connectTo: () => null,
    },
  ]) {
    for (const one of [guarded('http', NAME), { base_url: `http://${NAME}` }])
      expect(await outcome(await start(one, network))).toEqual([502, 'upstream_unreachable']);
  }
});

test("the machine's own resolver is judged too", async () => {
  const upstream = await rawUpstream();
  const gateway = await start(guarded('http', `localhost:${upstream.port}`));
  expect(await outcome(gateway)).toEqual([403, 'forbidden']);
  expect(upstream.sockets).toBe(0);
});

test('allow_private lets a name pass, and each socket is one look-up', async () => {
  const upstream = await rawUpstream();
  const network = answering(['127.0.0.1'], ['169.254.169.254']);
  const gateway = await start(
    guarded('http', `${NAME}:${upstream.port}`, { allow_private: LITERAL_ALLOWED }),
    network,
  );
  expect(await outcome(gateway)).toEqual([200, null]);
  // The socket stays, and with it the address that was checked.
  expect(await outcome(gateway)).toEqual([200, null]);
  expect(network.asked).toEqual([NAME]);
  expect(upstream.requests[0]?.head).toContain(`host: ${NAME}:${upstream.port}\r\n`);
});

/** An upstream that ends each socket behind its answer. */
function closingUpstream(): Promise<RawUpstream> {
  return rawUpstream(
    ({ socket }) =>
      () =>
        socket.end(OK.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')),
  );
}

test('a name that leads elsewhere later (DNS rebinding) is refused then', async () => {
  const upstream = await closingUpstream();
  const rebinding = answering([PUBLIC_ADDRESS], ['127.0.0.1']);
  const gateway = await start(guarded('http', `${NAME}:${upstream.port}`), {
    ...rebinding,
    connectTo: () => ({ address: '127.0.0.1', port: upstream.port }),
  });
  expect(await outcome(gateway)).toEqual([200, null]);
  await upstream.waitUntil(({ closedSockets }) => closedSockets === 1);
  expect(await outcome(gateway)).toEqual([403, 'forbidden']);
  expect(await outcome(gateway)).toEqual([403, 'forbidden']);
  expect(rebinding.asked).toEqual([NAME, NAME, NAME]);
  expect(upstream.requests).toHaveLength(1);
});

test('sockets of a connection that is not guarded are not lent to one that is', async () => {
  const upstream = await rawUpstream();
  const gateway = await startGateway(
    {
      connections: {
        trusted: { base_url: `http://${NAME}:${upstream.port}` },
        vendor: guarded('http', `${NAME}:${upstream.port}`),
      },
    },
    { network: answering(['127.0.0.1']) },
  );
  expect((await sendRaw(gateway.port, headOf('/trusted/a'))).statuses).toEqual([200]);
  expect(await outcome(gateway)).toEqual([403, 'forbidden']);
  expect((await sendRaw(gateway.port, headOf('/trusted/a'))).statuses).toEqual([200]);
  expect(upstream.sockets).toBe(1);
});
