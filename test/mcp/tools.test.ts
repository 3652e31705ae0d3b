import { expect, test } from 'vitest';
import { callTool, mcpClient } from '../support/mcp-client.ts';
import { GATEWAY_KEY, startMcpGateway } from '../support/mcp-gateway.ts';

test('try', async () => {
  const { base, log } = await startMcpGateway();
  const client = await mcpClient(base, GATEWAY_KEY);
  const tools = await client.listTools();
  console.log(JSON.stringify(tools).length);
  for (const given of [
    {},
    { connection: 'shop' },
    { connection: 'pay' },
    { connection: 'bare' },
    { connection: 'shpo' },
    { connection: 'shop', query: 'order' },
    { connection: 'pay', query: 'banks' },
    { foo: 1, limit: 'x' },
  ])
    console.log(JSON.stringify(await callTool(client, 'api_list_endpoints', given)));
  for (const given of [
    { connection: 'shop', operation_id: 'getOrder' },
    { connection: 'shop', operation_id: 'addOrder' },
    { connection: 'pay', operation_id: 'listCharges' },
    { connection: 'shop', operation_id: 'x' },
  ])
    console.log(JSON.stringify(await callTool(client, 'api_get_endpoint_schema', given), null, 1));
  console.log(log.join(''));
  expect(1).toBe(1);
});
