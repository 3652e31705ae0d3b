import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { GrantStatus } from '../../runtime/grants/grant.ts';
import { said } from '../support/client-tokens.ts';
import { consentConnection, headAs, startGranted as start, tokensOf } from '../support/granted.ts';
import type { GrantedSides } from '../support/granted.ts';
import { sendRaw } from '../support/raw-caller.ts';
import type { RawRequest } from '../support/raw-upstream.ts';

// Whatever accounts do with their grants, in whatever order: each request goes out as the rule says, and never with
// another account's credential. The rule is said here once more, as plainly as it can be.

const realNow = performance.now.bind(performance);
let jumped_ms = 0;
beforeEach(() => {
  vi.spyOn(performance, 'now').mockImplementation(() => realNow() + jumped_ms);
});
afterEach(() => vi.restoreAllMocks());

/** Changes are made beside the gateway, as by another replica: they show when its lists are a second old. */
function later(): void {
  jumped_ms += 1_001;
}

const HOUR = 3_600_000;
const ACCOUNTS = ['acme', 'zeta'] as const;
const OWNERS = [...ACCOUNTS, null] as const;
type Account = (typeof ACCOUNTS)[number];

/** What is known of a grant beside the store: whose it is, how it is, and which of its tokens is good. */
interface Known {
  readonly id: string;
  readonly owner: Account | null;
  readonly created_at: number;
  status: GrantStatus;
  /** The generation of its tokens: `<id>.<generation>`. */
  generation: number;
  expires_at: number;
}

type Step =
  | { readonly do: 'connect'; readonly owner: Account | null }
  | { readonly do: 'expire' | 'revoke' | 'delete' | 'reconnect' | 'break'; readonly which: number }
  | { readonly do: 'ask'; readonly as: Account; readonly named: number | null };

const owner = fc.constantFrom(...OWNERS);
const which = fc.nat(7);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('connect' as const), owner }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'expire' as const,
        'revoke' as const,
        'delete' as const,
        'reconnect' as const,
        'break' as const,
      ),
      which,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      as: fc.constantFrom(...ACCOUNTS),
      named: fc.option(which, { nil: null }),
    }),
  },
);

/** The authorization server: refresh tokens are `<id>.<generation>`, each serves once; revoked ones do not. */
function idpOf(model: Map<string, Known>, revoked: Set<string>) {
  return ({ body }: RawRequest): string => {
    const [, id = '', generation = ''] = /refresh_token=([^.&]+)\.(\d+)/.exec(body) ?? [];
    const known = model.get(id);
    if (known === undefined || revoked.has(id) || Number(generation) !== known.generation)
      return said('{"error":"invalid_grant"}', 'HTTP/1.1 400 Bad Request');
    known.generation += 1;
    const token = `${id}.${known.generation}`;
    return said(`{"access_token":"${token}","refresh_token":"${token}","expires_in":3600}`);
  };
}

interface Taken {
  readonly came: object | null;
  readonly due: object | null;
}

class Run {
  readonly #sides: GrantedSides;
  readonly #model: Map<string, Known>;
  readonly #revoked: Set<string>;

  constructor(sides: GrantedSides, model: Map<string, Known>, revoked: Set<string>) {
    this.#sides = sides;
    this.#model = model;
    this.#revoked = revoked;
  }

