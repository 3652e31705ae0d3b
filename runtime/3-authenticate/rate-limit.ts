import { Problem, retryAfter } from '../problem.ts';

/** Sums of fractions are off by less than this; without it the last request of a burst could be refused. */
const GRAIN_MS = 0.001;

/** Requests a second of one account, and how many may come at once. */
export interface RatePolicy {
  readonly requests_per_second: number;
  readonly burst: number;
}

/** Takes one request of an account: null where it may pass, else the problem. `now_ms` is monotonic. */
export type RateLimit = (account: string, now_ms: number) => Problem | null;

/**
 * Gives a limit kept in memory, by the generic cell rate algorithm: per account one number, the instant
 * at which its burst is whole again. Accounts come from the table, so the map cannot grow without bound.
 */
export function memoryRateLimit(policy: RatePolicy): RateLimit {
  const interval_ms = 1000 / policy.requests_per_second;
  const tolerance_ms = interval_ms * (policy.burst - 1);
  const whole_at = new Map<string, number>();
  return (account, now_ms) => {
    const due_ms = Math.max(whole_at.get(account) ?? 0, now_ms);
    const wait_ms = due_ms - tolerance_ms - now_ms;
    if (wait_ms > GRAIN_MS) return rateLimited(policy, wait_ms);
    whole_at.set(account, due_ms + interval_ms);
    return null;
  };
}

/** RateLimit fields as in draft-ietf-httpapi-ratelimit-headers-10: `"account";r=0;t=1` and `"account";q=10;w=1`. */
function rateLimited({ requests_per_second, burst }: RatePolicy, wait_ms: number): Problem {
  const wait = retryAfter(wait_ms);
  const [, seconds] = wait;
  const window = Math.max(1, Math.ceil(burst / requests_per_second));
  return new Problem(
    'rate_limited',
    `the account is over ${requests_per_second} requests a second (burst ${burst}); wait ${seconds} s`,
    {
      headers: [
        ...wait,
        'RateLimit-Policy',
        `"account";q=${burst};w=${window}`,
        'RateLimit',
        `"account";r=0;t=${seconds}`,
      ],
    },
  );
}
