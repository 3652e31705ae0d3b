import type { Problem } from '../problem.ts';
import { denied } from './denied.ts';
import type { CallerRights } from './rights-of.ts';

/** Gives null where a caller may use an MCP tool, else the refusal. What is no tool is refused like one that no persona gives. */
export function authorizeTool({ tools }: Pick<CallerRights, 'tools'>, tool: string): Problem | null {
  const access = tools.get(tool);
  return access?.allowed === true
    ? null
    : denied('your personas do not give this tool', 'tool', access?.by ?? null);
}
