import type { IncomingMessage } from 'node:http';
import type { Decider } from '../table/types.ts';
import type { Framing } from './1-accept/check-message.ts';
import type { RequestFields } from './1-accept/fields.ts';
import { chooseHost } from './2-match/choose-host.ts';
import { fillSegment } from './2-match/fill-segment.ts';
import { placePath } from './2-match/place-path.ts';
import { upstreamPath } from './2-match/upstream-path.ts';
import { authorize, notGiven } from './3-authenticate/authorize.ts';
import { forwardedHeaders } from './4-shape/forwarded.ts';
import { shapeHeaders } from './4-shape/shape-headers.ts';
import { shapeQuery } from './4-shape/shape-query.ts';
import type { PreparedCredential } from './5-credential/prepare-credential.ts';
import { bodyTooLarge } from './6-forward/caller-body.ts';
import type { UpstreamPool } from './6-forward/upstream-pool.ts';
import type { Asked } from './7-relay/rewrite-links.ts';
import type { ExchangeRecord } from './exchange.ts';
import type { ChosenGrant } from './grants/grants.ts';
import { needsGrant } from './grants/needs-grant.ts';
import type { KnownOperation } from './load/operation-lookup.ts';
import type { KnownCaller, LiveCredential, Route } from './load/snapshot.ts';
import { Problem } from './problem.ts';

/** A request that passed steps 1 to 5: everything that is sent upstream but its content. */
export interface Admitted {
  readonly route: Route;
  readonly pool: UpstreamPool;
  readonly method: string;
  /** Path and query to send. */
  readonly path: string;
  /** Flat, complete but for Host and framing. */
  readonly headers: string[];
  readonly framing: Framing;
  /** The operation that was matched, where operations are looked at. */
  readonly operation: KnownOperation | null;
  /** Path and query as the API has them: placed, and without what is put in last. */
  readonly rest: string;
  /** What links of the answer are read from. */
  readonly asked: Asked;
  /**
   * Where the credential is one that changes: the same request with another one, for when this one was refused.
   * Gives null where there is none to be had. Such a request is not renewed again.
   */
  readonly renew: (() => Promise<Admitted | null>) | null;
}

/** What is to be sent, or the problem; a promise only where the credential has to be waited for. */
export type Admitting = Admitted | Problem | Promise<Admitted | Problem>;

/** What a caller asks of a connection: the request, whichever door it came through. */
export interface Asking {
  readonly caller: KnownCaller;
  readonly route: Route;
  readonly method: string;
  /** Everything behind the connection's name, in characters of a request target. */
  readonly rest: string;
  readonly fields: RequestFields;
  readonly framing: Framing;
  /** Who a connection with `forwarded: true` tells its upstream of. */
  readonly from: IncomingMessage;
  /** The gateway wrote `rest` of values that it was given apart. */
  readonly written?: boolean;
  /** Path and query to send in place of `rest`, which is for rules alone then. */
  readonly sent?: string | undefined;
  /** What gives its caller the connection, where the request is one of the gateway's own: no rule is about its path. */
  readonly own?: Decider | undefined;
}

/** Takes a request through match, authenticate, shape and credential, from where its caller and connection are known. */
export function admit(record: ExchangeRecord, asking: Asking): Admitting {
  const { route } = asking;
  record.connection = route.connection.name;
  record.method = asking.method;
  record.path = asking.rest;
  record.hide = route.relay.redact;
  if (route.complete === null) return settle(record, asking, authorized(record, asking));
  // Who may not use the connection learns nothing of its grants.
  const judged = route.pathOfGrant ? mayUse(asking) : authorized(record, asking);
  if (judged instanceof Problem) return judged;
  const { grants, control_url } = record.snapshot;
  if (grants === null) throw new Error('a connection that needs grants is served without them');
  const { account } = asking.caller;
  const chosen = grants.choose({ route, account, named: asking.fields.grant, control_url });
  const take = (found: ChosenGrant<Route> | Problem): Admitting => {
    if (found instanceof Problem) return found;
    record.grant = found.id;
    record.hide = found.route.relay.redact;
    // Nobody waits any more: nothing will be sent.
    if (record.over) found.leave();
    else record.leave = found.leave;
    const granted = { ...asking, route: found.route };
    return settle(record, granted, judged ?? authorized(record, granted));
  };
  return chosen instanceof Promise ? chosen.then(take) : take(chosen);
}

/** A request that its caller may send: what it has to do with the description, and its path as the API has it. */
interface Judged {
  readonly rest: string;
  readonly operation: KnownOperation | null;
}

/** Says no to who may do nothing on a connection; the rest is decided by the path, which the grant decides. */
function mayUse({ caller, route }: Asking): Problem | null {
  return caller.access.has(route.connection.name) ? null : notGiven(caller, route.connection.name);
}

