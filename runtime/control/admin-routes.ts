import type { Grant } from '../grants/grant.ts';
import type { Grants } from '../grants/grants.ts';
import type { GrantPosition } from '../grants/store/grant-store.ts';
import { needsGrant } from '../grants/needs-grant.ts';
import type { Route, Snapshot } from '../load/snapshot.ts';
import { Problem } from '../problem.ts';
import { deleteGrant, eventsOf, withNewLink } from './connection-steps.ts';
import { jsonAnswer } from './control-answer.ts';
import type { ControlAnswer } from './control-answer.ts';
import type { CallerAsked, ControlRoute } from './control-route.ts';
import { refreshNow } from './force-refresh.ts';
import { grantView } from './grant-view.ts';
import { grantStatus, isFailure } from './grant-status.ts';
import { listAllConnections } from './list-connections.ts';
import { readMembers, readQuery } from './read-body.ts';
import { verifyConnection } from './verify-connection.ts';
import { isId, unknownId } from './visible.ts';

const PREFIX = '/api/v1/admin/connections';

/** What the control API serves to admins: the grants of all accounts. */
export const ADMIN_ROUTES: readonly ControlRoute[] = [
  { method: 'GET', path: PREFIX, access: 'admin', answer: listAllConnections },
  { method: 'GET', path: `${PREFIX}/oauth-health`, access: 'admin', answer: showHealth },
  { method: 'GET', path: `${PREFIX}/{id}`, access: 'admin', answer: withGrant(showGrant) },
  { method: 'DELETE', path: `${PREFIX}/{id}`, access: 'admin', answer: withGrant(remove) },
  { method: 'POST', path: `${PREFIX}/{id}/reconnect`, access: 'admin', answer: withGrant(reconnect) },
  { method: 'POST', path: `${PREFIX}/{id}/verify`, access: 'admin', answer: withGrant(verify) },
  { method: 'GET', path: `${PREFIX}/{id}/oauth-status`, access: 'admin', answer: withGrant(showStatus) },
  { method: 'POST', path: `${PREFIX}/{id}/reacquire-oauth`, access: 'admin', answer: withGrant(reacquire) },
  { method: 'GET', path: `${PREFIX}/{id}/auth-events`, access: 'admin', answer: showEvents },
];

/** A grant of any account that an admin asked for. */
interface AdminAsked extends CallerAsked {
  readonly grants: Grants<Route>;
  readonly grant: Grant;
  /** null where the table has the connection no more. */
  readonly route: Route | null;
}

function withGrant(
  answer: (asked: AdminAsked) => Promise<ControlAnswer | Problem>,
): (asked: CallerAsked) => Promise<ControlAnswer | Problem> {
  return async (asked) => {
    const { grants, id, request, snapshot } = asked;
    if (request.method === 'POST') {
      const members = await readMembers(request, {});
      if (members instanceof Problem) return members;
    }
    const grant = isId(id) ? ((await grants?.store.get(id)) ?? null) : null;
    if (grants === null || grant === null) return unknownId();
    return answer({ ...asked, grants, grant, route: snapshot.routes.get(grant.connection) ?? null });
  };
}

async function showGrant({ grants, grant, route }: AdminAsked): Promise<ControlAnswer> {
  const status = await grantStatus(grants, grant, route);
  return jsonAnswer(200, { connection: { ...grantView(grant), account: grant.account }, status });
}

async function showStatus({ grants, grant, route }: AdminAsked): Promise<ControlAnswer> {
  return jsonAnswer(200, await grantStatus(grants, grant, route));
}

function remove(asked: AdminAsked): Promise<ControlAnswer | Problem> {
  return deleteGrant(asked, asked.grants, asked.grant);
}

async function reconnect(asked: AdminAsked): Promise<ControlAnswer | Problem> {
  if (asked.route === null) return connectionGone(asked.grant);
  const view = await withNewLink(asked, asked.grants, asked.grant);
  return view instanceof Problem
    ? view
    : jsonAnswer(200, { connection: { ...view, account: asked.grant.account } });
}

