import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Grant } from '../../runtime/grants/grant.ts';
import type { GrantPatch, GrantStore } from '../../runtime/grants/store/grant-store.ts';
import { Hidden } from '../../runtime/hidden.ts';
import { said } from '../support/client-tokens.ts';
import { broughtVariable, consentConnection, headAs, startGranted, tokensOf } from '../support/granted.ts';
import type { GrantedSides, GrantedSetup } from '../support/granted.ts';
import type { RawRequest, RawUpstream } from '../support/raw-upstream.ts';
import { sendRaw } from '../support/raw-caller.ts';
import { codeOf } from '../support/sides.ts';

// A grant that becomes another while its tokens are asked for, or a moment before: somebody deletes it, or connects it
// anew, at another gateway of the same store.

const realNow = performance.now.bind(performance);
let clock_ms = 0;
beforeEach(() => {
  clock_ms = realNow();
  vi.spyOn(performance, 'now').mockImplementation(() => clock_ms);
});
afterEach(() => vi.restoreAllMocks());

/** What was read of the store is old from now on. */
function later(): void {
  clock_ms += 1_001;
}

const HOUR = 3_600_000;
const GET = headAs('acme', '/vendor/a');
const NEW = said('{"access_token":"token-1","refresh_token":"refresh-1","expires_in":3600}');
const REFUSED = said('{"error":"invalid_grant"}', 'HTTP/1.1 400 x');
const DOWN = said('{}', 'HTTP/1.1 500 x');

/** A gateway whose paths have a variable of the grant. */
function start(setup: GrantedSetup = {}): Promise<GrantedSides> {
  return startGranted({
    connections: ({ upstream, idp }) => ({
      vendor: consentConnection(upstream, idp, {
        variables: [broughtVariable('site')],
        path: { replace: [], prepend: { path: '/{site}', unless_present: false } },
      }),
    }),
    ...setup,
  });
}

const siteOf = (site: string): Hidden<Record<string, string>> => new Hidden({ site });

/** What signing in anew writes, for another site if one is named. */
function anew({ clock }: Pick<GrantedSides, 'clock'>, site = 'one'): GrantPatch {
  return {
    status: 'ACTIVE',
    reason: null,
    credential: tokensOf('theirs', 'their-refresh'),
    variables: siteOf(site),
    expires_at: clock.now + HOUR,
    authenticated_at: clock.now,
  };
}

/** The paths and tokens that the upstream got. */
function sent({ requests }: RawUpstream): string[] {
  return requests.map(({ head }) => {
    const path = head.split(' ')[1] ?? '';
    return `${path} ${/Bearer (.*)\r/.exec(head)?.[1] ?? ''}`;
  });
}

interface Row {
  /** What somebody else does while the server is asked. */
  readonly meanwhile: (
    store: GrantStore,
    grant: Grant,
    sides: Pick<GrantedSides, 'clock'>,
  ) => Promise<unknown>;
  readonly answer: string;
  /** Status and code of the request that waited, and what the upstream got of it. */
  readonly came: readonly [status: number, code: string | null, sent: string | null];
  /** Status and tokens that the grant then has; null: it is gone. */
  readonly kept: readonly [status: string, access: string, refresh: string] | null;
  readonly events: readonly string[];
  /** What the upstream gets of the next request; null: nothing. */
  readonly next: string | null;
}

const gone = (store: GrantStore, { id }: Grant): Promise<unknown> => store.delete(id);
const patched =
  (patchOf: (sides: Pick<GrantedSides, 'clock'>) => GrantPatch): Row['meanwhile'] =>
  (store, { id, revision }, sides) =>
    store.update(id, revision, patchOf(sides));
const THEIRS = ['ACTIVE', 'theirs', 'their-refresh'] as const;

const ROWS: Record<string, Row> = {
  'nobody does anything': {
    meanwhile: () => Promise.resolve(),
    answer: NEW,
    came: [200, null, '/one/a token-1'],
    kept: ['ACTIVE', 'token-1', 'refresh-1'],
    events: ['refresh_succeeded'],
    next: '/one/a token-1',
  },
  'deleted, and tokens come': {
    meanwhile: gone,
    answer: NEW,
    came: [424, 'credential_broken', null],
    kept: null,
    events: [],
    next: null,
  },
  'deleted, and refused': {
    meanwhile: gone,
    answer: REFUSED,
    came: [424, 'credential_broken', null],
    kept: null,
    events: [],
    next: null,
  },
  'connected anew, and tokens come: theirs go on': {
    meanwhile: patched((sides) => anew(sides)),
    answer: NEW,
    came: [200, null, '/one/a theirs'],
    kept: THEIRS,
    events: [],
    next: '/one/a theirs',
  },
  'connected anew, and refused: that was not theirs': {
    meanwhile: patched((sides) => anew(sides)),
    answer: REFUSED,
    came: [200, null, '/one/a theirs'],
    kept: THEIRS,
    events: [],
    next: '/one/a theirs',
  },
  'connected anew, and the server is down': {
    meanwhile: patched((sides) => anew(sides)),
    answer: DOWN,
    came: [503, 'connection_unavailable', null],
    kept: THEIRS,
    events: ['refresh_failed_transient'],
    next: '/one/a theirs',
  },
  'connected anew to another site: no token of it goes to the first': {
    meanwhile: patched((sides) => anew(sides, 'two')),
    answer: NEW,
    came: [503, 'connection_unavailable', null],
    kept: THEIRS,
    events: [],
    next: '/two/a theirs',
  },
  'connected anew to another site, and refused': {
    meanwhile: patched((sides) => anew(sides, 'two')),
    answer: REFUSED,
    came: [503, 'connection_unavailable', null],
    kept: THEIRS,
    events: [],
    next: '/two/a theirs',
  },
  'something else of it changed: its tokens are written over that': {
    meanwhile: patched(() => ({ authenticated_by: 'somebody' })),
    answer: NEW,
    came: [200, null, '/one/a token-1'],
    kept: ['ACTIVE', 'token-1', 'refresh-1'],
    events: ['refresh_succeeded'],
    next: '/one/a token-1',
  },
  'something else of it changed, and refused': {
    meanwhile: patched(() => ({ authenticated_by: 'somebody' })),
    answer: REFUSED,
    came: [424, 'credential_broken', null],
    kept: ['EXPIRED', 'token-0', 'refresh-0'],
    events: ['refresh_failed_revoked'],
    next: null,
  },
  'marked as broken: its tokens are kept, and it stays so': {
    meanwhile: patched(() => ({ status: 'FAILED', reason: 'credential_refused' })),
    answer: NEW,
    came: [424, 'credential_broken', null],
    kept: ['FAILED', 'token-1', 'refresh-1'],
    events: ['refresh_succeeded'],
    next: null,
  },
};

