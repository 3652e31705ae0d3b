import { beforeEach, describe, expect, test } from 'vitest';
import { said, tokens } from '../support/client-tokens.ts';
import { storeBeside, tokensOf } from '../support/granted.ts';
import { grantsBeside, vendorSignIn } from '../support/grants-beside.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import type { RawRequest } from '../support/raw-upstream.ts';
import { ABSENT, STORES, storeUrl } from '../support/stores.ts';
import type { StoreKind } from '../support/stores.ts';

// Tokens that are asked for whatever those are worth that are there, by several at once, in one process and in two.

const HOUR = 3_600_000;

/** A store with a grant, two processes on it, and an authorization server that holds the first request. */
async function staged(kind: StoreKind, answer: () => string) {
  const waiting: RawRequest[] = [];
  const idp = await rawUpstream((request) =>
    waiting.length === 0 ? () => void waiting.push(request) : answer(),
  );
  const url = await storeUrl(kind);
  const store = await storeBeside(url);
  const grant = await store.create({
    connection: 'vendor',
    account: 'acme',
    method: 'OAUTH2',
    status: 'ACTIVE',
    credential: tokensOf('token-0', 'refresh-0'),
    expires_at: Date.now() + HOUR,
    authenticated_at: Date.now(),
  });
  const signIn = vendorSignIn(idp.origin);
  const [one, other] = [await grantsBeside(url, signIn), await grantsBeside(url, signIn)];
  /** Has the server answer the request that it holds. */
  const release = async (): Promise<void> => {
    await idp.waitForRequests(1);
    waiting[0]?.socket.write(answer());
  };
  const held = async (): Promise<unknown> => (await store.get(grant.id))?.credential?.reveal();
  return { one: one.grants, other: other.grants, idp, store, grant, release, held };
}

const ROTATING = (): (() => string) => tokens('"refresh_token":"refresh-1"');
const REFUSED = said('{"error":"invalid_grant"}', 'HTTP/1.1 400 x');

describe.each(STORES)('%s', (_name, kind, present) => {
  beforeEach(({ skip }) => skip(!present, ABSENT));

  test.each([
    ['new tokens', ROTATING(), 'usable', { access_token: 'token-1', refresh_token: 'refresh-1' }],
    ['a refusal', () => REFUSED, 'broken', { access_token: 'token-0', refresh_token: 'refresh-0' }],
    ['no answer', () => said('', 'HTTP/1.1 500 x'), 'later', { access_token: 'token-0' }],
  ])('two at once are one request to the server: %s', async (_title, answer, outcome, kept) => {
    const { one, grant, idp, release, held } = await staged(kind, answer);
    const [first, second] = [one.refresh(grant), one.refresh(grant)];
    await release();
    expect([(await first).kind, (await second).kind]).toEqual([outcome, outcome]);
    expect(idp.requests).toHaveLength(1);
    expect(await held()).toMatchObject(kept);
  });

  test('two at once in two processes are one request to the server, and both have the new token', async () => {
    const { one, other, grant, idp, release, held } = await staged(kind, ROTATING());
    const first = one.refresh(grant);
    await idp.waitForRequests(1);
    const second = other.refresh(grant);
    await release();
    for (const refreshed of [await first, await second]) {
      expect(refreshed.kind).toBe('usable');
      const credential = refreshed.kind === 'usable' ? refreshed.grant.credential?.reveal() : null;
      expect(credential).toMatchObject({ access_token: 'token-1' });
    }
    expect(idp.requests).toHaveLength(1);
    expect(await held()).toMatchObject({ access_token: 'token-1', refresh_token: 'refresh-1' });
  });

  test('one behind the other is another request, with what the first one brought', async () => {
    const { one, store, grant, idp, release } = await staged(kind, ROTATING());
    const first = one.refresh(grant);
    await release();
    await first;
    const now = await store.get(grant.id);
    expect((await one.refresh(now ?? grant)).kind).toBe('usable');
    expect(idp.requests.map(({ body }) => new URLSearchParams(body).get('refresh_token'))).toEqual([
      'refresh-0',
      'refresh-1',
    ]);
  });
});
