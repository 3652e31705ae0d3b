import { findOperation } from '../../runtime/operations/find-operation.ts';
import { nearestNames } from '../../runtime/operations/nearest-names.ts';
import { callerPath } from '../../runtime/operations/operation-set.ts';
import type { OperationSet, Place } from '../../runtime/operations/operation-set.ts';
import type { OperationSets } from '../../runtime/operations/operation-sets.ts';
import { UsageError } from '../usage-error.ts';

/** Gives the sets of one connection, or all where none is named. Throws a UsageError that lists the valid names. */
export function setsNamed(sets: OperationSets, named: string | undefined): readonly OperationSet[] {
  if (named === undefined) return [...sets.values()].flat();
  const those = sets.get(named);
  if (those === undefined) {
    throw new UsageError(
      `no connection is named ${JSON.stringify(named)}; there ${listed(nearestNames(named, sets.keys()), sets.size)}`,
    );
  }
  return those;
}

/** Gives the operation that a name means. Throws a UsageError where none is meant, with the nearest ids, and where several are. */
export function operationNamed(sets: readonly OperationSet[], named: string): Place {
  const found = findOperation(sets, named);
  if (found.kind === 'one') return found.place;
  if (found.kind === 'none') {
    throw new UsageError(
      `no operation is named ${JSON.stringify(named)}; there ${listed(found.nearest, found.count)}`,
    );
  }
  const all = found.places.map((place) => `  ${address(place)}`);
  throw new UsageError(
    `${JSON.stringify(named)} means several operations; name one by --connection, or as DESCRIPTION:ID or METHOD PATH:\n${all.join('\n')}`,
  );
}

function address(place: Place): string {
  const { connection, description, list } = place.set;
  const { [place.index]: method = '' } = list.methods;
  return `${connection}: ${description}:${list.ids[place.index] ?? ''} (${method} ${callerPath(place)})`;
}

function listed(nearest: readonly string[], count: number): string {
  if (count === 0) return 'is none';
  const more = count - nearest.length;
  return `${count === 1 ? 'is' : 'are'}: ${nearest.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}
