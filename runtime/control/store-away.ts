import { Problem, retryAfter } from '../problem.ts';

/** Gives the problem of a request to the control address for which the store would have to be asked. */
export function storeAway(retry_after_ms: number): Problem {
  return new Problem(
    'store_unavailable',
    'the store of grants cannot be asked just now; send the request again',
    {
      headers: retryAfter(retry_after_ms),
    },
  );
}
