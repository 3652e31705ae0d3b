import { expect, test } from 'vitest';
import type { Found } from '../../../cli/ops/operation-set.ts';
import { searchSets } from '../../../cli/ops/search-sets.ts';
import { operation, setOf } from './sample-set.ts';

function setThat(found: Partial<Found>): ReturnType<typeof setOf> {
  const search = (): Promise<Found> => Promise.resolve({ hits: [], unknown: new Map(), ...found });
  return setOf([operation({ id: 'a' }), operation({ id: 'b' })], [], { search });
}

test('hits of several connections are in one order, the best first', async () => {
  const sets = [
    setThat({ hits: [{ index: 0, score: 2 }] }),
    setThat({
      hits: [
        { index: 1, score: 3 },
        { index: 0, score: 1 },
      ],
    }),
  ];
  const { places, note } = await searchSets(sets, 'x', 2);
  expect(places.map(({ set, index }) => [sets.indexOf(set), index])).toEqual([
    [1, 1],
    [0, 0],
  ]);
  expect(note).toBe('and 1 more; --limit 3 shows all');
});

test('the nearest word of any connection is told', async () => {
  const sets = [
    setThat({ unknown: new Map([['chrage', 'change']]) }),
    setThat({ unknown: new Map([['chrage', 'charge']]) }),
    setThat({ unknown: new Map([['chrage', null]]) }),
  ];
  const { note } = await searchSets(sets, 'chrage', 9);
  expect(note).toBe('none of 6 operations holds "chrage" (did you mean "charge"?)');
});

test('a word that one connection knows is not called unknown', async () => {
  const sets = [setThat({ unknown: new Map([['a', null]]) }), setThat({ unknown: new Map([['b', null]]) })];
  const { note } = await searchSets(sets, 'a b', 9);
  expect(note).toBe('none of 4 operations holds all of: a, b; try fewer words');
  expect((await searchSets([], 'a', 9)).note).toBe('no connection here has a catalog with descriptions');
});
