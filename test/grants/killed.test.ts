import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Grant } from '../../runtime/grants/grant.ts';
import { oidcProvider, PLAIN_SECRET } from '../support/authorization-servers.ts';
import { newBrowser } from '../support/browser.ts';
import type { Browser } from '../support/browser.ts';
import { heldFront } from '../support/held-front.ts';
import type { HeldFront, Moment } from '../support/held-front.ts';
import { lockedStore } from '../support/locked-store.ts';
import { mortalGateway } from '../support/mortal-gateway.ts';
import type { MortalGateway } from '../support/mortal-gateway.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { ABSENT, STORES, storeUrl } from '../support/stores.ts';
import type { StoreKind } from '../support/stores.ts';

// kill -9 at every step of getting and refreshing tokens from oidc-provider, which rotates refresh tokens and takes
// every one once. No grant is lost; where the server had rotated and its answer came to nobody, that is said.

/** Where the gateway is killed: at a moment of its token request, or when its tokens are written. */
type Step = Moment | 'written';

interface Stage {
  readonly gateway: MortalGateway;
  readonly url: string;
  /** What the gateway knows as the token endpoint. */
  readonly tokens: HeldFront;
  /** Has the upstream answer 401 to these `Authorization` values. */
  readonly refused: Set<string>;
  /** The `Authorization` values that the upstream got. */
  readonly used: string[];
  /** Waits for the next request at the upstream, which gets no answer. */
  readonly silent: () => Promise<void>;
}

async function staged(kind: StoreKind): Promise<Stage> {
  const url = await storeUrl(kind);
  const refused = new Set<string>();
  const used: string[] = [];
  let arrived: (() => void) | null = null;
  const upstream = await rawUpstream(({ head, socket }) => {
    const authorization = /^authorization: (.*)\r$/im.exec(head)?.[1] ?? '';
    used.push(authorization);
    if (refused.has(authorization)) return 'HTTP/1.1 401 no\r\nContent-Length: 0\r\n\r\n';
    if (arrived === null) return 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
    arrived();
    arrived = null;
    return () => void socket;
  });
  let tokens: HeldFront | null = null;
  const gateway = await mortalGateway({
    store: url,
    environment: { IDP_SECRET: PLAIN_SECRET },
    connections: async (callback) => {
      const { origin } = await oidcProvider(callback);
      tokens = await heldFront(origin);
      return `connections:
  notes:
    base_url: ${upstream.origin}
    auth_mode: oauth2_authorization_code
    oauth2_authorization_url: ${origin}/auth
    oauth2_token_url: ${tokens.origin}/token
    oauth2_client_id: header
    oauth2_client_secret: "\${env:IDP_SECRET}"
    oauth2_scopes: [openid, read]
    grants: true
`;
    },
  });
  if (tokens === null) throw new Error('there is no authorization server');
  const silent = (): Promise<void> => new Promise((resolve) => (arrived = resolve));
  return { gateway, url, tokens, refused, used, silent };
}

/** Kills the gateway where it stands at a step of the token request that `act` brings about. */
async function killedAt(
  { gateway, tokens, url, silent }: Stage,
  step: Step,
  act: () => Promise<unknown>,
): Promise<void> {
  if (step === 'written') {
    const used = silent();
    void act().catch(() => {});
    await used;
    return gateway.kill();
  }
  const asked = tokens.hold('asked');
  void act().catch(() => {});
  const request = await asked;
  if (step === 'asked') return gateway.kill();
  // What was answered cannot be written.
  const locked = step === 'sent' ? await lockedStore(url) : null;
  const moment = tokens.hold(step);
  request.go();
  await moment;
  await gateway.kill();
  await locked?.release();
}

interface Link {
  readonly id: string;
  readonly link: string;
}

async function newLink({ gateway }: Stage): Promise<Link> {
  const created = await gateway.ask('POST /connections', { app: 'notes' });
  return { id: String(created['connection_id']), link: String(created['url']) };
}

async function connected(stage: Stage): Promise<Link> {
  const made = await newLink(stage);
  const browser = newBrowser();
  expect((await browser.submit(await browser.open(made.link))).title).toBe('notes is connected');
  return made;
}

async function kept({ gateway }: Stage, id: string): Promise<Pick<Grant, 'status' | 'reason' | 'account'>> {
  const grant = await (await gateway.store()).get(id);
  if (grant === null) throw new Error('the grant is lost');
  return { status: grant.status, reason: grant.reason, account: grant.account };
}

async function eventTypes({ gateway }: Stage, id: string): Promise<string[]> {
  const { events } = await gateway.ask(`GET /connections/${id}/events`);
  return (events as { event_type: string }[]).map(({ event_type }) => event_type);
}

async function reconnectLink(gateway: MortalGateway, id: string): Promise<string> {
  const { connection } = await gateway.ask(`POST /connections/${id}/reconnect`, {});
  return (connection as { url: string }).url;
}

const ACTIVE = { status: 'ACTIVE', reason: null, account: 'me' };

