import type { ConnectionAccess } from '../../table/types.ts';
import { narrowedSet } from './narrowed-set.ts';
import type { OperationSet } from './operation-set.ts';
import type { OperationSets } from './operation-sets.ts';

/** What a caller may do, by connection. */
export type Access = ReadonlyMap<string, { readonly plan: ConnectionAccess }>;

/**
 * Gives the operations of a connection that a caller may use. Null where it may not use the connection, or there
 * is none of that name: which of the two is not told.
 */
export function visibleSets(
  sets: OperationSets,
  access: Access,
  connection: string,
): readonly OperationSet[] | null {
  const granted = access.get(connection);
  const those = sets.get(connection);
  if (granted === undefined || those === undefined) return null;
  return those.map((set) => narrowedSet(set, granted.plan));
}

/** Gives the names of the connections that a caller may use, sorted. */
export function visibleConnections(sets: OperationSets, access: Access): string[] {
  return [...sets.keys()].filter((name) => access.has(name)).sort();
}
