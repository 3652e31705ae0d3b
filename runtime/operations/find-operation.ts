import type { OperationList } from '../../table/operations.ts';
import { apiPath, callerPath } from './operation-set.ts';
import type { OperationSet, Place } from './operation-set.ts';
import { nearestNames } from './nearest-names.ts';

/**
 * What a name comes to: one operation; several, to be told apart by their description or path; or none, with the
 * ids nearest to it, and how many there are in all.
 */
export type FoundOperation =
  | { readonly kind: 'one'; readonly place: Place }
  | { readonly kind: 'several'; readonly places: readonly Place[] }
  | { readonly kind: 'none'; readonly nearest: readonly string[]; readonly count: number };

/**
 * Gives the operation of some sets that a name means: its id, `DESCRIPTION:ID`, or `METHOD PATH`, the path as a
 * caller writes it, as it stands behind the connection's name, or as the document has it.
 */
export function findOperation(sets: readonly OperationSet[], named: string): FoundOperation {
  const [first, ...others] = placesNamed(sets, named);
  if (first === undefined) {
    const ids = new Set(sets.flatMap(({ list }) => list.ids));
    return { kind: 'none', nearest: nearestNames(named, ids), count: ids.size };
  }
  return others.length === 0
    ? { kind: 'one', place: first }
    : { kind: 'several', places: [first, ...others] };
}

function placesNamed(sets: readonly OperationSet[], named: string): Place[] {
  const byId = sets.flatMap((set) => placesOf(set, numbersOf(set.list).get(named) ?? []));
  if (byId.length > 0) return byId;
  const colon = named.indexOf(':');
  const space = named.indexOf(' ');
  const [description, id] = [named.slice(0, colon), named.slice(colon + 1)];
  const [method, path] = [named.slice(0, space), named.slice(space + 1)];
  return sets.flatMap((set) => {
    const qualified = set.description === description ? (numbersOf(set.list).get(id) ?? []) : [];
    const onPath = [...set.list.paths.keys()].filter(
      (index) => set.list.methods[index] === method && pathsOf({ set, index }).includes(path),
    );
    return placesOf(set, [...new Set([...qualified, ...onPath])]);
  });
}

function placesOf(set: OperationSet, numbers: readonly number[]): Place[] {
  return numbers.map((index) => ({ set, index }));
}

function pathsOf(place: Place): (string | undefined)[] {
  return [callerPath(place), apiPath(place), place.set.list.paths[place.index]];
}

const byId = new WeakMap<OperationList, ReadonlyMap<string, readonly number[]>>();

/** Gives the numbers of operations by their id, which a list keeps once it was asked. */
function numbersOf(list: OperationList): ReadonlyMap<string, readonly number[]> {
  const before = byId.get(list);
  if (before !== undefined) return before;
  const numbers = new Map<string, number[]>();
  for (const [number, id] of list.ids.entries()) {
    const those = numbers.get(id);
    if (those === undefined) numbers.set(id, [number]);
    else those.push(number);
  }
  byId.set(list, numbers);
  return numbers;
}
