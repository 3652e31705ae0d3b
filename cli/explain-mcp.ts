import type { Problem } from '../runtime/problem.ts';
import { doorFault } from '../runtime/mcp/door-fault.ts';
import { OWN_HEADERS } from '../runtime/mcp-upstream/own-headers.ts';
import type { Connection, Table } from '../table/types.ts';
import { TOOL_NAMES } from '../table/rules/tool-names.ts';
import { explainRights } from './explain-rights.ts';
import type { Explained } from './explain-rights.ts';
import { headerLayers } from './header-layers.ts';

/** Gives who may use which tool at `/mcp`, with what decides, or why a request there is none of MCP. */
export function explainDoor(
  table: Table,
  { method, rest }: { readonly method: string; readonly rest: string },
  flags: { readonly caller?: string; readonly tool?: string },
): Explained | Problem {
  const fault = doorFault(method, rest);
  if (fault !== null) return fault;
  const tools = flags.tool === undefined ? TOOL_NAMES : [flags.tool];
  const parts = tools.map((tool) => explainRights(table, { ...flags, tool }));
  return {
    lines: [
      'door         MCP, for language models (docs/mcp.md): the calls that its tools make are explained by METHOD and PATH',
      ...parts.flatMap(({ lines }) => lines),
    ],
    forwarded: parts.some(({ forwarded }) => forwarded),
  };
}

/** Gives a line for each header of a message to an MCP server: nothing of a caller's headers goes there. */
export function messageHeaders(
  connection: Connection,
  fields: readonly (readonly [name: string, value: string])[],
): string[] {
  const own = OWN_HEADERS.flatMap((name, at): [string, string][] =>
    at % 2 === 0 ? [[name, OWN_HEADERS[at + 1] ?? '']] : [],
  );
  return [
    ...fields.map(([name]) => `(dropped) ${name}: no header of a caller goes to an MCP server`),
    ...headerLayers(connection, own, 'of each message (MCP)'),
  ];
}
