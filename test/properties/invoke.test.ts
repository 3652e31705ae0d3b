import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { memoryBudget } from '../../runtime/7-relay/memory-budget.ts';
import type { HeldMemory } from '../../runtime/7-relay/memory-budget.ts';
import type { Invoking } from '../support/invoking.ts';
import { checkSent, startRuled } from '../support/ruled.ts';
import { strictRequests } from '../support/strict-requests.ts';
import { callsById, callsByPath } from './odd-calls.ts';
import { RUNS } from './runs.ts';

let sides: Invoking;

beforeAll(async () => {
  sides = await startRuled();
});

afterAll(() => sides.gateway.serving.close());

test.each([
  ['by operation', callsById],
  ['by path', callsByPath],
])('%s: nothing odd in a call reaches the head of a request', async (_name, calls) => {
  let sent = 0;
  await fc.assert(
    fc.asyncProperty(calls, async (call) => {
      const before = sides.upstream.requests.length;
      const { status, code } = await sides.invoke(call);
      const requests = sides.upstream.requests.slice(before);
      expect(requests.length).toBe(code === null ? 1 : 0);
      expect(code === null ? [200] : [400, 403, 404, 405, 414, 431]).toContain(status);
      for (const { head } of requests) checkSent(sides, head);
      sent += requests.length;
    }),
    { numRuns: RUNS / 2 },
  );
  // The property was not held by refusing everything.
  expect(sent).toBeGreaterThan(RUNS / 20);
  expect(strictRequests(sides.upstream.received()).length).toBe(sides.upstream.requests.length);
});

test('calls never hold more together than the budget, and give back all that they held', () => {
  const steps = fc.array(
    fc.tuple(fc.constantFrom('take', 'grow', 'release'), fc.nat({ max: 60 }), fc.nat({ max: 9 })),
    { maxLength: 80 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), steps, (max, all) => {
      const budget = memoryBudget();
      const held: HeldMemory[] = [];
      for (const [step, bytes, which] of all) {
        const one = held[which];
        const before = budget.held;
        const taken = step === 'take' ? budget.take(bytes, max) : null;
        if (taken !== null) held.push(taken);
        const grown = step === 'grow' && one !== undefined && one.grow(bytes);
        if (step === 'release') one?.release();
        const fits = before + bytes <= max;
        // What is there is given, and what is not there is not.
        expect([taken !== null, grown && !fits]).toEqual([step === 'take' && fits, false]);
        expect(budget.held).toBeLessThanOrEqual(max);
        expect(budget.held).toBe(held.reduce((sum, each) => sum + each.bytes, 0));
      }
      for (const each of held) each.release();
      expect(budget.held).toBe(0);
    }),
    { numRuns: RUNS },
  );
});
