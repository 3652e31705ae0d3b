import type { CredentialSource } from '../5-credential/credential-source.ts';
import type { PreparedCredential } from '../5-credential/prepare-credential.ts';
import type { RequestSigner } from '../5-credential/request-signer.ts';
import { Hidden } from '../hidden.ts';
import { Problem } from '../problem.ts';
import { StoreUnavailable } from '../store/store-errors.ts';
import type { Completion, HeldRoute } from './brought.ts';
import { chooseGrant } from './choose-grant.ts';
import type { NoGrant } from './choose-grant.ts';
import { deregister } from './deregister.ts';
import { grantLists } from './grant-lists.ts';
import type { GrantLists } from './grant-lists.ts';
import { connectAnew, storeUnavailable, whereToConnect } from './grant-problems.ts';
import { grantSource } from './grant-source.ts';
import { completeRoute, grantedRoutes } from './granted-routes.ts';
import type { GrantedRoutes, ReadyRoute } from './granted-routes.ts';
import type { Grant } from './grant.ts';
import { grantRefresher } from './refresh/grant-refresher.ts';
import { refreshLoop } from './refresh/refresh-loop.ts';
import type { RefreshParts } from './refresh/refresh-under-lock.ts';
import type { Refreshed } from './refresh/refresh-types.ts';
import { oauth2Of } from './refresh/write-tokens.ts';
import type { SignIn } from './sign-in.ts';
import type { GrantStore } from './store/grant-store.ts';

/** What of a route grants have to do with. */
export interface GrantedRoute<R> {
  readonly signIn: SignIn | null;
  readonly complete: Completion<R> | null;
}

/** A route whose credential may change while it is used, or proves itself anew with each request. */
export interface LiveRoute<R> {
  readonly signer: RequestSigner | null;
  readonly live: {
    readonly source: CredentialSource;
    readonly place: (route: R, credential: PreparedCredential) => R;
  } | null;
}

/** What a request asks for. */
export interface GrantAsk<R> {
  readonly route: R;
  readonly account: string;
  /** The grant that the request names; null: it names none. */
  readonly named: string | null;
  /** Where people connect grants. */
  readonly control_url: string | null;
}

/** The grant of a request. */
export interface ChosenGrant<R> {
  readonly id: string;
  readonly route: R;
  /** Ends the use of its sockets. */
  readonly leave: () => void;
}

/** The grants of a gateway that serves: one for all tables that follow each other. */
export interface Grants<R> {
  readonly store: GrantStore;
  /** Chooses the grant of a request (design: named, or the account's oldest that works); at once where it is known. */
  choose(ask: GrantAsk<R>): ChosenGrant<R> | Problem | Promise<ChosenGrant<R> | Problem>;
  /** Asks for other tokens than a grant has, whatever those are worth, and once more where it was taken for broken. */
  refresh(grant: Pick<Grant, 'id' | 'credential'>): Promise<Refreshed>;
  /**
   * Gives the route of a grant, its credential and variables in place, whatever its status and whether or not the
   * store has it: for requests of the gateway's own. Its sockets are held until it is given back.
   */
  routeFor(route: R, grant: Grant): Promise<HeldRoute<R> | Problem>;
  /** Has the client deregistered that was registered for tokens which nobody uses any more; tells where it may be left. */
  deregister(grant: Pick<Grant, 'id' | 'connection' | 'credential'>): Promise<void>;
  /** Forgets what is kept of a grant, which was made, changed or deleted. */
  forget(grant: Pick<Grant, 'id' | 'connection' | 'account'>): void;
  /** Forgets what belongs to routes of a table that is served no more. */
  retire(routes: Iterable<R>): void;
  /** Begins to refresh in the background, once. */
  keepAlive(): void;
  /** Ends what goes on, and closes the store. */
  close(): Promise<void>;
}

/** What grants are made of. */
export interface GrantsParts extends RefreshParts {
  /** A fault of ours in the background. */
  readonly failed: (error: unknown) => void;
}

