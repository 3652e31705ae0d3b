import type { Connection } from '../../table/types.ts';
import { isMcpServer } from '../../table/rules/auth-modes.ts';

/**
 * Says which of the connections are MCP servers and how their tools are listed: a table has none of them. null where
 * there is none of these, or the one that is named is none.
 */
export function toolsNote(connections: readonly Connection[], named: string | undefined): string | null {
  const names = connections
    .filter((connection) => isMcpServer(connection) && (named ?? connection.name) === connection.name)
    .map(({ name }) => name);
  if (names.length === 0) return null;
  const [are, their] = names.length === 1 ? ['is an MCP server', 'its'] : ['are MCP servers', 'their'];
  return `${names.join(', ')} ${are}: ${their} tools are asked for while gw serves; the MCP tool api_list_endpoints lists and searches them`;
}
