import type { OperationList } from '../../table/operations.ts';
import { openBy } from '../../table/rules/decide-access.ts';
import { templateSegments } from '../../table/rules/template.ts';
import type { ConnectionAccess } from '../../table/types.ts';
import { isVisible } from './is-visible.ts';
import { apiPath } from './operation-set.ts';
import type { OperationSet } from './operation-set.ts';

/** Sets that were narrowed already: the work is done once for an access plan, however many callers have it. */
const narrowed = new WeakMap<ConnectionAccess, WeakMap<OperationSet, OperationSet>>();

/**
 * Gives the operations of a set that an access lets a caller use, as a set of its own: whatever lists, counts,
 * searches or names operations of it cannot tell of the others.
 */
export function narrowedSet(set: OperationSet, access: ConnectionAccess): OperationSet {
  if (openBy(access) !== null) return set;
  let ofAccess = narrowed.get(access);
  if (ofAccess === undefined) narrowed.set(access, (ofAccess = new WeakMap()));
  let one = ofAccess.get(set);
  if (one === undefined) ofAccess.set(set, (one = narrow(set, visibleNumbers(set, access))));
  return one;
}

function visibleNumbers(set: OperationSet, access: ConnectionAccess): number[] {
  return [...set.list.methods.keys()].filter((index) =>
    isVisible(access, set.list.methods[index] ?? '', templateSegments(apiPath({ set, index }))),
  );
}

function narrow(set: OperationSet, numbers: readonly number[]): OperationSet {
  const places = new Map(numbers.map((number, index) => [number, index]));
  const pick = <Value>(column: readonly Value[]): Value[] =>
    numbers.flatMap((number) => {
      const value = column[number];
      return value === undefined ? [] : [value];
    });
  const { ids, methods, paths, summaries, tags, deprecated } = set.list;
  const list: OperationList = {
    ids: pick(ids),
    methods: pick(methods),
    paths: pick(paths),
    summaries: pick(summaries),
    tags: pick(tags),
    deprecated: pick(deprecated),
  };
  return {
    ...set,
    list,
    count: numbers.length,
    record: (index) => set.record(numbers[index] ?? -1),
    search: async (query, words, only = () => true) => {
      const { hits, unknown } = await set.search(query, words, (number) => {
        const index = places.get(number);
        return index !== undefined && only(index);
      });
      return {
        unknown,
        hits: hits.flatMap(({ index, score }) => ({ index: places.get(index) ?? -1, score })),
      };
    },
  };
}
