import { hasMethodParameter, isOverride } from '../../table/rules/method-override.ts';
import { decideAccess } from '../../table/rules/decide-access.ts';
import { matchOperation } from '../../table/rules/operation-matcher.ts';
import type { MatchedOperation } from '../../table/rules/operation-matcher.ts';
import { pathOf, pathSegments, rulePathFault } from '../../table/rules/target.ts';
import type { Decider } from '../../table/types.ts';
import { invalid } from '../2-match/request-target.ts';
import type { Route } from '../load/snapshot.ts';
import { Problem } from '../problem.ts';
import { denied } from './denied.ts';
import type { CallerRights, GrantedAccess } from './rights-of.ts';

/** What authorizing looks at. */
export interface Asked {
  readonly method: string;
  /** Everything behind the connection's name. */
  readonly rest: string;
  /** Folded names of the request's fields. */
  readonly folded: readonly string[];
  /** The gateway wrote the path itself, so that an encoded slash in it is part of a value that was given apart. */
  readonly written?: boolean;
}

/** The part of a route that authorizing looks at. */
export type JudgedRoute = Pick<Route, 'connection' | 'descriptions'>;

/** A request that may go on, with the operation it was matched with, where operations are matched. */
export interface Authorized {
  readonly operation: MatchedOperation | null;
  /** What allowed it. */
  readonly by: Decider;
}

/**
 * Decides whether a caller may send this on a connection: its personas' connections and route rules,
 * then the connection's `expose: operations`. Where any of them looks at methods or paths, forms that
 * two readers could read in two ways are refused first. Everything not allowed is denied.
 */
export function authorize(
  caller: Pick<CallerRights, 'access' | 'denied'>,
  route: JudgedRoute,
  asked: Asked,
): Authorized | Problem {
  const { name, expose } = route.connection;
  const access = caller.access.get(name);
  if (access === undefined) return notGiven(caller, name);
  if (access.open !== null && expose === 'all') return looked(route, asked, access.open);
  return authorizeByPath(access, route, asked);
}

function authorizeByPath(access: GrantedAccess, route: JudgedRoute, asked: Asked): Authorized | Problem {
  const path = pathOf(asked.rest);
  const override = overrideOf(asked, asked.rest.slice(path.length + 1));
  if (override !== null) {
    return new Problem(
      'forbidden',
      `${override} is not allowed on a connection with rules on methods or paths`,
      { logged: { denied: 'method_override' } },
    );
  }
  const allowSlash = route.connection.allow_encoded_slash;
  const fault = rulePathFault(path, allowSlash || asked.written === true);
  if (fault !== null) return invalid(fault);
  const split = path.replace(/%2f|%5c/gi, '/');
  if (split !== path && !allowSlash) {
    // An upstream that decodes before it routes takes the value apart: that path has to be allowed too.
    const apart = authorizeByPath(access, route, { ...asked, rest: split, written: false });
    if (apart instanceof Problem) return apart;
  }
  const segments = pathSegments(path) ?? [];
  const decision = decideAccess(access.plan, asked.method, segments);
  const { by } = decision;
  if (!decision.allowed || by === null) return denied(DETAILS[decision.reason], decision.reason, by);
  if (route.connection.expose === 'all') return looked(route, asked, by);
  const match = matchOperation(route.descriptions ?? [], asked.method, segments);
  if (match.kind === 'operation') return { operation: match.matched, by };
  return match.kind === 'none' ? unknownOperation(route) : methodNotAllowed(route, match.methods);
}

/** Where nothing is refused for its operation: what `validate` goes by, if anything does. */
function looked({ descriptions }: JudgedRoute, { method, rest }: Asked, by: Decider): Authorized {
  const segments = descriptions === null ? null : pathSegments(pathOf(rest));
  if (descriptions === null || segments === null) return { operation: null, by };
  const match = matchOperation(descriptions, method, segments);
  return { operation: match.kind === 'operation' ? match.matched : null, by };
}

/** Gives the header or parameter by which a request asks for another method or path, or null. */
function overrideOf({ folded, method }: Asked, query: string): string | null {
  const header = folded.find((name) => isOverride(name, method));
  if (header !== undefined) return `the header ${header}`;
  return query !== '' && hasMethodParameter(query) ? 'the parameter _method' : null;
}

const DETAILS = {
  open: '',
  connection: 'your personas do not give this connection',
  read_only: 'your personas give this connection for reading only',
  rule: 'a rule of your personas denies this method and path',
  no_rule: 'no rule of your personas allows this method and path',
} as const;

/** Gives the problem of a connection that no persona of a caller gives. */
export function notGiven({ denied: deniers }: Pick<CallerRights, 'denied'>, connection: string): Problem {
  return denied(DETAILS.connection, 'connection', deniers.get(connection) ?? null);
}

function unknownOperation({ connection }: JudgedRoute): Problem {
  return new Problem(
    'operation_unknown',
    `${connection.name} exposes the operations of its description only, and the path is in none`,
  );
}

function methodNotAllowed({ connection }: JudgedRoute, methods: readonly string[]): Problem {
  const allow = methods.join(', ');
  return new Problem(
    'method_not_allowed',
    `${connection.name} exposes the operations of its description only: ${allow} on this path`,
    {
      headers: ['Allow', allow],
    },
  );
}
