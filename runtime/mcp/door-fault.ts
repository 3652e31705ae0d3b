import { Problem } from '../problem.ts';

/** Gives why a request to `/mcp` is no message, or null. `rest` is what stands behind the first segment. */
export function doorFault(method: string, rest: string): Problem | null {
  if (!/^\/?(?:\?|$)/.test(rest)) return new Problem('route_unknown', 'MCP is served at /mcp alone');
  if (method === 'POST') return null;
  return new Problem(
    'method_not_allowed',
    'send MCP messages by POST: no session is kept, and nothing is sent without being asked for',
    { headers: ['Allow', 'POST'] },
  );
}
