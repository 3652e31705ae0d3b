import type { Connection } from '../../table/types.ts';
import { Problem, retryAfter } from '../problem.ts';

/** Gives the problem of a grant that a person has to connect anew. */
export function connectAnew({ name }: Connection, reason: string, where = ''): Problem {
  const detail = `the grant of ${name} does not work any more (${reason}): connect it anew${where}`;
  return new Problem('credential_broken', detail, { logged: { credential: reason } });
}

/** Gives the problem of a request whose grant became another one, with other values, while it waited. */
export function changedMeanwhile({ name }: Connection): Problem {
  const detail = `the grant of ${name} was connected anew while this request waited: send it again`;
  return new Problem('connection_unavailable', detail, {
    logged: { credential: 'changed' },
    headers: retryAfter(0),
  });
}

/** Gives the problem of a store that cannot be asked for a grant. */
export function storeUnavailable(retry_after_ms: number): Problem {
  return new Problem(
    'store_unavailable',
    'the store of grants cannot be asked just now, and the grant of this request is not known here',
    { headers: retryAfter(retry_after_ms) },
  );
}

/** Gives where people connect grants, as the rest of a sentence; no token is in it. */
export function whereToConnect(control_url: string | null): string {
  return control_url === null ? ' through the control address of this gateway' : ` through ${control_url}`;
}
