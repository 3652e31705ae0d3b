import { expect, test } from 'vitest';
import type { Found } from '../../../runtime/operations/operation-set.ts';
import { searchSets } from '../../../runtime/operations/search-sets.ts';
import { operation, setOf } from '../../support/sample-set.ts';

function setThat(found: Partial<Found>): ReturnType<typeof setOf> {
  const search = (): Promise<Found> => Promise.resolve({ hits: [], unknown: () => new Map(), ...found });
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
  const { places, note } = await searchSets(sets, 'x');
  expect(places.map(({ set, index }) => [sets.indexOf(set), index])).toEqual([
    [1, 1],
    [0, 0],
    [1, 0],
  ]);
  expect(note).toBeNull();
});

test('the nearest word of any connection is told', async () => {
  const sets = [
    setThat({ unknown: () => new Map([['chrage', 'change']]) }),
    setThat({ unknown: () => new Map([['chrage', 'charge']]) }),
    setThat({ unknown: () => new Map([['chrage', null]]) }),
  ];
  const { note } = await searchSets(sets, 'chrage');
  expect(note).toBe('none of 6 operations holds "chrage" (did you mean "charge"?)');
});

test('a word that one connection knows is not called unknown', async () => {
  const sets = [
    setThat({ unknown: () => new Map([['c', null]]) }),
    setThat({ unknown: () => new Map([['d', null]]) }),
  ];
  const { note } = await searchSets(sets, 'c d');
  expect(note).toBe('none of 4 operations holds all of: c, d; try fewer words');
  expect((await searchSets([], 'a')).note).toBe('no connection here has a catalog with descriptions');
});
