import type { Problem } from '../problem.ts';
import { denied } from './denied.ts';
import type { CallerRights } from './rights-of.ts';

/** Gives null where a caller may use an MCP tool, else the refusal. What is no tool is refused like one that no persona gives. */
export function authorizeTool(
  { toolAccess }: Pick<CallerRights, 'toolAccess'>,
  tool: string,
): Problem | null {
  const access = toolAccess.get(tool);
  return access?.allowed === true
    ? null
    : denied('your personas do not give this tool', 'tool', access?.by ?? null);
}
