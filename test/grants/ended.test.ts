import { beforeEach, describe, expect, test } from 'vitest';
import { storeBeside, tokensOf } from '../support/granted.ts';
import { grantsBeside, vendorSignIn } from '../support/grants-beside.ts';
import { connected, newLink, staged, untilCallback } from '../support/mortal-notes.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { ABSENT, STORES, storeUrl } from '../support/stores.ts';

// SIGTERM while tokens are asked for, at oidc-provider, which rotates refresh tokens and takes every one once: what it
// gave is written before the process ends.

describe.each(STORES)('%s', (_name, kind, present) => {
  beforeEach(({ skip }) => skip(!present, ABSENT));

  test.each(['waits', 'is gone'])('a refresh whose caller %s', async (caller) => {
    const on = await staged(kind);
    const { gateway, tokens, refused, used } = on;
    const { id } = await connected(on);
    expect((await gateway.get('/notes/a')).status).toBe(200);
    refused.add(used[0] ?? '');
    const answered = tokens.hold('answered');
    const leaving = new AbortController();
    const sending = gateway.get('/notes/a', {}, leaving.signal).then(
      ({ status }) => status,
      () => 'gone',
    );
    // The server has rotated, and its answer has not gone out.
    const request = await answered;
    if (caller === 'is gone') leaving.abort();
    const { code } = await gateway.end();
    request.go();
    expect(await sending).toBe(caller === 'is gone' ? 'gone' : 200);
    expect(await code).toBe(0);
    expect((await (await gateway.store()).get(id))?.status).toBe('ACTIVE');
    const asked = tokens.requests;
    await gateway.start();
    // The token that was written is used, and what it was rotated to serves for the next.
    expect((await gateway.get('/notes/a')).status).toBe(200);
    expect([used.at(-1) === used[0], tokens.requests - asked]).toEqual([false, 0]);
    refused.add(used.at(-1) ?? '');
    expect((await gateway.get('/notes/a')).status).toBe(200);
    expect(tokens.requests - asked).toBe(1);
  });

  test('a consent that comes to its end: it is kept, and the page says so', async () => {
    const on = await staged(kind);
    const { gateway, tokens } = on;
    const { id, link } = await newLink(on);
    const { browser, callback } = await untilCallback(link);
    const answered = tokens.hold('answered');
    const opening = browser.open(callback);
    const request = await answered;
    const { code } = await gateway.end();
    request.go();
    expect((await opening).title).toBe('notes is connected');
    expect(await code).toBe(0);
    expect((await (await gateway.store()).get(id))?.status).toBe('ACTIVE');
    await gateway.start();
    expect((await gateway.get('/notes/a')).status).toBe(200);
  });
});

test('a server that does not answer keeps nobody for longer than it may take', async () => {
  const idp = await rawUpstream(() => () => {});
  const url = await storeUrl('sqlite');
  const store = await storeBeside(url);
  const grant = await store.create({
    connection: 'vendor',
    account: 'acme',
    method: 'OAUTH2',
    status: 'ACTIVE',
    credential: tokensOf('token-0', 'refresh-0'),
  });
  const { grants, told } = await grantsBeside(url, vendorSignIn(idp.origin), 100);
  const refreshing = grants.refresh(grant);
  await idp.waitForRequests(1);
  await grants.close();
  expect(await refreshing).toMatchObject({ kind: 'later', reason: 'timed_out' });
  expect(told).toMatchObject([{ kind: 'failed', failure: { reason: 'timed_out' } }]);
});
