import { encodeSegment } from '../../table/rules/encode-segment.ts';

/** What the tools of an MCP server are called where APIs have names of descriptions. */
export const TOOLS_SPEC = 'tools';

/** Gives the path of a tool behind the connection's name. */
export function pathOfTool(name: string): string {
  return `/${encodeSegment(name)}`;
}
