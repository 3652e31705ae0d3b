import type { VerifyRequest } from '../../table/types.ts';
import { rightsOf } from '../3-authenticate/rights-of.ts';
import type { Grant } from '../grants/grant.ts';
import type { KnownCaller, Route } from '../load/snapshot.ts';
import { Problem } from '../problem.ts';
import { jsonAnswer } from './control-answer.ts';
import type { ControlAnswer } from './control-answer.ts';
import type { Asked, CallerAsked } from './control-route.ts';
import { declaredView, grantView } from './grant-view.ts';
import type { Found } from './visible.ts';

/** What came of asking an upstream whether it takes a credential. */
export interface Verdict {
  readonly verified: boolean;
  /** `credential_refused`, `credential_unchecked`, or the code of the problem that kept it from being asked. */
  readonly reason?: string;
  readonly upstream_status?: number;
}

/** What is asked, and as whom. */
export interface VerifyAsk {
  /** Whole: with its credential. */
  readonly route: Route;
  readonly verify: VerifyRequest;
  readonly account: string;
  /** The id of the grant that the credential is of; null where it is declared. */
  readonly grant: string | null;
}

/** Asks an upstream by the one request that its catalog has for that. */
export async function askUpstream(
  asked: Pick<Asked, 'statusOf' | 'request'>,
  { route, verify, account, grant }: VerifyAsk,
): Promise<Verdict | Problem> {
  const { connection } = route;
  const status = await asked.statusOf({
    // The request is the catalog's, not a caller's: neither descriptions nor personas have to know it.
    route: { ...route, connection: { ...connection, expose: 'all' }, descriptions: null, validation: null },
    caller: gatewayItself(connection.name, account),
    grant,
    method: verify.method,
    rest: verify.path,
    from: asked.request,
  });
  if (status instanceof Problem) {
    return status.code === 'store_unavailable' ? status : { verified: false, reason: status.code };
  }
  if (status >= 200 && status < 300) return { verified: true, upstream_status: status };
  const refused = status === 401 || status === 403;
  return {
    verified: false,
    reason: refused ? 'credential_refused' : 'credential_unchecked',
    upstream_status: status,
  };
}

const ITSELF = { persona: 'gateway', at: '' };

/** Whom requests of the gateway's own are sent as: somebody who may use this one connection. */
function gatewayItself(connection: string, account: string): KnownCaller {
  const rights = rightsOf({
    personas: [],
    connections: [{ connection, allows: [{ ...ITSELF, read_only: false, allow: null }], denies: [] }],
    denied: [],
    tools: [],
    manages: null,
  });
  return { ...rights, name: ITSELF.persona, account, admin: false };
}

/** Gives whether a connection works now, by the cheap request of its catalog. */
export async function verifyConnection(asked: CallerAsked, found: Found): Promise<ControlAnswer | Problem> {
  const { caller, grants, loadedAt } = asked;
  const { route } = found;
  const { name, catalog } = route.connection;
  if (catalog === null || catalog.verify === null)
    return new Problem(
      'conflict',
      `no request is known by which ${name} could be verified (verify in a catalog)`,
    );
  if (found.kind === 'grant' && found.grant.status === 'PENDING')
    return new Problem('conflict', `${name} is not connected yet: open the link that POST /connections gave`);
  const grant = found.kind === 'grant' ? found.grant : null;
  const account = grant?.account ?? caller.account;
  const verdict = await verdictOn(asked, grant, {
    route,
    verify: catalog.verify,
    account,
    grant: grant?.id ?? null,
  });
  if (verdict instanceof Problem) return verdict;
  // What was found out may have changed it.
  const now: Grant | null = grant === null ? null : ((await grants?.store.get(grant.id)) ?? grant);
  const view = now === null ? declaredView(route, { admin: caller.admin, loadedAt }) : grantView(now);
  return jsonAnswer(200, { connection: view, ...verdict });
}

/** Asks with the credential that a grant has now, its token refreshed where it has to be. */
async function verdictOn(
  asked: CallerAsked,
  grant: Grant | null,
  ask: VerifyAsk,
): Promise<Verdict | Problem> {
  const held = grant === null ? null : await asked.grants?.routeFor(ask.route, grant);
  if (held instanceof Problem)
    return held.code === 'store_unavailable' ? held : { verified: false, reason: held.code };
  try {
    return await askUpstream(asked, { ...ask, route: held?.route ?? ask.route });
  } finally {
    held?.giveBack();
  }
}
