import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Grant, GrantEvent } from '../../../runtime/grants/grant.ts';
import type { GrantStore } from '../../../runtime/grants/store/grant-store.ts';
import { Hidden } from '../../../runtime/hidden.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { ABSENT, openedStore, STORES, storeUrl } from '../../support/stores.ts';

// Whatever is asked of a store, in whatever order: it answers as a few maps in memory would.

type Asked = ReturnType<typeof memoryStore>;

/** A run of one store: grants and tokens are named by their number, because ids differ from store to store. */
interface Run {
  readonly store: Asked;
  readonly ids: string[];
  readonly tokens: string[];
}

type Step = (run: Run) => Promise<unknown>;

const NOWHERE = '00000000-0000-4000-8000-000000000000';
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Gives an answer with grants named by their number and secrets to be seen. */
function shown(answer: unknown, { ids }: Run): unknown {
  if (Array.isArray(answer)) return answer.map((one) => shown(one, { ids } as Run));
  if (typeof answer !== 'object' || answer === null) return answer;
  const named = {
    ...answer,
    id: ids.indexOf((answer as Grant).id),
    grant_id: ids.indexOf((answer as GrantEvent).grant_id),
  };
  const visible = (value: unknown): unknown => (value instanceof Hidden ? value.reveal() : value);
  return Object.fromEntries(Object.entries(named).map(([key, value]) => [key, visible(value)]));
}

const connection = fc.constantFrom('stripe', 'notion');
const account = fc.constantFrom('acme', 'other', null);
const status = fc.constantFrom('PENDING', 'ACTIVE', 'FAILED', 'EXPIRED');
const time = fc.option(fc.nat(9));
const number = fc.nat(5);
const text = fc.string({ unit: 'binary', maxLength: 9 });

const idOf = (run: Run, at: number): string => run.ids[at] ?? NOWHERE;

/** Each kind of step: what is drawn for it, and what it asks. */
const STEPS: readonly fc.Arbitrary<Step>[] = [
  fc.record({ connection, account }).map((fields) => async (run) => {
    const grant = await run.store.create({ ...fields, method: 'OAUTH2' });
    run.ids.push(grant.id);
    return grant;
  }),
  fc
    .record({ number, isStale: fc.boolean(), status, text, time, other: time })
    .map((drawn) => async (run) => {
      const id = idOf(run, drawn.number);
      const revision = (await run.store.get(id))?.revision ?? 0;
      return run.store.update(id, drawn.isStale ? revision - 1 : revision, {
        status: drawn.status,
        credential: new Hidden({ kind: 'key', secret: drawn.text }),
        variables: new Hidden({ [`v${drawn.text.length}`]: drawn.text }),
        expires_at: drawn.time,
        refresh_expires_at: drawn.other,
      });
    }),
  number.map((at) => (run) => run.store.get(idOf(run, at))),
  number.map((at) => (run) => run.store.rewrite(idOf(run, at))),
  number.map((at) => (run) => run.store.delete(idOf(run, at))),
  fc
    .record({
      filter: fc.record({ account, status, connections: fc.uniqueArray(connection) }, { requiredKeys: [] }),
      limit: fc.integer({ min: 1, max: 4 }),
      after: fc.option(number),
    })
    .map(
      ({ filter, limit, after }) =>
        async (run) =>
          run.store.list(filter, {
            after: after === null ? null : await run.store.get(idOf(run, after)),
            limit,
          }),
    ),
  fc
    .record({ connection, account: fc.constantFrom('acme', 'other') })
    .map((of) => (run) => run.store.forAccount(of.connection, of.account)),
  fc.record({ expires_before: number, refresh_expires_before: number }).map((due) => async (run) => {
    const grants = await run.store.dueForRefresh(due, { after: null, limit: 100 });
    return grants.toSorted((one, other) => one.created_at - other.created_at);
  }),
  fc.record({ number, text }).map((drawn) => (run) => {
    const content = new Hidden(drawn.text);
    return run.store.putState(nextToken(run), { grant_id: idOf(run, drawn.number), content });
  }),
  number.map((at) => (run) => run.store.putSession(nextToken(run), idOf(run, at))),
  number.map((at) => (run) => run.store.takeState(run.tokens.at(-at) ?? '')),
  number.map((at) => (run) => run.store.session(run.tokens.at(-at) ?? '')),
  number.map((at) => (run) => run.store.useUpSession(run.tokens.at(-at) ?? '')),
  number.map((at) => (run) => run.store.revokeSessions(idOf(run, at))),
  fc.record({ number, connection, detail: fc.option(fc.string()) }).map(
    (drawn) => (run) =>
      run.store.addEvent({
        grant_id: idOf(run, drawn.number),
        connection: drawn.connection,
        type: 'connect_started',
        actor: null,
        idp_host: null,
        detail: drawn.detail,
      }),
  ),
  number.map((at) => (run) => run.store.events({ grant_id: idOf(run, at) }, 3)),
  connection.map((of) => (run) => run.store.events({ connection: of }, 3)),
  fc.constant((run) => run.store.prune()),
];

function nextToken({ tokens }: Run): string {
  tokens.push(`token ${tokens.length}`);
  return `token ${tokens.length - 1}`;
}

/** What passes before each step: never nothing, so that no two grants are of one time. */
const PASSING = fc.constantFrom(1, 1, 1, 10 * MINUTE - 1, 10 * MINUTE, 30 * MINUTE, DAY, 90 * DAY);

test.for(STORES)('%s answers as maps in memory do', async ([, kind, present], { skip }) => {
  skip(!present, ABSENT);
  let now = 0;
  const real: GrantStore = await openedStore(await storeUrl(kind), { now: () => now });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(PASSING, fc.oneof(...STEPS)), { maxLength: 60 }), async (steps) => {
      now += 91 * DAY;
      await emptied(real);
      const runs = [real, memoryStore(() => now)].map((store): Run => ({ store, ids: [], tokens: [] }));
      for (const [passing, step] of steps) {
        now += passing;
        const [answer, expected] = await Promise.all(runs.map(async (run) => shown(await step(run), run)));
        expect(answer).toEqual(expected);
      }
    }),
    { numRuns: 60 },
  );
});

/** Leaves nothing to the next round. */
async function emptied(store: GrantStore): Promise<void> {
  for (const { id } of await store.list({}, { after: null, limit: 1000 })) await store.delete(id);
  await store.prune();
}
