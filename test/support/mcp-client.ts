import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { onTestFinished } from 'vitest';

/** What a tool call came to, as a client sees it. */
export interface ToolOutcome {
  readonly isError: boolean;
  /** The text, parsed: it is JSON whatever the tool. */
  readonly text: unknown;
  readonly structured: unknown;
}

/** Connects the SDK's own client to the MCP front door of a gateway; it ends with the test. */
export async function mcpClient(
  base: string,
  key: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  const requestInit = { headers: { ...headers, Authorization: `Bearer ${key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${base}/mcp`), { requestInit }));
  onTestFinished(() => client.close());
  return client;
}

/** Calls a tool. */
export async function callTool(
  client: Client,
  name: string,
  given: Record<string, unknown> = {},
): Promise<ToolOutcome> {
  const result = await client.callTool({ name, arguments: given });
  const [content] = result.content as { readonly type: string; readonly text: string }[];
  return {
    isError: result.isError === true,
    text: JSON.parse(content?.text ?? 'null') as unknown,
    structured: result.structuredContent,
  };
}