/** Gives the grants of a store. */
export function openGrants<R extends GrantedRoute<R> & LiveRoute<R>>(parts: GrantsParts): Grants<R> {
  const { store, now } = parts;
  const refresher = grantRefresher({ ...parts, changed: (grant) => lists.put(grant) });
  const lists = grantLists(store, (row) => refresher.current(row));
  const routes = grantedRoutes<R>({ refresher, now });
  let stopLoop: (() => Promise<void>) | null = null;
  return {
    store,
    choose: (ask) => choose({ lists, routes }, ask),
    refresh: (grant) =>
      refresher.refresh(grant.id, { instead_of: new Hidden(oauth2Of(grant)?.access_token ?? '') }),
    routeFor: async (route, grant) => {
      const completed = await completeRoute(route, grant, now);
      if (completed instanceof Problem) return completed;
      const { signIn } = route;
      const source = signIn?.kind === 'oauth2' ? grantSource({ signIn, refresher, now }, grant) : null;
      const credential = source === null ? null : (source.ready() ?? (await source.obtain()));
      if (credential instanceof Problem) {
        completed.giveBack();
        return credential;
      }
      const whole = credential === null ? completed.route : completed.place(completed.route, credential);
      return { route: whole, giveBack: completed.giveBack };
    },
    deregister: (grant) => deregister(parts, grant),
    forget: (grant) => {
      lists.forget(grant);
      routes.forget(grant.id);
    },
    retire: (gone) => routes.retire(gone),
    keepAlive: () => {
      stopLoop ??= refreshLoop({ store, refresher, now, failed: parts.failed });
    },
    close: async () => {
      await stopLoop?.();
      await refresher.stop();
      await store.close();
    },
  };
}

interface Kept<R> {
  readonly lists: GrantLists;
  readonly routes: GrantedRoutes<R>;
}

function choose<R extends GrantedRoute<R>>(kept: Kept<R>, ask: GrantAsk<R>): ReturnType<Grants<R>['choose']> {
  const known = kept.lists.ready(keyOf(ask));
  const grant = known === null ? null : chosenAmong(known, ask);
  // A list that is a moment old refuses nobody: what it does not have may have been made meanwhile.
  if (grant === null || 'none' in grant) return readAndChoose(kept, ask);
  const ready = kept.routes.ready(ask.route, grant);
  return ready === null ? enterRoute(kept, ask, grant) : entered(grant, ready);
}

async function readAndChoose<R extends GrantedRoute<R>>(
  kept: Kept<R>,
  ask: GrantAsk<R>,
): Promise<ChosenGrant<R> | Problem> {
  const read = await kept.lists.read(keyOf(ask)).catch((error: unknown) => {
    if (error instanceof StoreUnavailable) return storeUnavailable(error.retry_after_ms);
    throw error;
  });
  if (read instanceof Problem) return read;
  const grant = chosenAmong(read.grants, ask);
  if (!('none' in grant)) return await enterRoute(kept, ask, grant);
  return read.isKnown ? storeUnavailable(OUTAGE_RETRY_MS) : noGrant(grant, read.grants, ask);
}

/** What is said of a store that is away, where nobody asked it just now. */
const OUTAGE_RETRY_MS = 1000;

async function enterRoute<R extends GrantedRoute<R>>(
  { routes }: Kept<R>,
  { route }: GrantAsk<R>,
  grant: Grant,
): Promise<ChosenGrant<R> | Problem> {
  for (;;) {
    // Entered where it is found: one that was made may have been given back before this goes on.
    const ready = routes.ready(route, grant);
    if (ready !== null) return entered(grant, ready);
    const made = await routes.make(route, grant);
    if (made instanceof Problem) return made;
  }
}

function entered<R>({ id }: Grant, { route, lease }: ReadyRoute<R>): ChosenGrant<R> {
  return { id, route, leave: lease.enter() };
}

/** Without `grants: true` nobody has grants of their own: there are shared ones alone. */
function keyOf<R extends GrantedRoute<R>>({
  route,
  account,
}: GrantAsk<R>): {
  readonly connection: string;
  readonly account: string | null;
} {
  const { name, grants } = connectionOf(route);
  return { connection: name, account: grants ? account : null };
}

function chosenAmong<R>(grants: readonly Grant[], { account, named }: GrantAsk<R>): Grant | NoGrant {
  return chooseGrant(grants, account, named);
}

function connectionOf<R>({ signIn }: GrantedRoute<R>): SignIn['connection'] {
  if (signIn === null) throw new Error('a route without grants has none to choose among');
  return signIn.connection;
}

function noGrant<R extends GrantedRoute<R>>(
  found: NoGrant,
  among: readonly Grant[],
  { route, control_url }: GrantAsk<R>,
): Problem {
  const connection = connectionOf(route);
  const { name, grants } = connection;
  const where = whereToConnect(control_url);
  if (found.none === 'broken') {
    const { reason, status } = among.find(({ id }) => id === found.id) ?? { reason: null, status: 'gone' };
    return connectAnew(connection, reason ?? status, where);
  }
  if (found.none === 'unknown')
    return new Problem(
      'connection_missing',
      `the grant that the request names is none of this account's on ${name}; they are listed${where}`,
    );
  const who = grants ? `this account has no grant on ${name}` : `nobody has signed in to ${name}`;
  return new Problem('connection_missing', `${who} yet: connect one${where}`);
}
