import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { expect, test } from 'vitest';
import { mcpClient } from '../support/mcp-client.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { stdioClient } from '../support/stdio-client.ts';
import { GATEWAY_KEY, startFromYaml } from '../support/yaml-gateway.ts';

// A call that its client gives up ends at the upstream too, whichever way it is given up.

interface Row {
  readonly what: string;
  readonly connect: (base: string, key: string) => Promise<Client>;
  readonly giveUp: (client: Client, cancelling: AbortController) => unknown;
}

const ROWS: readonly Row[] = [
  { what: 'a notification', connect: mcpClient, giveUp: (_, cancelling) => cancelling.abort() },
  { what: 'the end of its connection', connect: mcpClient, giveUp: (client) => client.close() },
  { what: 'a notification over stdio', connect: stdioClient, giveUp: (_, cancelling) => cancelling.abort() },
  { what: 'the end of its process', connect: stdioClient, giveUp: (client) => client.close() },
];

test.each(ROWS)('cancelled by $what', { timeout: 60_000 }, async ({ connect, giveUp }) => {
  const upstream = await rawUpstream(() => () => {});
  const gateway = await startFromYaml(
    `connections: { vendor: { base_url: "${upstream.origin}", auth_mode: none } }\n`,
    {},
  );
  const client = await connect(gateway.base, GATEWAY_KEY);
  const cancelling = new AbortController();
  const params = {
    name: 'api_invoke_endpoint',
    arguments: { connection: 'vendor', method: 'GET', path: '/a' },
  };
  const called = client.callTool(params, undefined, { signal: cancelling.signal }).then(
    () => 'answered',
    () => 'given up',
  );
  await upstream.waitForRequests(1);
  await giveUp(client, cancelling);
  expect(await called).toBe('given up');
  await upstream.waitUntil(({ closedSockets }) => closedSockets === 1);
  expect(upstream.requests).toHaveLength(1);
});

test('a call is not cancelled by another session, nor by another caller', async () => {
  const upstream = await rawUpstream(() => () => {});
  const other = 'gw_other_0123456789abcdefghijklmnopqrstuvwx';
  const gateway = await startFromYaml(
    `connections: { vendor: { base_url: "${upstream.origin}", auth_mode: none } }
callers: { other: { key: "\${env:OTHER}", personas: [everything] } }
`,
    { OTHER: other },
  );
  const post = (message: object, session: string | null, key = GATEWAY_KEY, signal?: AbortSignal) =>
    fetch(`${gateway.base}/mcp`, {
      method: 'POST',
      headers: {
        'X-API-Key': key,
        Accept: 'application/json, text/event-stream',
        'Content-Type': 'application/json',
        ...(session === null ? {} : { 'Mcp-Session-Id': session }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
      ...(signal === undefined ? {} : { signal }),
    });
  const params = {
    name: 'api_invoke_endpoint',
    arguments: { connection: 'vendor', method: 'GET', path: '/a' },
  };
  const ending = new AbortController();
  const calls = [
    post({ id: 1, method: 'tools/call', params }, 'one', GATEWAY_KEY, ending.signal),
    post({ id: 1, method: 'tools/call', params }, null, GATEWAY_KEY, ending.signal),
  ].map((call) =>
    call.then(
      () => 'answered',
      () => 'cut',
    ),
  );
  await upstream.waitForRequests(2);
  const cancel = { method: 'notifications/cancelled', params: { requestId: 1 } };
  for (const [session, key] of [
    ['two', GATEWAY_KEY],
    ['one', other],
    [null, GATEWAY_KEY],
  ] as const)
    expect((await post(cancel, session, key)).status).toBe(202);
  for (const odd of [undefined, null, 7, { requestId: { a: 1 } }])
    await (await post({ ...cancel, params: odd }, 'one')).arrayBuffer();
  expect(upstream.closedSockets).toBe(0);
  expect((await post(cancel, 'one')).status).toBe(202);
  await upstream.waitUntil(({ closedSockets }) => closedSockets === 1);
  expect(await calls[0]).toBe('answered');
  ending.abort();
  expect(await calls[1]).toBe('cut');
});
