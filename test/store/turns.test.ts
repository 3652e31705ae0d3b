import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventIds } from '../../runtime/store/event-id.ts';
import { turns } from '../../runtime/store/turns.ts';

/** Longer than any test. */
const WAIT_MS = 50_000;

/** A promise that somebody else ends. */
function gate(): { readonly opened: Promise<void>; open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

test('turns come one at a time for a key, in order, and so many at a time for all', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), steps: fc.nat(3), fails: fc.boolean() }), {
        maxLength: 20,
      }),
      async (limit, works) => {
        const ours = turns(limit);
        const active: string[] = [];
        const began: number[] = [];
        let most = 0;
        await Promise.all(
          works.map(async ({ key, steps, fails }, at) => {
            const taking = ours.take(key, WAIT_MS, async () => {
              expect(active).not.toContain(key);
              active.push(key);
              began.push(at);
              most = Math.max(most, active.length);
              for (let step = 0; step < steps; step += 1)
                await new Promise((resolve) => setImmediate(resolve));
              active.splice(active.indexOf(key), 1);
              if (fails) throw new Error('failed');
              return at;
            });
            expect(await taking.catch(String)).toBe(fails ? 'Error: failed' : at);
          }),
        );
        expect(began).toHaveLength(works.length);
        expect(most).toBeLessThanOrEqual(limit);
        for (const key of ['a', 'b', 'c']) {
          const ofKey = began.filter((at) => works[at]?.key === key);
          expect(ofKey).toEqual(ofKey.toSorted((one, other) => one - other));
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('whose turn does not come in time is told so, and is passed over', async () => {
  const ours = turns(2);
  const { opened, open } = gate();
  const first = ours.take('a', 0, () => opened);
  expect(await ours.take('a', 0, () => Promise.resolve('in'))).toBe('busy');
  expect(await ours.take('a', 5, () => Promise.resolve('in'))).toBe('busy');
  const second = ours.take('b', 0, () => opened);
  // All places are taken.
  expect(await ours.take('c', 0, () => Promise.resolve('in'))).toBe('busy');
  const third = ours.take('c', WAIT_MS, () => Promise.resolve('in'));
  open();
  expect(await third).toBe('in');
  await Promise.all([first, second]);
  expect(await ours.take('a', 0, () => Promise.resolve('in'))).toBe('in');
});

test('ids of events are UUIDs of version 7 that sort as they were made, whatever the clock does', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(2 ** 40), { minLength: 1, maxLength: 10 }), (times) => {
      const next = eventIds();
      // More than a count of 12 bits in one millisecond.
      const ids = times.flatMap((time) => Array.from({ length: 1000 }, () => next(time)));
      expect(ids.toSorted()).toEqual(ids);
      expect(new Set(ids).size).toBe(ids.length);
      for (const id of ids.slice(0, 3))
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(Number.parseInt((ids[0] ?? '').replaceAll('-', '').slice(0, 12), 16)).toBe(times[0]);
    }),
    { numRuns: 20 },
  );
});
