import type { IncomingMessage } from 'node:http';
import { acceptedHosts, foreignName } from '../1-accept/accepted-hosts.ts';
import type { AcceptedHosts } from '../1-accept/accepted-hosts.ts';
import { readFields } from '../1-accept/fields.ts';
import { authenticate } from '../3-authenticate/caller-key.ts';
import type { ListenAddress } from '../../table/types.ts';
import { Problem } from '../problem.ts';
import { StoreUnavailable } from '../store/store-errors.ts';
import { storeAway } from './store-away.ts';
import { controlUrl } from './control-url.ts';
import type { ControlAnswer } from './control-answer.ts';
import { matchControlPath } from './control-route.ts';
import type { Asked, ControlRoute, Served } from './control-route.ts';

/** A request of the control address, and what serves. */
export interface ControlMeeting {
  readonly request: IncomingMessage;
  readonly served: Served;
  /** Where the control address listens. */
  readonly listening: ListenAddress;
}

/** Answers one request of the control address: its names, its path, who asks, the account's limit, then its route. */
export async function answerControl(
  routes: readonly ControlRoute[],
  { request, served, listening }: ControlMeeting,
): Promise<ControlAnswer | Problem> {
  const { snapshot } = served;
  const fields = readFields(request, snapshot.limits);
  if (fields instanceof Problem) return fields;
  const [path, query] = split(request.url ?? '');
  const found = matchControlPath(routes, path);
  const isPage = found?.routes.some(({ access }) => access === 'page') === true;
  const { control_url } = snapshot;
  const accepted = acceptedHosts(control_url === null ? [] : [control_url], [listening]);
  const strange = strangeName(request, fields.host, { accepted, isPage });
  if (strange !== null) return strange;
  if (found === null)
    return new Problem(
      'route_unknown',
      'the control address serves no such path; docs/control-api.md lists them',
    );
  const route = found.routes.find(
    ({ method }) => method === (request.method === 'HEAD' ? 'GET' : request.method),
  );
  if (route === undefined) return methodNotAllowed(found.routes);
  const asked = {
    ...served,
    request,
    fields,
    query: new URLSearchParams(query),
    id: found.id,
    base: controlUrl(control_url, listening),
  };
  try {
    return await answerRoute(route, asked);
  } catch (error) {
    if (error instanceof StoreUnavailable) return storeAway(error.retry_after_ms);
    throw error;
  }
}

async function answerRoute(route: ControlRoute, asked: Asked): Promise<ControlAnswer | Problem> {
  if (route.access === 'page') return route.answer(asked);
  const caller = authenticate(asked.fields, asked.snapshot.callers);
  if (caller instanceof Problem) return caller;
  const limited = asked.snapshot.rateLimit(caller.account, performance.now());
  if (limited !== null) return limited;
  if (route.access === 'admin' && !caller.admin)
    return new Problem('forbidden', 'this path is for callers with admin: true');
  return route.answer({ ...asked, caller });
}

function split(target: string): [path: string, query: string] {
  const at = target.indexOf('?');
  return at === -1 ? [target, ''] : [target.slice(0, at), target.slice(at + 1)];
}

function methodNotAllowed(routes: readonly ControlRoute[]): Problem {
  const methods = routes.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  const allow = [...new Set(methods)].join(', ');
  return new Problem('method_not_allowed', `this path takes ${allow}`, { headers: ['Allow', allow] });
}

/** Refuses what a page of somebody else could have a browser send here: under its own name, or from its own origin. */
function strangeName(
  { headers, method }: IncomingMessage,
  host: string | null,
  { accepted, isPage }: { accepted: AcceptedHosts; isPage: boolean },
): Problem | null {
  const { origin } = headers;
  const foreign = foreignName({ host, origin }, accepted);
  if (foreign === null) return null;
  if (foreign === 'host') {
    return new Problem(
      'forbidden',
      'the control address does not answer under this Host: gateway.control_url says under which one it is reached',
    );
  }
  // Our own forms come without an origin, since their pages tell no referrer. What proves them is in the form.
  const site = headers['sec-fetch-site'];
  if (isPage && method === 'POST' && origin === 'null' && (site === undefined || site === 'same-origin'))
    return null;
  return new Problem('forbidden', 'the control address takes no requests from pages of this Origin');
}
