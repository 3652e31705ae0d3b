import { isMcpServer } from '../../table/rules/auth-modes.ts';
import type { Exchange } from '../exchange.ts';
import type { KnownCaller, Route, Snapshot } from '../load/snapshot.ts';
import { nearestNames } from '../operations/nearest-names.ts';
import type { OperationSet } from '../operations/operation-set.ts';
import { visibleConnections, visibleSets } from '../operations/visible-sets.ts';
import { Problem } from '../problem.ts';
import { ToolFault } from './tool-answer.ts';

/** Who calls a tool, and the exchange that it came in: a message is one call, so its record is that of the call. */
export interface ToolCall {
  readonly snapshot: Snapshot;
  readonly caller: KnownCaller;
  readonly exchange: Exchange;
  /** Nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** The arguments of a tool, checked against its schema. */
export type ToolArguments = Readonly<Record<string, unknown>>;

/** Gives a text among the arguments; null where it is left out or empty. */
export function textArgument(given: ToolArguments, name: string): string | null {
  const value = Object.hasOwn(given, name) ? given[name] : null;
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

/** Gives a number among the arguments; null where it is left out. */
export function numberArgument(given: ToolArguments, name: string): number | null {
  const value = Object.hasOwn(given, name) ? given[name] : null;
  return typeof value === 'number' ? value : null;
}

/**
 * Gives the operations of a connection that the caller may use; those of an MCP server are its tools, as the grant
 * sees them. A connection that it may not use is unknown like one that does not exist; those it may use are told, the
 * nearest first.
 */
export async function setsOfConnection(
  call: ToolCall,
  name: string,
  grant: string | null,
): Promise<readonly OperationSet[] | ToolFault | Problem> {
  const { snapshot, caller, exchange } = call;
  const sets = visibleSets(snapshot.operations, caller.access, name);
  if (sets !== null) {
    exchange.connection = name;
    const route = snapshot.routes.get(name);
    // What an API has does not depend on the grant: one that is named for all calls is let pass.
    return route !== undefined && isMcpServer(route.connection) ? toolsOf(call, route, grant) : sets;
  }
  const valid = nearestNames(name, visibleConnections(snapshot.operations, caller.access));
  return new ToolFault(
    new Problem(
      'route_unknown',
      `no connection that you may use is named ${shownName(name)}${listed(valid)}`,
    ),
    { valid },
  );
}

async function toolsOf(
  { caller, exchange, signal }: ToolCall,
  route: Route,
  grant: string | null,
): Promise<readonly OperationSet[] | Problem> {
  const { toolSet } = await import('../mcp-upstream/tool-set.ts');
  const parts = { caller, route, grant, from: exchange.request, signal };
  const set = await toolSet(exchange, parts);
  return set instanceof Problem ? set : [set];
}

/** Gives the sets of one description, or all where none is named. */
export function setsOfSpec(
  sets: readonly OperationSet[],
  spec: string | null,
): readonly OperationSet[] | ToolFault {
  if (spec === null) return sets;
  const those = sets.filter(({ description }) => description === spec);
  if (those.length > 0) return those;
  const names = sets.map(({ description }) => description);
  const valid = nearestNames(spec, names);
  return new ToolFault(
    new Problem('operation_unknown', `no description (spec) is named ${shownName(spec)}${listed(valid)}`),
    { valid },
  );
}

/** Gives a name that a model gave as it may be told back. */
export function shownName(name: string): string {
  return JSON.stringify(name.slice(0, 200));
}

/** Gives the end of a sentence that tells what there is. */
export function listed(names: readonly string[]): string {
  return names.length === 0
    ? '; there is none'
    : `; there ${names.length === 1 ? 'is' : 'are'}: ${names.join(', ')}`;
}
