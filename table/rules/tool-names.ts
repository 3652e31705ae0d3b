/** The MCP tools, in code unit order. There are no others: each API is reached through these three. */
export const TOOL_NAMES = ['api_get_endpoint_schema', 'api_invoke_endpoint', 'api_list_endpoints'] as const;

export type ToolName = (typeof TOOL_NAMES)[number];
