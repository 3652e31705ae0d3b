import { authorizeGrants } from '../3-authenticate/authorize-grants.ts';
import type { Grant } from '../grants/grant.ts';
import type { KnownCaller, Route, Snapshot } from '../load/snapshot.ts';
import { Problem } from '../problem.ts';
import type { CallerAsked } from './control-route.ts';
import { declaredId, grantsOf } from './grant-view.ts';

/** Tells whether a caller sees a connection: its personas give it, or it is an admin. */
export function sees({ admin, access }: KnownCaller, connection: string): boolean {
  return admin || access.has(connection);
}

/** Gives the connections that a caller sees, by name. */
export function seenRoutes({ caller, snapshot }: Pick<CallerAsked, 'caller' | 'snapshot'>): Route[] {
  return [...snapshot.routes.values()].filter(({ connection }) => sees(caller, connection.name));
}

/** What an id of the control API stands for. */
export type Found =
  | { readonly kind: 'grant'; readonly grant: Grant; readonly route: Route }
  | { readonly kind: 'declared'; readonly route: Route };

/** Gives what an id stands for: a grant of the caller's account or a shared one, or a declared connection. */
export async function findConnection(asked: CallerAsked): Promise<Found | Problem> {
  const { id, caller, snapshot, grants } = asked;
  if (!isId(id)) return unknownId();
  const declared = declaredRoute(snapshot, id);
  if (declared !== null)
    return sees(caller, declared.connection.name) ? { kind: 'declared', route: declared } : unknownId();
  const grant = (await grants?.store.get(id)) ?? null;
  const route = grant === null ? undefined : snapshot.routes.get(grant.connection);
  if (grant === null || route === undefined || !sees(caller, grant.connection)) return unknownId();
  // Of another account's it is not told whether there is one.
  if (grant.account !== null && grant.account !== caller.account) return unknownId();
  return { kind: 'grant', grant, route };
}

/** Ids are compared in the form that they are given out in. */
export function isId(id: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
}

function declaredRoute({ routes }: Snapshot, id: string): Route | null {
  // Grants are of version 4: nothing to look for among their ids.
  if (id[14] !== '5') return null;
  for (const route of routes.values())
    if (declaredId(route.connection.name) === id)
      return grantsOf(route.connection) === 'declared' ? route : null;
  return null;
}

/** Gives the problem of an id that stands for nothing here. */
export function unknownId(): Problem {
  return new Problem('grant_unknown', 'this account has no connection of that id');
}

/** Tells whether a caller may have a link to connect a grant: one of its account, or any where it is an admin. */
export function mayConnect(caller: KnownCaller, grant: Pick<Grant, 'connection' | 'account'>): boolean {
  const isOwn = caller.admin || grant.account === caller.account;
  return isOwn && sees(caller, grant.connection) && mayNotManage(caller, grant) === null;
}

/** Gives why a caller may not make, change or delete grants of its account, or the shared ones; null where it may. */
export function mayNotManage(caller: KnownCaller, { account }: Pick<Grant, 'account'>): Problem | null {
  if (account === null && !caller.admin) {
    return new Problem(
      'forbidden',
      `all accounts share it: callers with admin: true alone make, change and delete what is shared`,
    );
  }
  return authorizeGrants(caller);
}
