import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Completed } from '../../runtime/grants/brought.ts';
import { grantedRoutes } from '../../runtime/grants/granted-routes.ts';
import type { GrantedRoutes, ReadyRoute } from '../../runtime/grants/granted-routes.ts';
import type { Grant } from '../../runtime/grants/grant.ts';
import type { GrantedRoute, LiveRoute } from '../../runtime/grants/grants.ts';
import { Problem } from '../../runtime/problem.ts';
import { keyOf } from '../support/granted.ts';
import { vendorSignIn } from '../support/grants-beside.ts';
import { memoryStore } from '../support/memory-store.ts';

// The routes of grants: each has the values of its own grant and of no other, however they are made anew, left out and
// forgotten; and what a request uses is there until the request has ended.

/** A route that was made: whose key it has, and how often its sockets were given back. */
interface Made {
  readonly key: string;
  givenBack: number;
}

interface KeyRoute extends GrantedRoute<KeyRoute>, LiveRoute<KeyRoute> {
  readonly made: Made | null;
}

interface Stand {
  readonly base: KeyRoute;
  readonly routes: GrantedRoutes<KeyRoute>;
  readonly made: Made[];
}

/** Gives an empty set of routes; making one goes on when `gate` does. */
function stand(kept_max?: number, gate: () => Promise<unknown> = () => Promise.resolve()): Stand {
  const made: Made[] = [];
  const complete: KeyRoute['complete'] = async (brought): Promise<Completed<KeyRoute>> => {
    await gate();
    const one = { key: brought.secrets.reveal().credential ?? '', givenBack: 0 };
    made.push(one);
    return {
      route: { ...base, made: one },
      place: (route) => route,
      giveBack: () => void (one.givenBack += 1),
    };
  };
  const signIn = { ...vendorSignIn('http://127.0.0.1:1'), kind: 'form', client: null } as const;
  const base: KeyRoute = { signIn, complete, made: null, signer: null, live: null };
  const refresher = {
    refresh: () => Promise.reject(new Error('a key is not refreshed')),
    current: (row: Grant) => row,
    stop: () => Promise.resolve(),
  };
  const limit = kept_max === undefined ? {} : { kept_max };
  return { base, routes: grantedRoutes<KeyRoute>({ refresher, now: Date.now, ...limit }), made };
}

/** Uses the route of a grant, as a request does. */
async function used(
  { base, routes }: Stand,
  grant: Grant,
): Promise<ReadyRoute<KeyRoute> & { readonly leave: () => void }> {
  for (;;) {
    const ready = routes.ready(base, grant);
    if (ready !== null) return { ...ready, leave: ready.lease.enter() };
    const made = await routes.make(base, grant);
    if (made instanceof Problem) throw new Error(made.detail);
  }
}

const store = memoryStore(() => 0);

function newGrant(key: string): Promise<Grant> {
  const credential = keyOf(key);
  return store.create({
    connection: 'vendor',
    account: 'acme',
    method: 'API_KEY',
    status: 'ACTIVE',
    credential,
  });
}

