import { registeringProvider } from '../support/authorization-servers.ts';
import type { RegisteringProvider } from '../support/authorization-servers.ts';
import { mcpServer } from './mcp-server.ts';
import type { McpServerOptions, TestMcpServer } from './mcp-server.ts';

/** An MCP server that takes tokens of an authorization server alone, which are for it. */
export interface ProtectedServer {
  readonly server: TestMcpServer;
  readonly provider: RegisteringProvider;
  /** Refuses these from now on, as if they had been revoked. */
  readonly refused: Set<string>;
}

/** Starts both. The server tells of itself at the well-known place (RFC 9728), which its challenge names. */
export async function protectedServer(options: McpServerOptions = {}): Promise<ProtectedServer> {
  const provider = await registeringProvider();
  const refused = new Set<string>();
  let url = '';
  const server = await mcpServer({
    ...options,
    authorize: async (authorization) => {
      const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '';
      const isGood = !refused.has(token) && (await provider.audienceOf(token)) === url;
      const metadata = `${new URL(url).origin}/.well-known/oauth-protected-resource/mcp`;
      return isGood ? null : { status: 401, challenge: `Bearer resource_metadata="${metadata}", scope="tools"` };
    },
    beside: (request, response) => {
      if (request.url !== '/.well-known/oauth-protected-resource/mcp') return false;
      response
        .writeHead(200, { 'Content-Type': 'application/json' })
        .end(JSON.stringify({ resource: url, authorization_servers: [provider.origin] }));
      return true;
    },
  });
  url = server.url;
  return { server, provider, refused };
}
