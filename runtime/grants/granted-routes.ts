import { NO_CREDENTIAL } from '../5-credential/prepare-credential.ts';
import { Hidden } from '../hidden.ts';
import { Problem, retryAfter } from '../problem.ts';
import { broughtBy, broughtKey } from './brought.ts';
import type { Completed } from './brought.ts';
import type { Grant } from './grant.ts';
import { connectAnew } from './grant-problems.ts';
import { grantSource } from './grant-source.ts';
import type { GrantSource, SourceParts } from './grant-source.ts';
import type { GrantedRoute, LiveRoute } from './grants.ts';
import { leaseOf } from './lease.ts';
import type { Lease } from './lease.ts';
import { oauth1Signer } from './oauth/oauth1.ts';
import { oauth1ClientOf } from './sign-in.ts';
import type { SignIn } from './sign-in.ts';

/** The route of a grant, while requests use it. */
export interface ReadyRoute<R> {
  readonly route: R;
  readonly lease: Lease;
}

/** The routes of grants that were used lately. */
export interface GrantedRoutes<R> {
  /** Gives the route of a grant at once; null where it has to be made. */
  ready(base: R, grant: Grant): ReadyRoute<R> | null;
  /** Makes it; whoever asks at a time shares one. */
  make(base: R, grant: Grant): Promise<ReadyRoute<R> | Problem>;
  forget(id: string): void;
  /** Forgets the routes of these, which no table has any more. */
  retire(bases: Iterable<R>): void;
}

/** How many routes are kept; the one that was used least lately goes first, and gives its sockets back. */
const ROUTES_MAX = 2_000;

/** What the routes of grants are made with. */
export interface RoutesParts extends Omit<SourceParts, 'signIn'> {
  /** How many are kept. */
  readonly kept_max?: number;
}

interface Entry<R> extends ReadyRoute<R> {
  readonly base: R;
  /** What the route was made of. */
  readonly made: Hidden<string>;
  readonly source: GrantSource | null;
  /** The grant that it was found to fit last. */
  seen: Grant;
}

/** Gives an empty set of routes. */
export function grantedRoutes<R extends GrantedRoute<R> & LiveRoute<R>>(
  parts: RoutesParts,
): GrantedRoutes<R> {
  const entries = new Map<string, Entry<R>>();
  const making = new Map<string, { base: R; grant: Grant; made: Promise<Entry<R> | Problem> }>();
  const retired = new WeakSet<R>();

  const drop = (id: string): void => {
    entries.get(id)?.lease.retire();
    entries.delete(id);
  };
  const keep = (id: string, entry: Entry<R>): void => {
    drop(id);
    entries.set(id, entry);
    if (entries.size > (parts.kept_max ?? ROUTES_MAX))
      for (const oldest of entries.keys()) return drop(oldest);
  };
  const build = async (base: R, grant: Grant): Promise<Entry<R> | Problem> => {
    const completed = await completeRoute(base, grant, parts.now);
    if (completed instanceof Problem) return completed;
    // Whoever asked for it is gone, with the table.
    if (retired.has(base)) return tableReplaced(completed);
    const { signIn } = base;
    const hasToken = signIn?.kind === 'oauth2';
    const source = hasToken ? grantSource({ ...parts, signIn }, grant) : null;
    const { route, place, giveBack } = completed;
    const entry = {
      base,
      route: source === null ? route : { ...route, live: { source, place } },
      lease: leaseOf(giveBack),
      made: broughtKey(grant),
      source,
      seen: grant,
    };
    keep(grant.id, entry);
    return entry;
  };

  return {
    ready: (base, grant) => {
      const entry = entries.get(grant.id);
      if (entry?.base !== base) return null;
      if (entry.seen !== grant) {
        if (entry.made.reveal() !== broughtKey(grant).reveal()) return null;
        entry.source?.see(grant);
        entry.seen = grant;
      }
      entries.delete(grant.id);
      entries.set(grant.id, entry);
      return entry;
    },
    make: (base, grant) => {
      const before = making.get(grant.id);
      if (before?.base === base && before.grant === grant) return before.made;
      const made = build(base, grant).finally(() => {
        // Another may have begun behind it.
        if (making.get(grant.id)?.made === made) making.delete(grant.id);
      });
      making.set(grant.id, { base, grant, made });
      return made;
    },
    forget: drop,
    retire: (bases) => {
      for (const base of bases) retired.add(base);
      for (const [id, { base }] of entries) if (retired.has(base)) drop(id);
    },
  };
}

function tableReplaced<R>({ giveBack }: Completed<R>): Problem {
  giveBack();
  const detail = 'the table was replaced meanwhile: send the request again';
  return new Problem('connection_unavailable', detail, { headers: retryAfter(0) });
}

/** Gives the route of a grant, whole but for a token, or the problem that its values do not fit (any more). */
export async function completeRoute<R extends GrantedRoute<R> & LiveRoute<R>>(
  { signIn, complete }: R,
  grant: Pick<Grant, 'credential' | 'variables'>,
  now: () => number,
): Promise<Completed<R> | Problem> {
  if (signIn === null || complete === null) throw new Error('a route without grants has none to be made for');
  const completed = await complete(broughtBy(grant));
  if (!('route' in completed)) return unfit(signIn, completed);
  if (signIn.kind !== 'oauth1') return completed;
  const held = grant.credential?.reveal();
  if (held?.kind !== 'oauth1') {
    completed.giveBack();
    return connectAnew(signIn.connection, 'no_token');
  }
  const { place, route } = completed;
  // Nothing of it is sent as it is, and nothing of it comes back.
  const secrets = new Hidden([held.token, held.token_secret]);
  const token = { token: held.token, token_secret: new Hidden(held.token_secret) };
  const signer = oauth1Signer(oauth1ClientOf(signIn), token, now);
  return { ...completed, route: { ...place(route, { ...NO_CREDENTIAL, secrets }), signer } };
}

function unfit({ connection }: SignIn, why: readonly string[]): Problem {
  const detail = `the grant of ${connection.name} does not fit the connection (any more): connect it anew`;
  return new Problem('credential_broken', detail, { logged: { credential: 'unfit', why: why.join('; ') } });
}