async function verify(asked: AdminAsked): Promise<ControlAnswer | Problem> {
  const { grant, route } = asked;
  return route === null ? connectionGone(grant) : verifyConnection(asked, { kind: 'grant', grant, route });
}

async function reacquire({ grants, grant, route }: AdminAsked): Promise<ControlAnswer | Problem> {
  if (route === null) return connectionGone(grant);
  const refused = await refreshNow(grants, grant, `POST ${PREFIX}/${grant.id}/reconnect`);
  if (refused !== null) return refused;
  return jsonAnswer(200, await grantStatus(grants, (await grants.store.get(grant.id)) ?? grant, route));
}

/** What happened to a grant outlives it. */
async function showEvents({ grants, id }: CallerAsked): Promise<ControlAnswer | Problem> {
  if (grants === null || !isId(id)) return unknownId();
  const [newest] = await grants.store.events({ grant_id: id }, 1);
  if (newest === undefined && (await grants.store.get(id)) === null) return unknownId();
  return eventsOf(grants, id, { admin: true });
}

function connectionGone({ connection }: Grant): Problem {
  return new Problem(
    'conflict',
    `the table has no connection ${connection} any more: this grant can only be deleted`,
  );
}

/** How many grants one page of the health has. */
const PAGE = 200;

/** A grant, or a connection that waits for its shared one, as the health has it. */
interface Health {
  readonly connection_id: string | null;
  readonly app: string;
  readonly account: string | null;
  readonly status: string | null;
  readonly has_oauth: true;
  readonly token_acquired: boolean;
  readonly needs_reauth: boolean;
  /** Why the newest event is a failure; null where it is none. */
  readonly idp_error_code: string | null;
}

/** Every grant that an authorization server stands behind, those whose connection is gone or not served too. */
async function showHealth({ grants, query, snapshot }: CallerAsked): Promise<ControlAnswer | Problem> {
  const asked = readQuery(query, []);
  if (asked instanceof Problem) return asked;
  const found: Health[] = [];
  for (const method of ['OAUTH1', 'OAUTH2', 'MCP'] as const) {
    let after: GrantPosition | null = null;
    do {
      const page: readonly Grant[] = (await grants?.store.list({ method }, { after, limit: PAGE })) ?? [];
      for (const grant of page) found.push(await healthOf(grants, grant, snapshot));
      after = page.length < PAGE ? null : (page.at(-1) ?? null);
    } while (after !== null);
  }
  return jsonAnswer(200, { connections: [...found, ...waiting(snapshot, found)] });
}

async function healthOf(grants: Grants<Route> | null, grant: Grant, { routes }: Snapshot): Promise<Health> {
  const [newest] = (await grants?.store.events({ grant_id: grant.id }, 1)) ?? [];
  return {
    connection_id: grant.id,
    app: grant.connection,
    account: grant.account,
    status: grant.status,
    has_oauth: true,
    token_acquired: grant.credential !== null,
    needs_reauth: grant.status !== 'ACTIVE' || (routes.get(grant.connection)?.signIn ?? null) === null,
    idp_error_code: newest !== undefined && isFailure(newest.type) ? newest.detail : null,
  };
}

/** Connections of which nobody has signed in for all yet. */
function waiting({ routes }: Snapshot, found: readonly Health[]): Health[] {
  return [...routes.values()]
    .filter(({ connection }) => needsGrant(connection) && !connection.grants)
    .filter(({ connection }) => !found.some(({ app }) => app === connection.name))
    .map(({ connection }) => ({
      connection_id: null,
      app: connection.name,
      account: null,
      status: null,
      has_oauth: true,
      token_acquired: false,
      needs_reauth: true,
      idp_error_code: null,
    }));
}
