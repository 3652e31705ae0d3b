import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { expect, onTestFinished, test } from 'vitest';
import { GW, gw } from '../support/gw-process.ts';
import { callTool } from '../support/mcp-client.ts';
import { OK, rawUpstream } from '../support/raw-upstream.ts';
import { GATEWAY_KEY, startFromYaml } from '../support/yaml-gateway.ts';

// `gw mcp` as a desktop client starts it, spoken to by the SDK's own client.

test('gw mcp passes messages on, and writes the protocol alone', { timeout: 120_000 }, async () => {
  const upstream = await rawUpstream(OK);
  const gateway = await startFromYaml(
    `connections: { vendor: { base_url: "${upstream.origin}", auth_mode: bearer, credential: "\${env:VENDOR}" } }\n`,
    { VENDOR: 'vendor-secret' },
  );
  const client = new Client({ name: 'desktop', version: '1' });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [GW, 'mcp'],
    env: { GW_URL: gateway.base, GW_KEY: GATEWAY_KEY },
  });
  const odd: Error[] = [];
  Object.assign(client, { onerror: (error: Error) => void odd.push(error) });
  onTestFinished(() => client.close());
  await client.connect(transport);
  const { tools } = await client.listTools();
  expect(tools).toHaveLength(3);
  const called = await callTool(client, 'api_invoke_endpoint', {
    connection: 'vendor',
    method: 'GET',
    path: '/a',
  });
  expect(called).toMatchObject({ isError: false, structured: { status: 200, body: 'ok' } });
  expect(upstream.requests[0]?.head).toMatch(/^GET \/a HTTP\/1\.1\r\n/);
  expect(upstream.requests[0]?.head).toContain('Authorization: Bearer vendor-secret\r\n');
  expect(odd).toEqual([]);
});

test('gw mcp without a key is wrong usage, and standard output stays empty', async () => {
  const ran = await gw(['mcp'], { input: '' });
  expect(ran).toEqual({ code: 2, stdout: '', stderr: 'gw: set GW_KEY to your gateway key\n' });
});

test('what the gateway refuses is an answer to the message', async () => {
  const gateway = await startFromYaml(
    'connections: { vendor: { base_url: "http://127.0.0.1:9", auth_mode: none } }\n',
    {},
  );
  const { code, stdout } = await gw(['mcp', '--url', gateway.base], {
    env: { GW_KEY: 'wrong' },
    input: '{"jsonrpc":"2.0","id":7,"method":"ping"}\nnot JSON\n',
  });
  expect(code).toBe(0);
  const answers = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: unknown; error: { code: number } });
  expect(answers.map(({ id, error }) => [id, error.code])).toEqual([
    [7, -32_000],
    [null, -32_700],
  ]);
});