function authorized(record: ExchangeRecord, asking: Asking): Judged | Problem {
  const { caller, route, method, fields } = asking;
  if (asking.own !== undefined) {
    record.persona = asking.own.persona;
    return { rest: asking.rest, operation: null };
  }
  const rest = route.path === null ? asking.rest : placePath(route.path, asking.rest);
  if (rest instanceof Problem) return rest;
  const asked = { method, rest, folded: fields.folded, written: asking.written === true };
  const found = authorize(caller, route, asked);
  if (found instanceof Problem) return found;
  record.persona = found.by.persona;
  const operation = found.operation === null ? null : route.operationOf(found.operation);
  record.operation = operation?.record.id ?? null;
  record.template = operation?.template ?? null;
  return { rest, operation };
}

function settle(record: ExchangeRecord, asking: Asking, judged: Judged | Problem): Admitting {
  if (judged instanceof Problem) return judged;
  const { route, method } = asking;
  const number = chooseHost(route.hosts, method, judged.rest);
  const pool = route.pools[number];
  if (pool === undefined) return unavailable(route);
  return checkRoute(route, pool, asking) ?? prove(record, shapedOf(asking, judged, { number, pool }));
}

function unavailable({ connection, unavailable: why }: Route): Problem {
  return new Problem('connection_unavailable', `${connection.name} is not available: ${why}`, {
    headers: ['Retry-After', '60'],
  });
}

/** Steps 5 and 6 up to the first byte: what stops a request on this connection, whoever sends it. */
function checkRoute({ connection }: Route, pool: UpstreamPool, { fields, framing }: Asking): Problem | null {
  if (fields.grant !== null && !needsGrant(connection)) {
    return new Problem(
      'connection_missing',
      `the grant that the request names cannot be used on ${connection.name}, which has its credential declared`,
    );
  }
  const max = connection.limits.body_max_bytes;
  if (max !== null && framing.kind === 'length' && framing.bytes > max) return bodyTooLarge(max);
  if (pool.exchanges >= pool.exchangesMax) {
    return new Problem(
      'overloaded',
      `too many requests wait for the upstream of ${connection.name} (upstream_queue_max)`,
      { headers: ['Retry-After', '1'] },
    );
  }
  return null;
}

interface Shaped extends Omit<Asking, 'own'> {
  /** Where the request goes: the number of its place, and the sockets there. */
  readonly upstream: { readonly number: number; readonly pool: UpstreamPool };
  readonly operation: KnownOperation | null;
}

/** Member by member: on each request, a copy with members added takes microseconds (decision 0010). */
function shapedOf(asking: Asking, { rest, operation }: Judged, upstream: Shaped['upstream']): Shaped {
  const { caller, route, method, fields, framing, from, written, sent } = asking;
  return {
    caller,
    route,
    method,
    rest,
    fields,
    framing,
    from,
    written: written === true,
    sent,
    operation,
    upstream,
  };
}

/** Shapes a request with the credential of its connection: at once where that is at hand. */
function prove(record: ExchangeRecord, shaped: Shaped): Admitting {
  const { live } = shaped.route;
  if (live === null) return shape(record, shaped);
  const ready = live.source.ready();
  if (ready !== null) return shapeWith(record, shaped, live, ready);
  return live.source
    .obtain()
    .then((got) => (got instanceof Problem ? got : shapeWith(record, shaped, live, got)));
}

function shapeWith(
  record: ExchangeRecord,
  shaped: Shaped,
  { source, place }: LiveCredential,
  credential: PreparedCredential,
): Admitted | Problem {
  const { route } = shaped;
  const admitted = shape(record, { ...shaped, route: place(route, credential) });
  if (admitted instanceof Problem) return admitted;
  const renew = async (): Promise<Admitted | null> => {
    const next = await source.renew(credential);
    const again = next === null ? null : shape(record, { ...shaped, route: place(route, next) });
    return again instanceof Problem ? null : again;
  };
  return { ...admitted, renew };
}

function shape(record: ExchangeRecord, shaped: Shaped): Admitted | Problem {
  const { route, upstream, fields, method, operation, from } = shaped;
  const rest = shaped.sent ?? shaped.rest;
  const { connection, query, key } = route;
  const { host } = fields;
  const basePath = route.places.reveal()[upstream.number]?.base_path ?? '';
  const filled = key === null ? rest : fillSegment(rest, key);
  if (filled instanceof Problem) return filled;
  const path = upstreamPath(basePath, filled);
  const headers = shapeHeaders(fields, route.shape);
  if (connection.forwarded) {
    for (const [name, value] of forwardedHeaders(from, host)) {
      // An operator who sets one of them has the last word.
      const folded = name.toLowerCase();
      const set =
        connection.headers.owned.includes(folded) ||
        route.shape.defaults.some((line) => line.folded === folded);
      if (!set) headers.push(name, value);
    }
  }
  // A caller's links have the segment that the caller wrote, not what was put in its place.
  const asked = key === null ? path : upstreamPath(basePath, rest);
  record.path = asked;
  record.hide = route.relay.redact;
  return {
    route,
    pool: upstream.pool,
    method,
    path: query === null ? path : shapeQuery(path, query),
    headers,
    framing: shaped.framing,
    operation,
    rest,
    asked: { path: asked, host, upstream: upstream.number },
    renew: null,
  };
}
