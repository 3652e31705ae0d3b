import { openBy } from '../../table/rules/decide-access.ts';
import type { ToolName } from '../../table/rules/tool-names.ts';
import type { AccessPlan, ConnectionAccess, Decider, ToolAccess } from '../../table/types.ts';

/**
 * What a caller's personas let it do, decided when the table was compiled. Every front door and
 * the control plane ask it through `authorize` (requests), `authorizeTool` and `authorizeGrants`.
 */
export interface CallerRights {
  readonly personas: readonly string[];
  /** By connection. What is not there is denied. */
  readonly access: ReadonlyMap<string, GrantedAccess>;
  /** By connection: what denies those that a persona denies by name or pattern. */
  readonly denied: ReadonlyMap<string, Decider>;
  /** The MCP tools that may be used. */
  readonly tools: ReadonlySet<ToolName>;
  /** By tool: what decided. What is not there is denied. */
  readonly toolAccess: ReadonlyMap<string, ToolAccess>;
  /** What lets the caller manage grants of its account; null where nothing does. */
  readonly manages: Decider | null;
}

/** What a caller may do on one connection. */
export interface GrantedAccess {
  readonly plan: ConnectionAccess;
  /** What gives all of it; null where methods and paths are looked at. */
  readonly open: Decider | null;
}

/** Gives what a set of personas may do, ready to be asked by every front door and the control plane. */
export function rightsOf(plan: AccessPlan): CallerRights {
  return {
    personas: plan.personas,
    access: new Map(plan.connections.map((one) => [one.connection, { plan: one, open: openBy(one) }])),
    denied: new Map(plan.denied.map((one) => [one.connection, one])),
    tools: new Set(plan.tools.flatMap(({ tool, allowed }) => (allowed ? [tool] : []))),
    toolAccess: new Map(plan.tools.map((one) => [one.tool, one])),
    manages: plan.manages,
  };
}
