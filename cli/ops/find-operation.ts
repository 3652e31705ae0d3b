import { byNearness } from '../../compiler/diagnostic/nearest-name.ts';
import { UsageError } from '../usage-error.ts';
import { callerPath } from './operation-set.ts';
import type { OperationSet, Place } from './operation-set.ts';

const NAMES_SHOWN = 8;

/** Gives the sets of one connection, or all where none is named. Throws a UsageError that lists the valid names. */
export function setsOf(
  sets: readonly OperationSet[],
  connections: readonly string[],
  named: string | undefined,
): readonly OperationSet[] {
  if (named === undefined) return sets;
  if (!connections.includes(named)) {
    throw new UsageError(
      `no connection is named ${JSON.stringify(named)}; there ${listed(named, connections)}`,
    );
  }
  return sets.filter((set) => set.connection === named);
}

/**
 * Gives the operation that a name means: its id, `DESCRIPTION:ID`, or `METHOD PATH`, the path as a caller
 * writes it or as the document does. Throws a UsageError where none is meant, with the nearest ids, and
 * where several are.
 */
export function findOperation(sets: readonly OperationSet[], named: string): Place {
  const [first, ...others] = placesOf(sets, named);
  if (first === undefined) {
    const ids = new Set(sets.flatMap(({ list }) => list.ids));
    throw new UsageError(`no operation is named ${JSON.stringify(named)}; there ${listed(named, ids)}`);
  }
  if (others.length > 0) {
    const all = [first, ...others].map((place) => `  ${address(place)}`);
    throw new UsageError(
      `${JSON.stringify(named)} means several operations; name one by --connection, or as DESCRIPTION:ID or METHOD PATH:\n${all.join('\n')}`,
    );
  }
  return first;
}

function placesOf(sets: readonly OperationSet[], named: string): Place[] {
  const all = sets.flatMap((set) => set.list.ids.map((id, index) => ({ id, place: { set, index } })));
  const byId = all.filter(({ id }) => id === named);
  if (byId.length > 0) return byId.map(({ place }) => place);
  return all
    .map(({ place, id }) => ({ place, names: [`${place.set.description}:${id}`, ...paths(place)] }))
    .filter(({ names }) => names.includes(named))
    .map(({ place }) => place);
}

function paths(place: Place): string[] {
  const { list, prefix } = place.set;
  const method = list.methods[place.index] ?? '';
  const path = list.paths[place.index] ?? '';
  return [`${method} ${callerPath(place)}`, `${method} ${prefix}${path}`, `${method} ${path}`];
}

function address(place: Place): string {
  const { connection, description, list } = place.set;
  return `${connection}: ${description}:${list.ids[place.index] ?? ''} (${paths(place)[0] ?? ''})`;
}

function listed(named: string, valid: Iterable<string>): string {
  const names = byNearness(named, valid);
  if (names.length === 0) return 'is none';
  const more = names.length - NAMES_SHOWN;
  const shown = names.slice(0, NAMES_SHOWN).join(', ');
  return `${names.length === 1 ? 'is' : 'are'}: ${shown}${more > 0 ? `, and ${more} more` : ''}`;
}
