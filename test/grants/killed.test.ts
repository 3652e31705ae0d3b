import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Grant } from '../../runtime/grants/grant.ts';
import { newBrowser } from '../support/browser.ts';
import type { Moment } from '../support/held-front.ts';
import { lockedStore } from '../support/locked-store.ts';
import type { MortalGateway } from '../support/mortal-gateway.ts';
import { connected, newLink, staged, untilCallback } from '../support/mortal-notes.ts';
import type { Stage } from '../support/mortal-notes.ts';
import { ABSENT, STORES } from '../support/stores.ts';

// kill -9 at every step of getting and refreshing tokens from oidc-provider, which rotates refresh tokens and takes
// every one once. No grant is lost; where the server had rotated and its answer came to nobody, that is said.

/** Where the gateway is killed: at a moment of its token request, or when its tokens are written. */
type Step = Moment | 'written';

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
    const { browser, callback } = await untilCallback(link);
    await on.gateway.kill();
    await on.gateway.start();
    expect((await browser.open(callback)).title).toBe('notes is connected');
    expect(await kept(on, id)).toEqual(ACTIVE);
    expect((await on.gateway.get('/notes/a')).status).toBe(200);
  });

  test.each<Exclude<Step, 'written'>>(['asked', 'answered', 'half', 'sent'])('exchange: %s', async (step) => {
    const on = await staged(kind);
    const { id, link } = await newLink(on);
    const { browser, callback } = await untilCallback(link);
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
    const { browser, callback } = await untilCallback(link);
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
    const { browser, callback } = await untilCallback(await reconnectLink(gateway, id));
    await killedAt(on, 'sent', () => browser.open(callback));
    await gateway.start();
    expect(await kept(on, id)).toEqual(ACTIVE);
    expect((await gateway.get('/notes/a')).status).toBe(200);
  });
});
