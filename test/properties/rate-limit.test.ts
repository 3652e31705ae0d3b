import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryRateLimit } from '../../runtime/3-authenticate/rate-limit.ts';
import { RUNS } from './runs.ts';

const policy = fc.record({
  requests_per_second: fc.double({ min: 0.01, max: 10_000, noNaN: true }),
  burst: fc.integer({ min: 1, max: 50 }),
});

test('no account ever passes more than burst + rate × time, over any stretch of time', () => {
  const steps = fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.double({ min: 0, max: 500, noNaN: true })), {
    minLength: 1,
    maxLength: 120,
  });
  fc.assert(
    fc.property(policy, steps, (limits, taken) => {
      const limit = memoryRateLimit(limits);
      const passed: Record<string, number[]> = { a: [], b: [] };
      let now_ms = 5_000;
      for (const [account, step_ms] of taken) {
        now_ms += step_ms;
        if (limit(account, now_ms) === null) passed[account]?.push(now_ms);
      }
      for (const times of Object.values(passed)) {
        for (const [first, from] of times.entries()) {
          for (const [last, until] of times.slice(first).entries()) {
            const most = limits.burst + (limits.requests_per_second * (until - from + 0.001)) / 1000;
            expect(last + 1).toBeLessThanOrEqual(Math.floor(most + 1e-6));
          }
        }
      }
    }),
    { numRuns: RUNS },
  );
});

test('a refused account passes once the told time is over, and one account never slows another', () => {
  fc.assert(
    fc.property(policy, (limits) => {
      const limit = memoryRateLimit(limits);
      for (let at = 0; at < limits.burst; at += 1) expect(limit('a', 0)).toBeNull();
      const refused = limit('a', 0);
      expect(refused?.code).toBe('rate_limited');
      const seconds = Number(refused?.headers[(refused.headers.indexOf('Retry-After') ?? 0) + 1]);
      expect(limit('b', 0)).toBeNull();
      expect(limit('a', seconds * 1000)).toBeNull();
    }),
    { numRuns: RUNS },
  );
});