test.each(Object.entries(ROWS))('%s', async (_title, { meanwhile, answer, came, kept, events, next }) => {
  const sides: GrantedSides = await start({
    idp: ({ socket }: RawRequest) => {
      void meanwhile(sides.store, made, sides).then(() => socket.write(answer));
    },
  });
  const { gateway, grant, store, upstream, clock } = sides;
  const made = await grant({ variables: siteOf('one') });
  clock.now += HOUR;
  const { statuses, bytes } = await sendRaw(gateway.port, GET);
  expect([statuses[0], codeOf(bytes), sent(upstream)[0] ?? null]).toEqual(came);
  const row = await store.get(made.id);
  const held = row?.credential?.reveal();
  expect(held?.kind === 'oauth2' ? [row?.status, held.access_token, held.refresh_token] : null).toEqual(kept);
  expect((await store.events({ grant_id: made.id }, 30)).map(({ type }) => type)).toEqual(events);
  later();
  const before = upstream.requests.length;
  await sendRaw(gateway.port, GET);
  expect(sent(upstream).slice(before)[0] ?? null).toBe(next);
});

test('what was read a moment ago leads no token to where an earlier consent did', async () => {
  const sides = await start();
  const { gateway, grant, store, upstream, idp, clock } = sides;
  const made = await grant({ variables: siteOf('one') });
  await sendRaw(gateway.port, GET);
  clock.now += HOUR;
  await store.update(made.id, made.revision, anew(sides, 'two'));
  const { statuses, bytes } = await sendRaw(gateway.port, GET);
  expect([statuses[0], codeOf(bytes)]).toEqual([503, 'connection_unavailable']);
  expect(bytes).toContain('was connected anew while this request waited');
  expect(bytes).toContain('\r\nRetry-After: 1\r\n');
  expect((await sendRaw(gateway.port, GET)).statuses).toEqual([200]);
  expect(sent(upstream)).toEqual(['/one/a token-0', '/two/a theirs']);
  expect(idp.requests).toEqual([]);
});

test('a 401 brings the token of another site to nobody', async () => {
  const sides = await start({
    upstream: ({ head }) =>
      head.includes('token-0') ? 'HTTP/1.1 401 x\r\nContent-Length: 0\r\n\r\n' : said('fine'),
  });
  const { gateway, grant, store, upstream } = sides;
  const made = await grant({ variables: siteOf('one') });
  await sendRaw(gateway.port, GET);
  await store.update(made.id, made.revision, anew(sides, 'two'));
  expect((await sendRaw(gateway.port, GET)).statuses).toEqual([401]);
  later();
  expect((await sendRaw(gateway.port, GET)).statuses).toEqual([200]);
  expect(sent(upstream)).toEqual(['/one/a token-0', '/one/a token-0', '/two/a theirs']);
});

test('a request that is under way ends with the key that it began with, whatever becomes of the grant', async () => {
  const waiting: RawRequest[] = [];
  const { gateway, grant, store, upstream } = await start({
    upstream: (request) => () => void waiting.push(request),
  });
  const made = await grant({ variables: siteOf('one') });
  const first = sendRaw(gateway.port, GET);
  await upstream.waitForRequests(1);
  await store.update(made.id, made.revision, { variables: siteOf('two'), credential: tokensOf('theirs') });
  later();
  const second = sendRaw(gateway.port, GET);
  await upstream.waitForRequests(2);
  await store.delete(made.id);
  later();
  expect((await sendRaw(gateway.port, GET)).statuses).toEqual([400]);
  for (const { socket } of waiting) socket.write(said('fine'));
  expect([(await first).statuses, (await second).statuses]).toEqual([[200], [200]]);
  expect(sent(upstream)).toEqual(['/one/a token-0', '/two/a theirs']);
});
