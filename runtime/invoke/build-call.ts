import { foldHeaderName } from '../../table/rules/fold-header-name.ts';
import { credentialPlace } from '../../table/rules/credential-place.ts';
import type { GatewayLimits } from '../../table/types.ts';
import type { UpstreamAsk } from '../call-upstream.ts';
import { Problem } from '../problem.ts';
import { checkHeaders } from './check-headers.ts';
import type { CallHeaders } from './check-headers.ts';
import { inputInvalid } from './faults.ts';
import type { FaultList } from './faults.ts';
import { locateCall, pathFault } from './locate-call.ts';
import type { CallPlace, DescribedOperation, LocatedCall } from './locate-call.ts';
import { unfitMembers, unfitMethod, unfitTimeout } from './member-faults.ts';
import type { InvokeInput } from './types.ts';
import { writeBody } from './write-body.ts';
import type { WrittenBody } from './write-body.ts';
import { writeQuery } from './write-query.ts';

/** A call that is ready to be sent. */
export interface BuiltCall extends Pick<
  UpstreamAsk,
  'method' | 'rest' | 'written' | 'headers' | 'body' | 'timeout_ms'
> {
  readonly operation: DescribedOperation | null;
  /** Names of the pairs that the connection puts in. */
  readonly owned: ReadonlySet<string>;
}

/**
 * Gives the request that an input asks for, or the problem with everything that is wrong with it. Nothing that the
 * caller wrote reaches method, host, path, names of headers or framing without having been judged here.
 */
export function buildCall(input: InvokeInput, place: CallPlace, limits: GatewayLimits): BuiltCall | Problem {
  const faults: FaultList = [];
  const { connection } = place.route;
  const headers = { connection, drop: place.route.shape.drop };
  const unfit = [...unfitMembers(input), ...unfitMethod(input)];
  const astray = typeof input.path === 'string' ? pathFault(input.path) : null;
  const untimely = unfitTimeout(input);
  if (unfit.length > 0 || astray !== null) {
    // What needs the operation cannot be judged; headers are the connection's business.
    checkHeaders(input.headers ?? {}, headers, faults);
    const told = [...unfit, ...(astray === null ? [] : [astray.detail]), ...untimely];
    return astray !== null && told.length + faults.length === 1 ? astray : inputInvalid(faults, told);
  }
  const located = locateCall(input, place, faults);
  if (located instanceof Problem) return located;
  const { operation, method } = located;
  const owned = ownedPairs(place);
  const query = writeQuery(
    input.query_params ?? {},
    { parameters: operation?.record.parameters ?? [], owned },
    faults,
  );
  const given = checkHeaders(input.headers ?? {}, headers, faults);
  const body = writeBody(input.body, bodyPlan(located, given, place), faults);
  if (faults.length > 0 || untimely.length > 0) return inputInvalid(faults, untimely);
  const rest = query === '' ? located.path : `${located.path}?${query}`;
  if (rest.length > limits.target_max_bytes) {
    return new Problem(
      'target_too_large',
      `path and query are over ${limits.target_max_bytes} bytes (target_max)`,
    );
  }
  return {
    method,
    rest,
    written: located.written,
    headers: sentHeaders(input, given, body, place),
    body: body?.bytes ?? null,
    timeout_ms: timeoutOf(input, connection.limits.call_timeout_ms),
    operation,
    owned,
  };
}

function sentHeaders(
  { grant }: InvokeInput,
  given: CallHeaders,
  body: WrittenBody | null,
  place: CallPlace,
): string[] {
  const named = (grant ?? null) === null ? [] : ['Gateway-Connection', grant ?? ''];
  return [...headersOf(given, body), ...defaultsBeside(given, body, place), ...named];
}

function ownedPairs({ route: { connection } }: CallPlace): ReadonlySet<string> {
  const names = connection.query.map(({ name }) => name);
  const key = credentialPlace(connection.credential);
  return new Set(key?.in === 'query' ? [...names, key.name] : names);
}

function bodyPlan(
  { method, operation }: LocatedCall,
  given: CallHeaders,
  { route: { connection } }: CallPlace,
): Parameters<typeof writeBody>[1] {
  const fixed = connection.headers.set.find(({ name }) => foldHeaderName(name) === 'content-type');
  const text = fixed === undefined ? null : 'text' in fixed.value ? fixed.value.text : 'application/json';
  return {
    method,
    content: operation?.record.request_body?.content ?? [],
    shape: operation?.shape ?? (() => ({ array: true, object: true, scalar: true, members: new Map() })),
    asked: given.byName.get('content-type') ?? null,
    fixed: text,
  };
}

/** In milliseconds. */
function timeoutOf({ timeout_seconds: seconds }: InvokeInput, otherwise: number): number {
  return seconds === undefined || seconds === null ? otherwise : Math.round(seconds * 1000);
}

/** Where the content has a Content-Type of its own, with our boundary, the caller's does not go out beside it. */
function headersOf({ flat }: CallHeaders, body: WrittenBody | null): string[] {
  if (body === null || body.contentType === null) return flat;
  return flat.flatMap((name, at) =>
    at % 2 === 0 && foldHeaderName(name) !== 'content-type' ? [name, flat[at + 1] ?? ''] : [],
  );
}

/** What a program that calls an API by itself would send too; not where the caller or the connection says it. */
function defaultsBeside(given: CallHeaders, body: WrittenBody | null, { route }: CallPlace): string[] {
  const { defaults, owned } = route.connection.headers;
  const said = new Set([
    ...given.byName.keys(),
    ...owned,
    ...defaults.map(({ name }) => foldHeaderName(name)),
  ]);
  const headers: string[] = [];
  if (!said.has('accept')) headers.push('Accept', 'application/json, */*;q=0.5');
  if (!said.has('user-agent')) headers.push('User-Agent', 'gw');
  // A default of the connection gives way: the content is of the type that it was written as.
  if (body !== null && body.contentType !== null) headers.push('Content-Type', body.contentType);
  return headers;
}
