import type { IncomingMessage } from 'node:http';
import type { RequestFields } from '../1-accept/fields.ts';
import type { Grants } from '../grants/grants.ts';
import type { OAuthCall } from '../grants/oauth/request-token.ts';
import type { SignIn } from '../grants/sign-in.ts';
import type { KnownCaller, Route, Snapshot } from '../load/snapshot.ts';
import type { AuditReader } from '../observe/audit/audit-store.ts';
import type { Problem } from '../problem.ts';
import type { ControlAnswer } from './control-answer.ts';

/** A request whose answer's status is all that is looked at. */
export interface StatusAsk {
  /** Whole: with its credential. */
  readonly route: Route;
  readonly caller: KnownCaller;
  /** The id of the grant that the credential is of; null where it is declared. */
  readonly grant: string | null;
  readonly method: string;
  /** Everything behind the connection's name. */
  readonly rest: string;
  /** What brought this about. */
  readonly from: IncomingMessage;
}

/** What serves, as it was when a request came. */
export interface Served {
  readonly snapshot: Snapshot;
  /** When that was loaded. */
  readonly loadedAt: Date;
  /** null where no connection is used through grants. */
  readonly grants: Grants<Route> | null;
  /** Rows of exchanges; null where none are kept in the store. */
  readonly audit: AuditReader | null;
  /** How requests to the authorization server of a connection go out. */
  readonly callOf: (signIn: SignIn) => OAuthCall;
  /**
   * Sends a request without content on a route, as if this caller had. Gives the status of the upstream's answer, or
   * why there is none.
   */
  readonly statusOf: (ask: StatusAsk) => Promise<number | Problem>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Is told what went wrong on our side, where whoever asked is shown a page. */
  readonly failed: (error: unknown) => void;
}

/** What a request of the control address is answered from. */
export interface Asked extends Served {
  readonly request: IncomingMessage;
  readonly fields: RequestFields;
  readonly query: URLSearchParams;
  /** What stands for `{id}` in the path; empty where there is none. */
  readonly id: string;
  /** What links to the control address begin with, without a trailing slash. */
  readonly base: string;
}

/** The same, of somebody whose key is known. */
export interface CallerAsked extends Asked {
  readonly caller: KnownCaller;
}

/** Gives the answer, or the problem. */
export type Answering<A extends Asked> = (asked: A) => Promise<ControlAnswer | Problem>;

/**
 * One path and method of the control address. `caller`: for whoever has a gateway key; `admin`: for callers with
 * `admin: true`; `page`: for browsers, without a key.
 */
export type ControlRoute = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With `{id}` in place of one segment. */
  readonly path: string;
} & (
  | { readonly access: 'caller' | 'admin'; readonly answer: Answering<CallerAsked> }
  | { readonly access: 'page'; readonly answer: Answering<Asked> }
);

/** What a path comes to. */
export interface MatchedPath {
  /** The routes of the path, one for each method. */
  readonly routes: readonly ControlRoute[];
  readonly id: string;
}

/** Gives the routes of a path; null where there are none. One that is written out goes before one with an id. */
export function matchControlPath(routes: readonly ControlRoute[], path: string): MatchedPath | null {
  const exact = routes.filter((route) => route.path === path);
  if (exact.length > 0) return { routes: exact, id: '' };
  const segments = path.split('/');
  const matched = routes.filter((route) => fits(route.path.split('/'), segments));
  const [first] = matched;
  if (first === undefined) return null;
  return { routes: matched, id: segments[first.path.split('/').indexOf('{id}')] ?? '' };
}

function fits(template: readonly string[], segments: readonly string[]): boolean {
  return (
    template.length === segments.length &&
    template.every((one, at) => (one === '{id}' ? segments[at] !== '' : one === segments[at]))
  );
}
