import { expect, test } from 'vitest';
import { callTool, mcpClient } from '../support/mcp-client.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { stdioClient } from '../support/stdio-client.ts';
import { GATEWAY_KEY, startFromYaml } from '../support/yaml-gateway.ts';

// A model's way from nothing to an answer, with the catalogs that ship: list, find, read the schema, call; straight and
// through `gw mcp` as a desktop client starts it.

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"ok":true}';

interface Way {
  readonly connection: string;
  readonly query: string;
  readonly operation: RegExp;
  readonly body: Record<string, unknown>;
  readonly line: string;
  readonly type: string;
  readonly sent: string;
}

const WAYS: readonly Way[] = [
  {
    connection: 'stripe',
    query: 'create a customer',
    operation: /^PostCustomers$/,
    body: { email: 'a@b.example', metadata: { order: '7' } },
    line: 'POST /v1/customers HTTP/1.1',
    type: 'application/x-www-form-urlencoded',
    sent: 'email=a%40b.example&metadata%5Border%5D=7',
  },
  {
    connection: 'slack',
    query: 'post message',
    operation: /postMessage$/,
    body: { channel: 'C1', text: 'hello' },
    line: 'POST /api/chat.postMessage HTTP/1.1',
    type: 'application/json',
    sent: '{"channel":"C1","text":"hello"}',
  },
];

const TRANSPORTS = { HTTP: mcpClient, stdio: stdioClient };

const ROWS = WAYS.flatMap((way) =>
  (['HTTP', 'stdio'] as const).map((transport) => ({ ...way, transport, connect: TRANSPORTS[transport] })),
);

test.each(ROWS)('$connection over $transport: from a search to a call', { timeout: 60_000 }, async (way) => {
  const { connection, query, body, connect } = way;
  const upstream = await rawUpstream(ANSWER);
  const gateway = await startFromYaml(
    `connections: { ${connection}: { catalog: ${connection}, auth_mode: bearer, credential: "\${env:SECRET}", base_url: "${upstream.origin}" } }\n`,
    { SECRET: 'vendor-secret' },
  );
  const client = await connect(gateway.base, GATEWAY_KEY);
  const odd: Error[] = [];
  Object.assign(client, { onerror: (error: Error) => void odd.push(error) });
  const { tools } = await client.listTools();
  expect(tools).toHaveLength(3);
  const listed = await callTool(client, 'api_list_endpoints', { connection, query });
  const { operations } = listed.structured as { operations: { operation_id: string }[] };
  const operation_id = operations.map((one) => one.operation_id).find((id) => way.operation.test(id));
  const schema = await callTool(client, 'api_get_endpoint_schema', { connection, operation_id });
  expect(schema).toMatchObject({ isError: false, structured: { method: 'POST' } });
  const called = await callTool(client, 'api_invoke_endpoint', { connection, operation_id, body });
  expect(called).toMatchObject({ isError: false, structured: { status: 200, body: { ok: true } } });
  const [request] = upstream.requests;
  expect(request?.head.split('\r\n')[0]).toBe(way.line);
  expect(request?.head.toLowerCase()).toContain(`content-type: ${way.type}`);
  expect(request?.head).toContain('Bearer vendor-secret');
  expect(request?.body).toBe(way.sent);
  // On standard output the protocol stands alone: a client tells of what it cannot read.
  expect(odd).toEqual([]);
});
