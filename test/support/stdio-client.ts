import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { onTestFinished } from 'vitest';
import { GW } from './gw-process.ts';

/** Connects the SDK's own client to a gateway through `gw mcp`, as a desktop client starts it; it ends with the test. */
export async function stdioClient(base: string, key: string): Promise<Client> {
  const client = new Client({ name: 'desktop', version: '1' });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [GW, 'mcp'],
    env: { GW_URL: base, GW_KEY: key },
  });
  onTestFinished(() => client.close());
  await client.connect(transport);
  return client;
}
