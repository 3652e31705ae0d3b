import type { Persona } from '../types.ts';
import { matchGlob } from './glob.ts';

/** The tools that language models call, whatever the connections are. */
export const TOOL_NAMES = ['api_list_endpoints', 'api_get_endpoint_schema', 'api_invoke_endpoint'] as const;

export type ToolName = (typeof TOOL_NAMES)[number];

/** Gives the tools that personas allow together: a deny of any wins, then an allow of one is enough. */
export function allowedTools(personas: readonly Pick<Persona, 'tools'>[]): ReadonlySet<ToolName> {
  const named = (list: 'allow' | 'deny', tool: ToolName): boolean =>
    personas.some(({ tools }) => tools[list].some((glob) => matchGlob(glob, tool)));
  return new Set(TOOL_NAMES.filter((tool) => named('allow', tool) && !named('deny', tool)));
}