describe.each(STORES)('%s', (_name, kind, present) => {
  beforeEach(({ skip }) => skip(!present, ABSENT));

  /** Gives a stage whose gateway was killed while it refreshed a grant, and started again. */
  async function refreshing(step: Step): Promise<Stage & { id: string; first: string; asked: number }> {
    const on = await staged(kind);
    const { gateway, tokens, refused, used } = on;
    const { id } = await connected(on);
    expect((await gateway.get('/notes/a')).status).toBe(200);
    const [first = ''] = used;
    refused.add(first);
    await killedAt(on, step, () => gateway.get('/notes/a'));
    expect(await kept(on, id)).toEqual(ACTIVE);
    const asked = tokens.requests;
    await gateway.start();
    return { ...on, id, first, asked };
  }

  // What was written needs no other token: it is the one that was to be used.
  test.each<[step: Step, requests: number]>([
    ['asked', 1],
    ['written', 0],
  ])('refresh: %s', async (step, requests) => {
    const on = await refreshing(step);
    expect((await on.gateway.get('/notes/a')).status).toBe(200);
    expect(on.tokens.requests - on.asked).toBe(requests);
    expect(on.used.at(-1)).not.toBe(on.first);
    expect(await kept(on, on.id)).toEqual(ACTIVE);
  });

  test.each<Step>(['answered', 'half', 'sent'])('refresh, where the server had rotated: %s', async (step) => {
    const on = await refreshing(step);
    const { gateway, id } = on;
    expect((await gateway.get('/notes/a')).status).toBe(401);
    expect(await kept(on, id)).toEqual({ status: 'EXPIRED', reason: 'grant_refused', account: 'me' });
    const next = await gateway.get('/notes/a');
    expect([next.status, next.headers.get('gateway-error')]).toEqual([424, 'credential_broken']);
    expect(await eventTypes(on, id)).toContain('refresh_failed_revoked');
    expect((await gateway.ask(`GET /connections/${id}`))['connection']).toMatchObject({
      status: 'EXPIRED',
      reason: 'grant_refused',
    });
    // A new consent, under the same id.
    const browser = newBrowser();
    const page = await browser.open(await reconnectLink(gateway, id));
    expect((await browser.submit(page)).title).toBe('notes is connected');
    expect((await gateway.get('/notes/a')).status).toBe(200);
    expect(await kept(on, id)).toEqual(ACTIVE);
  });

  test('a consent that waits for its browser', async () => {
    const on = await staged(kind);
    const { id, link } = await newLink(on);
    const { browser, callback } = await until(link);
    await on.gateway.kill();
    await on.gateway.start();
    expect((await browser.open(callback)).title).toBe('notes is connected');
    expect(await kept(on, id)).toEqual(ACTIVE);
    expect((await on.gateway.get('/notes/a')).status).toBe(200);
  });

  test.each<Exclude<Step, 'written'>>(['asked', 'answered', 'half', 'sent'])('exchange: %s', async (step) => {
    const on = await staged(kind);
    const { id, link } = await newLink(on);
    const { browser, callback } = await until(link);
    await killedAt(on, step, () => browser.open(callback));
    await on.gateway.start();
    // A state is good once: the page says so, and the link begins anew.
    const over = await browser.open(callback);
    expect(over.status).toBe(400);
    expect(await kept(on, id)).toMatchObject({ status: 'PENDING', account: 'me' });
    expect((await on.gateway.get('/notes/a')).status).toBe(400);
    const page = await browser.open(link);
    expect((await browser.submit(page)).title).toBe('notes is connected');
    expect(await kept(on, id)).toEqual(ACTIVE);
    expect((await on.gateway.get('/notes/a')).status).toBe(200);
  });

  test('exchange: written', async () => {
    const on = await staged(kind);
    const { id, link } = await newLink(on);
    const { browser, callback } = await until(link);
    const asked = on.tokens.hold('asked');
    void browser.open(callback).catch(() => {});
    (await asked).go();
    // A turn between the looks: those at SQLite take none, and the answer comes in with one.
    while ((await kept(on, id)).status !== 'ACTIVE') await nextTurn();
    await on.gateway.kill();
    await on.gateway.start();
    expect(await kept(on, id)).toEqual(ACTIVE);
    expect((await on.gateway.get('/notes/a')).status).toBe(200);
  });

  test('a new consent to a grant that works: it goes on working', async () => {
    const on = await staged(kind);
    const { gateway } = on;
    const { id } = await connected(on);
    const { browser, callback } = await until(await reconnectLink(gateway, id));
    await killedAt(on, 'sent', () => browser.open(callback));
    await gateway.start();
    expect(await kept(on, id)).toEqual(ACTIVE);
    expect((await gateway.get('/notes/a')).status).toBe(200);
  });
});

/** Goes as far as to the callback. */
async function until(link: string): Promise<{ browser: Browser; callback: string }> {
  const stop = { on: true };
  const browser = newBrowser({ stopAt: (url) => stop.on && url.includes('/oauth/callback') });
  const { url } = await browser.submit(await browser.open(link));
  stop.on = false;
  expect(url).toContain('/oauth/callback');
  return { browser, callback: url };
}