  /** Takes a step; of a request gives what came of it, and what should have. */
  async take(one: Step): Promise<Taken> {
    // Another instant for each, so that the oldest is one.
    this.#sides.clock.now += 1;
    if (one.do === 'connect') await this.#connect(one.owner);
    else if (one.do === 'ask') return await this.#ask(one.as, one.named);
    else {
      const known = [...this.#model.values()][one.which];
      if (known !== undefined) await this.#change(one.do, known);
    }
    return { came: null, due: null };
  }

  async #connect(of: Account | null): Promise<void> {
    const { grant, store, clock } = this.#sides;
    const made = await grant({ account: of, expires_at: clock.now + HOUR });
    await store.update(made.id, made.revision, { credential: tokensOf(`${made.id}.1`, `${made.id}.1`) });
    const { id, created_at } = made;
    this.#model.set(id, {
      id,
      owner: of,
      created_at,
      status: 'ACTIVE',
      generation: 1,
      expires_at: clock.now + HOUR,
    });
    later();
  }

  async #change(what: Exclude<Step['do'], 'connect' | 'ask'>, known: Known): Promise<void> {
    const { store, clock } = this.#sides;
    const row = await store.get(known.id);
    if (row === null) return;
    if (what === 'revoke') {
      this.#revoked.add(known.id);
    } else if (what === 'delete') {
      await store.delete(known.id);
      this.#model.delete(known.id);
    } else if (what === 'expire') {
      known.expires_at = clock.now;
      await store.update(known.id, row.revision, { expires_at: clock.now });
    } else if (what === 'break') {
      known.status = 'FAILED';
      await store.update(known.id, row.revision, { status: 'FAILED', reason: 'verify_failed' });
    } else {
      this.#revoked.delete(known.id);
      known.status = 'ACTIVE';
      known.generation += 1;
      known.expires_at = clock.now + HOUR;
      const token = `${known.id}.${known.generation}`;
      await store.update(known.id, row.revision, {
        status: 'ACTIVE',
        reason: null,
        credential: tokensOf(token, token),
        expires_at: known.expires_at,
        authenticated_at: clock.now,
      });
    }
    later();
  }

  async #ask(as: Account, named: number | null): Promise<Taken> {
    const { gateway, upstream, clock } = this.#sides;
    const name = named === null ? null : ([...this.#model.values()][named]?.id ?? 'nobody');
    const chosen = this.#chosen(as, name);
    const isExpired = chosen !== null && clock.now >= chosen.expires_at - 30_000;
    const isLost = chosen !== null && isExpired && this.#revoked.has(chosen.id);
    const before = upstream.requests.length;
    const fields = name === null ? [] : [`Gateway-Connection: ${name}`];
    const { statuses } = await sendRaw(gateway.port, headAs(as, '/vendor/a', ...fields));
    const tokens = upstream.requests.slice(before).map(({ head }) => /Bearer (.*)\r/.exec(head)?.[1]);
    const owners = tokens.map((token) => this.#model.get(token?.split('.')[0] ?? '')?.owner);
    const isOwn = owners.every((of) => of === as || of === null);
    if (chosen !== null && isExpired) {
      if (isLost) chosen.status = 'EXPIRED';
      else chosen.expires_at = clock.now + HOUR;
    }
    const isServed = chosen !== null && !isLost;
    return {
      came: {
        isServed: statuses[0] === 200,
        isRefused: [400, 424].includes(statuses[0] ?? 0),
        tokens,
        isOwn,
      },
      due: {
        isServed,
        isRefused: !isServed,
        tokens: isServed ? [`${chosen.id}.${chosen.generation}`] : [],
        isOwn: true,
      },
    };
  }

  #chosen(as: Account, name: string | null): Known | null {
    const all = [...this.#model.values()];
    if (name !== null) {
      const one = all.find(({ id, owner: of }) => id === name && (of === as || of === null));
      return one?.status === 'ACTIVE' ? one : null;
    }
    const own = all.filter(({ owner: of }) => of === as);
    const among = own.length > 0 ? own : all.filter(({ owner: of }) => of === null);
    const active = among.filter(({ status }) => status === 'ACTIVE');
    return active.toSorted((a, b) => a.created_at - b.created_at)[0] ?? null;
  }
}

test("connect, refresh, expire, revoke, delete, reconnect: the rule holds, and no credential is another account's", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => {
      const model = new Map<string, Known>();
      const revoked = new Set<string>();
      const sides = await start({
        idp: idpOf(model, revoked),
        connections: ({ upstream, idp }) => ({ vendor: consentConnection(upstream, idp) }),
      });
      const run = new Run(sides, model, revoked);
      for (const one of steps) {
        const { came, due } = await run.take(one);
        expect(came).toEqual(due);
      }
      await sides.gateway.serving.close();
    }),
    { numRuns: 25 },
  );
});
