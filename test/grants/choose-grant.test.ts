import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseGrant } from '../../runtime/grants/choose-grant.ts';
import type { ChoosableGrant } from '../../runtime/grants/choose-grant.ts';

/** A grant in one word: `id account status age`; the account `-` is nobody's. */
function grantOf(text: string): ChoosableGrant {
  const [id = '', account = '', status = '', age = '0'] = text.split(' ');
  return {
    id,
    account: account === '-' ? null : account,
    status: status as ChoosableGrant['status'],
    created_at: Number(age),
  };
}

/** Which grants there are, which is named, and what `me` gets: an id, or why there is none. */
const CHOICES: readonly [grants: readonly string[], named: string | null, chosen: string][] = [
  [[], null, 'none'],
  [['a me ACTIVE 2', 'b me ACTIVE 1'], null, 'b'],
  [['b me ACTIVE 1', 'a me ACTIVE 1'], null, 'a'],
  [['a me EXPIRED 1', 'b me ACTIVE 2'], null, 'b'],
  [['a me PENDING 1', 'b me ACTIVE 2'], null, 'b'],
  [['a me EXPIRED 1', 'b me FAILED 2'], null, 'broken a'],
  [['a me PENDING 1'], null, 'none'],
  [['a me PENDING 1', 'b me EXPIRED 2'], null, 'broken b'],
  // Shared ones are for accounts that never had one.
  [['s - ACTIVE 1'], null, 's'],
  [['s - EXPIRED 1'], null, 'broken s'],
  [['s - ACTIVE 1', 'a me ACTIVE 2'], null, 'a'],
  [['s - ACTIVE 1', 'a me EXPIRED 2'], null, 'broken a'],
  [['s - ACTIVE 1', 'a me PENDING 2'], null, 'none'],
  // Another account's never.
  [['o other ACTIVE 1'], null, 'none'],
  [['o other ACTIVE 1'], 'o', 'unknown'],
  [['o other ACTIVE 1', 's - ACTIVE 2'], null, 's'],
  // One that is named is used or fails.
  [['a me ACTIVE 1', 'b me ACTIVE 2'], 'b', 'b'],
  [['a me ACTIVE 1', 'b me EXPIRED 2'], 'b', 'broken b'],
  [['a me ACTIVE 1', 'b me PENDING 2'], 'b', 'none'],
  [['a me ACTIVE 1', 's - ACTIVE 2'], 's', 's'],
  [['a me ACTIVE 1'], 'x', 'unknown'],
];

test.each(CHOICES)('%j, named %j: %s', (grants, named, chosen) => {
  const got = chooseGrant(grants.map(grantOf), 'me', named);
  const told = 'none' in got ? `${got.none}${got.none === 'broken' ? ` ${got.id}` : ''}` : got.id;
  expect(told).toBe(chosen);
});

const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

const grants = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom(...IDS),
    account: fc.constantFrom(null, 'me', 'other'),
    status: fc.constantFrom('PENDING', 'ACTIVE', 'FAILED', 'EXPIRED' as const),
    created_at: fc.nat(3),
  }),
  { selector: ({ id }) => id },
);

test('a grant that is chosen is active, and never of another account; nor is the order of the list looked at', () => {
  fc.assert(
    fc.property(grants, fc.constantFrom(null, ...IDS), fc.nat(), (list, named, seed) => {
      const chosen = chooseGrant(list, 'me', named);
      const turned = list.map((_, at) => list[(at + seed) % list.length]).flatMap((one) => one ?? []);
      expect(chooseGrant(turned, 'me', named)).toEqual(chosen);
      const used = 'none' in chosen ? null : chosen;
      expect([null, 'ACTIVE']).toContain(used?.status ?? null);
      expect([null, 'me']).toContain(used?.account ?? null);
      // With a grant of its own, broken or not, an account is never served by a shared one that it did not name.
      const hasOwn = list.some(({ account }) => account === 'me');
      expect(hasOwn && named === null && used !== null ? used.account : 'me').toBe('me');
    }),
    { numRuns: 5000 },
  );
});
