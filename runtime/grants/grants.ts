import type { PreparedCredential } from '../5-credential/prepare-credential.ts';
import { prepareToken } from '../5-credential/prepare-credential.ts';
import { Hidden } from '../hidden.ts';
import { Problem } from '../problem.ts';
import { broughtBy } from './brought.ts';
import type { Completion, HeldRoute } from './brought.ts';
import type { Grant } from './grant.ts';
import type { SignIn } from './sign-in.ts';
import type { GrantStore } from './store/grant-store.ts';

/** What of a route grants have to do with. */
export interface GrantedRoute<R> {
  readonly signIn: SignIn | null;
  readonly complete: Completion<R> | null;
}

/** The grants of a gateway that serves: one for all tables that follow each other. */
export interface Grants<R> {
  readonly store: GrantStore;
  /**
   * Gives the route of a grant, its credential and variables in place, whatever its status and whether or not the
   * store has it: for requests of the gateway's own. Its sockets are held until it is given back.
   */
  routeFor(
    route: GrantedRoute<R>,
    grant: Pick<Grant, 'credential' | 'variables'>,
  ): Promise<HeldRoute<R> | Problem>;
  /** Ends what goes on, and closes the store. */
  close(): Promise<void>;
}

/** What grants are made of. */
export interface GrantsParts {
  readonly store: GrantStore;
}

/** Gives the grants of a store. */
export function openGrants<R>({ store }: GrantsParts): Grants<R> {
  return {
    store,
    routeFor: async ({ signIn, complete }, grant) => {
      if (signIn === null || complete === null)
        throw new Error('a route without grants has none to be made for');
      const completed = await complete(broughtBy(grant));
      if (!('route' in completed)) return unfit(signIn, completed);
      const credential = tokenOf(signIn, grant);
      if (credential instanceof Problem) {
        completed.giveBack();
        return credential;
      }
      return {
        route: credential === null ? completed.route : completed.place(completed.route, credential),
        giveBack: completed.giveBack,
      };
    },
    close: () => store.close(),
  };
}

/** A problem of values that were fit when they were given: the connection changed since. */
function unfit({ connection }: SignIn, why: readonly string[]): Problem {
  const detail = `the grant does not fit the connection ${connection.name} any more: it must be connected anew`;
  return new Problem('credential_broken', detail, { logged: { credential: 'unfit', why: why.join('; ') } });
}

/** Gives a grant's token where requests have it; null where a grant has none that is placed. */
function tokenOf(
  { connection }: SignIn,
  { credential }: Pick<Grant, 'credential'>,
): PreparedCredential | Problem | null {
  const plan = connection.credential;
  if (plan.kind !== 'oauth2' || plan.oauth2.grant !== 'authorization_code') return null;
  const held = credential?.reveal();
  if (held?.kind !== 'oauth2')
    return new Problem('credential_broken', `the grant of ${connection.name} has no access token`);
  const prepared = prepareToken(plan.oauth2.send, new Hidden(held.access_token), connection.at);
  if (!('why' in prepared)) return prepared;
  return new Problem(
    'credential_broken',
    `the access token of ${connection.name} is one that cannot be sent`,
  );
}