test('2,000 are kept: the one that was used least lately goes, and its sockets when its last request has ended', async () => {
  const on = stand();
  const { base, routes, made } = on;
  const grants = await Promise.all(Array.from({ length: 2_000 }, (_, at) => newGrant(`key-${at}`)));
  for (const grant of grants) (await used(on, grant)).leave();
  const [first, second, third] = grants as [Grant, Grant, Grant];
  const late = await used(on, second);
  const early = await used(on, first);
  for (const grant of grants.slice(2, -1)) (await used(on, grant)).leave();
  expect(made).toHaveLength(2_000);
  // The last one was not used since, then the second, the first, the third.
  const more = await Promise.all(['more-1', 'more-2', 'more-3'].map(newGrant));
  for (const grant of more) (await used(on, grant)).leave();
  const kept = (grant: Grant): boolean => routes.ready(base, grant) !== null;
  expect([second, first, grants.at(-1) ?? first, third].map(kept)).toEqual([false, false, false, true]);
  // Nobody uses the last one; the other two go on with what they have.
  expect(made.filter(({ givenBack }) => givenBack > 0).map(({ key }) => key)).toEqual(['key-1999']);
  expect([early.route.made?.key, late.route.made?.key]).toEqual(['key-0', 'key-1']);
  const again = await used(on, first);
  expect(again.route).not.toBe(early.route);
  expect(again.route.made?.key).toBe('key-0');
  early.leave();
  late.leave();
  late.leave();
  const over = made.filter(({ givenBack }) => givenBack > 0);
  expect(over.map(({ key, givenBack }) => [key, givenBack])).toEqual([
    ['key-0', 1],
    ['key-1', 1],
    // What the first one took the place of when it was made again; the one before it was just looked at.
    ['key-3', 1],
    ['key-1999', 1],
  ]);
});

const step = fc.record({
  act: fc.oneof(
    { weight: 4, arbitrary: fc.constant('ask') },
    { weight: 4, arbitrary: fc.constantFrom('go on', 'leave', 'change', 'forget') },
  ),
  which: fc.nat(4),
});

test('in whatever order requests, changes and evictions come, each request has its own key until it ends', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(step, { minLength: 5, maxLength: 40 }), async (s, steps) => {
      const on = stand(2, () => s.schedule(Promise.resolve()));
      const grants = await Promise.all(Array.from({ length: 5 }, (_, at) => newGrant(`${at}`)));
      const inFlight: { readonly made: Made | null; readonly leave: () => void }[] = [];
      const asked: Promise<void>[] = [];
      const ask = async (grant: Grant, own: string): Promise<void> => {
        const { route, leave } = await used(on, grant);
        expect(route.made).toMatchObject({ key: own, givenBack: 0 });
        inFlight.push({ made: route.made, leave });
      };
      const keys = grants.map((_, at) => `${at}`);
      for (const [number, { act, which }] of steps.entries()) {
        const grant = grants[which] as Grant;
        if (act === 'ask') asked.push(ask(grant, keys[which] ?? ''));
        else if (act === 'go on' && s.count() > 0) await s.waitNext(1);
        else if (act === 'leave') inFlight.splice(which, 1)[0]?.leave();
        else if (act === 'forget') on.routes.forget(grant.id);
        else if (act === 'change') {
          keys[which] = `${which} of step ${number}`;
          const credential = keyOf(keys[which]);
          grants[which] = { ...grant, credential, revision: grant.revision + 1 };
        }
        expect(inFlight.map(({ made }) => made?.givenBack)).toEqual(inFlight.map(() => 0));
      }
      await s.waitFor(Promise.all(asked));
      for (const { leave } of inFlight) leave();
      for (const { id } of grants) on.routes.forget(id);
      expect(on.made.map(({ givenBack }) => givenBack)).toEqual(on.made.map(() => 1));
    }),
    { numRuns: 200 },
  );
});

test('a route that is made while its table is replaced is not kept', async () => {
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
  const { base, routes, made } = stand(undefined, () => gate);
  const grant = await newGrant('key');
  const making = routes.make(base, grant);
  routes.retire([base]);
  open();
  expect(await making).toBeInstanceOf(Problem);
  expect(made).toEqual([{ key: 'key', givenBack: 1 }]);
  expect(routes.ready(base, grant)).toBeNull();
});

test('whoever asks at a time shares one that is made; with other values there is another', async () => {
  const on = stand();
  const grant = await newGrant('key');
  const other: Grant = { ...grant, credential: keyOf('other'), revision: 2 };
  const found = await Promise.all([used(on, grant), used(on, grant), used(on, other)]);
  expect(found.map(({ route }) => route.made?.key)).toEqual(['key', 'key', 'other']);
  expect(found[0]?.route).toBe(found[1]?.route);
});
