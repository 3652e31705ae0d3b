import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { callTool, mcpClient } from '../support/mcp-client.ts';
import type { ToolOutcome } from '../support/mcp-client.ts';
import { GATEWAY_KEY, startFromYaml } from '../support/yaml-gateway.ts';
import type { YamlGateway } from '../support/yaml-gateway.ts';
import { mcpServer } from './mcp-server.ts';
import type { McpServerOptions, TestMcpServer } from './mcp-server.ts';

/** Keys of callers: `tester` may do everything, `adder` call two tools, `reader` change nothing. */
export const KEYS = {
  tester: GATEWAY_KEY,
  adder: 'adder-key-0123456789-0123456789-0123456789',
  reader: 'reader-key-0123456789-0123456789-012345678',
} as const;

const ACCESS = `callers:
  adder: { account: tester, key: "\${env:ADDER}", personas: [adder] }
  reader: { key: "\${env:READER}", personas: [reader] }
personas:
  adder:
    connections: { allow: [notes] }
    tools: { allow: ["*"] }
    routes: [{ connection: notes, methods: [POST], paths: [/add, /fail], action: allow }]
  reader: { connections: { allow: ["*"] }, tools: { allow: ["*"] }, read_only: true }
`;

/** A gateway with an MCP server behind the connection `notes`, and beside it `plain`, which is none. */
export interface Stand {
  readonly server: TestMcpServer;
  readonly gateway: YamlGateway;
  readonly client: (caller?: keyof typeof KEYS) => Promise<Client>;
  /** Calls one of the gateway's tools, through the SDK's own client. */
  readonly ask: (
    tool: string,
    given: Record<string, unknown>,
    caller?: keyof typeof KEYS,
  ) => Promise<ToolOutcome>;
}

/** Starts one; `more` is of the connection. */
export async function stand(options: McpServerOptions = {}, more = ''): Promise<Stand> {
  const server = await mcpServer(options);
  const gateway = await startFromYaml(
    `connections:
  notes: { base_url: "${server.url}", auth_mode: mcp, credential: "\${env:TOKEN}", description: Notes${more} }
  plain: { base_url: "${server.url}", auth_mode: none }
`,
    { TOKEN: 'vendor-token', ADDER: KEYS.adder, READER: KEYS.reader },
    { files: { 'gateway.d/30-access.yaml': ACCESS } },
  );
  const clients = new Map<string, Promise<Client>>();
  const client: Stand['client'] = (caller = 'tester') => {
    const before = clients.get(caller) ?? connected(gateway, KEYS[caller]);
    clients.set(caller, before);
    return before;
  };
  const ask: Stand['ask'] = async (tool, given, caller) => callTool(await client(caller), tool, given);
  return { server, gateway, client, ask };
}

/** From here on the client checks structured answers against the output schemas. */
async function connected({ base }: YamlGateway, key: string): Promise<Client> {
  const client = await mcpClient(base, key);
  await client.listTools();
  return client;
}
