import { grantMethodOf } from '../../table/rules/auth-modes.ts';
import type { Grants } from '../grants/grants.ts';
import type { Route } from '../load/snapshot.ts';
import { Problem } from '../problem.ts';
import { deleteGrant, eventsOf, withNewLink } from './connection-steps.ts';
import { jsonAnswer } from './control-answer.ts';
import type { ControlAnswer } from './control-answer.ts';
import type { CallerAsked, ControlRoute } from './control-route.ts';
import { declaredView, grantsOf, grantView } from './grant-view.ts';
import { listConnections } from './list-connections.ts';
import { inputInvalid, readMembers } from './read-body.ts';
import { verifyConnection } from './verify-connection.ts';
import { findConnection, mayNotManage, sees } from './visible.ts';

/** What the control API serves to callers. */
export const CONNECTIONS_ROUTES: readonly ControlRoute[] = [
  { method: 'GET', path: '/connections', access: 'caller', answer: listConnections },
  { method: 'POST', path: '/connections', access: 'caller', answer: createConnection },
  { method: 'GET', path: '/connections/{id}', access: 'caller', answer: showConnection },
  { method: 'DELETE', path: '/connections/{id}', access: 'caller', answer: deleteConnection },
  { method: 'POST', path: '/connections/{id}/reconnect', access: 'caller', answer: reconnect },
  { method: 'POST', path: '/connections/{id}/verify', access: 'caller', answer: verify },
  { method: 'GET', path: '/connections/{id}/events', access: 'caller', answer: showEvents },
];

/** How many grants an account may have of one connection: a request looks at all of them. */
const GRANTS_MAX = 100;

async function createConnection(asked: CallerAsked): Promise<ControlAnswer | Problem> {
  const { caller, grants, snapshot } = asked;
  const members = await readMembers(asked.request, {
    app: { type: 'string', required: true },
    method: { type: 'string' },
    shared: { type: 'boolean' },
  });
  if (members instanceof Problem) return members;
  const route = snapshot.routes.get(String(members.get('app')));
  const refused = notConnectable(asked, route, members);
  if (refused !== null || route === undefined)
    return refused ?? new Problem('route_unknown', 'no connection has the name of app');
  const { connection } = route;
  const method = grantMethodOf(connection);
  if (grants === null || method === null)
    return new Problem('connection_unavailable', `${connection.name} has no store of grants`);
  const account = members.get('shared') === true || grantsOf(connection) === 'shared' ? null : caller.account;
  const forbidden = mayNotManage(caller, { account });
  if (forbidden !== null) return forbidden;
  const full = await fullBecause(grants, route, account);
  if (full !== null) return full;
  const grant = await grants.store.create({ connection: connection.name, account, method });
  grants.forget(grant);
  const view = await withNewLink(asked, grants, grant);
  if (view instanceof Problem) return view;
  // Both forms are in use among clients: the object under its name, and its members alone.
  return {
    ...jsonAnswer(201, { connection: view, ...view }),
    headers: ['Location', `/connections/${grant.id}`],
  };
}

/** Gives why nobody can connect this, or not in this way; null where somebody can. */
function notConnectable(
  { caller }: CallerAsked,
  route: Route | undefined,
  members: ReadonlyMap<string, unknown>,
): Problem | null {
  if (route === undefined) return new Problem('route_unknown', 'no connection has the name of app');
  const { connection, unavailable } = route;
  const { name } = connection;
  if (!sees(caller, name)) return new Problem('forbidden', 'your personas do not give this connection');
  if (grantsOf(connection) === 'declared')
    return inputInvalid([
      `${name} has its credential declared: there is nothing to connect, and it can be used as it is`,
    ]);
  if (unavailable !== null)
    return new Problem('connection_unavailable', `${name} is not available: ${unavailable}`, {
      headers: ['Retry-After', '60'],
    });
  const method = members.get('method') ?? grantMethodOf(connection);
  if (method !== grantMethodOf(connection))
    return inputInvalid([`${name} is connected by method ${grantMethodOf(connection)}`]);
  if (members.get('shared') === false && grantsOf(connection) === 'shared')
    return inputInvalid([
      `${name} has one grant, which all accounts share: grants: true gives each account its own`,
    ]);
  return null;
}

async function fullBecause(
  { store }: Grants<Route>,
  { connection }: Route,
  account: string | null,
): Promise<Problem | null> {
  const there = await store.list(
    { connections: [connection.name], account },
    { after: null, limit: GRANTS_MAX },
  );
  const [first] = there;
  if (grantsOf(connection) === 'shared' && first !== undefined)
    return new Problem(
      'conflict',
      `${connection.name} has its shared grant: POST /connections/${first.id}/reconnect signs in anew`,
    );
  if (there.length < GRANTS_MAX) return null;
  return new Problem(
    'conflict',
    `there are ${GRANTS_MAX} grants of ${connection.name} already: delete one first`,
  );
}

async function showConnection(asked: CallerAsked): Promise<ControlAnswer | Problem> {
  const found = await findConnection(asked);
  if (found instanceof Problem) return found;
  const { caller, loadedAt } = asked;
  const view =
    found.kind === 'grant'
      ? grantView(found.grant)
      : declaredView(found.route, { admin: caller.admin, loadedAt });
  return jsonAnswer(200, { connection: view });
}

async function deleteConnection(asked: CallerAsked): Promise<ControlAnswer | Problem> {
  const managed = await managedGrant(asked, 'deleted');
  return managed instanceof Problem ? managed : deleteGrant(asked, managed.grants, managed.grant);
}

async function reconnect(asked: CallerAsked): Promise<ControlAnswer | Problem> {
  const members = await readMembers(asked.request, {});
  if (members instanceof Problem) return members;
  const managed = await managedGrant(asked, 'connected');
  if (managed instanceof Problem) return managed;
  const view = await withNewLink(asked, managed.grants, managed.grant);
  return view instanceof Problem ? view : jsonAnswer(200, { connection: view });
}

async function managedGrant(
  asked: CallerAsked,
  done: string,
): Promise<{ readonly grants: Grants<Route>; readonly grant: Parameters<typeof grantView>[0] } | Problem> {
  const found = await findConnection(asked);
  if (found instanceof Problem) return found;
  const { name, at } = found.route.connection;
  if (found.kind === 'declared' || asked.grants === null) {
    const where = asked.caller.admin ? ` (${at})` : '';
    return new Problem(
      'conflict',
      `${name} is declared${where}: it cannot be ${done} here, only where it is written`,
    );
  }
  const forbidden = mayNotManage(asked.caller, found.grant);
  return forbidden ?? { grants: asked.grants, grant: found.grant };
}

async function verify(asked: CallerAsked): Promise<ControlAnswer | Problem> {
  const members = await readMembers(asked.request, {});
  if (members instanceof Problem) return members;
  const found = await findConnection(asked);
  return found instanceof Problem ? found : verifyConnection(asked, found);
}

async function showEvents(asked: CallerAsked): Promise<ControlAnswer | Problem> {
  const found = await findConnection(asked);
  if (found instanceof Problem) return found;
  // Nothing happens to what is declared.
  if (found.kind === 'declared' || asked.grants === null) return jsonAnswer(200, { events: [] });
  return eventsOf(asked.grants, found.grant.id, { admin: false });
}
