import { queryPairs } from '../4-shape/shape-query.ts';
import type { PreparedCredential } from '../5-credential/prepare-credential.ts';
import { redactor } from '../7-relay/redact.ts';
import { Hidden } from '../hidden.ts';
import type { Route } from './snapshot.ts';

/** What a connection adds to its requests beside the credential, and what must not come back beside it. */
export interface BesideCredential {
  /** Flat: name, value. */
  readonly headers: Hidden<readonly string[]>;
  readonly pairs: Hidden<readonly (readonly [name: string, value: string])[]>;
  readonly secrets: readonly Hidden<readonly string[]>[];
}

/** The parts of a route that a credential shows in. */
type ShowingRoute = Pick<Route, 'shape' | 'query' | 'relay'>;

/** Gives a route with a credential in place: it goes out last, and does not come back. */
export function placeCredential<R extends ShowingRoute>(
  route: R,
  { headers, pairs, secrets }: BesideCredential,
  credential: PreparedCredential,
): R {
  const query = [...pairs.reveal(), ...(credential.query === null ? [] : [credential.query.reveal()])];
  return {
    ...route,
    shape: { ...route.shape, set: new Hidden([...headers.reveal(), ...credential.headers.reveal()]) },
    query: queryPairs(query),
    relay: { ...route.relay, redact: redactor([credential.secrets, ...secrets]) },
  };
}

/** Gives what places the credentials of a route, each worked out once: many requests bear the same. */
export function credentialPlacer(
  beside: BesideCredential,
): (route: Route, credential: PreparedCredential) => Route {
  const placed = new WeakMap<PreparedCredential, Route>();
  return (route, credential) => {
    let ready = placed.get(credential);
    if (ready === undefined) {
      ready = placeCredential(route, beside, credential);
      placed.set(credential, ready);
    }
    return ready;
  };
}
