import { describe, expect, test } from 'vitest';
import type { GrantEvent } from '../../runtime/grants/grant.ts';
import { Hidden } from '../../runtime/hidden.ts';
import type { NewGrant } from '../../runtime/grants/store/grant-store.ts';
import { bearers, said, tokens } from '../support/client-tokens.ts';
import {
  broughtVariable,
  consentConnection,
  headAs,
  startGranted as start,
  tokensOf,
} from '../support/granted.ts';
import type { GrantedSides } from '../support/granted.ts';
import { sendRaw } from '../support/raw-caller.ts';
import type { RawAnswer } from '../support/raw-upstream.ts';
import { codeOf } from '../support/sides.ts';

// What becomes of a grant whose access token has run out, or was refused.

const GET = headAs('acme', '/vendor/a');
const HOUR = 3_600_000;

async function eventsOf({ store }: GrantedSides, id: string): Promise<Partial<GrantEvent>[]> {
  return (await store.events({ grant_id: id }, 30)).map(({ type, idp_host, detail }) => ({
    type,
    idp_host,
    detail,
  }));
}

/** Sends a request behind the end of the token of a grant. */
async function expired(answer: RawAnswer, fields: Partial<NewGrant> = {}) {
  const sides = await start({ idp: answer });
  const { id } = await sides.grant(fields);
  sides.clock.now += HOUR;
  const { statuses, bytes } = await sendRaw(sides.gateway.port, GET);
  return { sides, id, status: statuses[0], bytes };
}

test('a token at its end is refreshed before the request goes out: every byte', async () => {
  const answer = said(
    '{"access_token":"token-1","refresh_token":"refresh-1","expires_in":600,"scope":"read"}',
  );
  const { sides, id, status } = await expired(answer);
  const { idp, upstream, store, clock } = sides;
  expect(status).toBe(200);
  expect(bearers(upstream)).toEqual(['token-1']);
  expect(idp.received()).toMatch(
    /^POST \/token HTTP\/1\.1\r\n(?:.*\r\n)*\r\ngrant_type=refresh_token&refresh_token=refresh-0&client_id=test-client$/,
  );
  const grant = await store.get(id);
  expect(grant?.credential?.reveal()).toEqual({
    kind: 'oauth2',
    access_token: 'token-1',
    refresh_token: 'refresh-1',
    scope: 'read',
    token_type: 'Bearer',
  });
  expect(grant).toMatchObject({ status: 'ACTIVE', expires_at: clock.now + 600_000, refreshed_at: clock.now });
  expect(await eventsOf(sides, id)).toEqual([
    { type: 'refresh_succeeded', idp_host: `127.0.0.1:${idp.port}`, detail: null },
  ]);
});

describe('what the answer leaves out stays', () => {
  const KEPT: [title: string, answer: string, kept: object][] = [
    [
      'the refresh token and its end',
      '{"access_token":"token-1"}',
      { refresh_token: 'refresh-0', refresh_expires_at: 7 * HOUR, expires_at: null },
    ],
    [
      'its end, told anew',
      '{"access_token":"token-1","refresh_expires_in":60}',
      { refresh_token: 'refresh-0', refresh_expires_at: HOUR + 60_000, expires_at: null },
    ],
    [
      'the end of another one is not known',
      '{"access_token":"token-1","refresh_token":"refresh-1","expires_in":60}',
      { refresh_token: 'refresh-1', refresh_expires_at: null, expires_at: HOUR + 60_000 },
    ],
  ];

  test.each(KEPT)('%s', async (_title, answer, kept) => {
    const began = Date.parse('2026-01-01T00:00:00Z');
    const { sides, id } = await expired(said(answer), { refresh_expires_at: began + 7 * HOUR });
    const grant = await sides.store.get(id);
    const held = grant?.credential?.reveal();
    const since = (time: number | null | undefined) => (typeof time === 'number' ? time - began : null);
    expect({
      refresh_token: held?.kind === 'oauth2' ? held.refresh_token : null,
      refresh_expires_at: since(grant?.refresh_expires_at),
      expires_at: since(grant?.expires_at),
    }).toEqual(kept);
  });
});

describe('a failure', () => {
  const error = (status: string, code: string): string =>
    said(`{"error":"${code}","error_description":"see https://evil.example"}`, `HTTP/1.1 ${status} x`);
  const REVOKED = 'refresh_failed_revoked';
  const TRANSIENT = 'refresh_failed_transient';
  type Outcome = [title: string, answer: RawAnswer, type: string, detail: string, fields?: Partial<NewGrant>];
  const TERMINAL: Outcome[] = [
    ['invalid_grant', error('400', 'invalid_grant'), REVOKED, 'grant_refused: [redacted]'],
    ['invalid_client', error('400', 'invalid_client'), REVOKED, 'client_refused: [redacted]'],
    ['unauthorized_client', error('400', 'unauthorized_client'), REVOKED, 'client_unauthorized: [redacted]'],
    [
      'unsupported_grant_type',
      error('400', 'unsupported_grant_type'),
      REVOKED,
      'grant_type_unsupported: [redacted]',
    ],
    ['any 401', said('no', 'HTTP/1.1 401 x'), REVOKED, 'client_refused'],
    [
      'no refresh token: nobody is asked',
      said('never'),
      'refresh_skipped_no_token',
      'refresh_token_missing',
      { credential: tokensOf('token-0') },
    ],
    [
      'a refresh token behind its end: nobody is asked',
      said('never'),
      'refresh_skipped_expired',
      'refresh_token_expired',
      { refresh_expires_at: Date.parse('2026-01-01T00:30:00Z') },
    ],
  ];

  test.each(TERMINAL)('terminal: %s', async (_title, answer, ...[type, detail, fields]) => {
    const { sides, id, status, bytes } = await expired(answer, fields);
    const { idp, upstream, store, gateway } = sides;
    expect([status, codeOf(bytes)]).toEqual([424, 'credential_broken']);
    expect(upstream.requests).toEqual([]);
    const reason = detail.replace(/:.*/, '');
    const grant = await store.get(id);
    expect(grant).toMatchObject({ status: 'EXPIRED', reason });
    // The row stays as it was, but for that.
    expect(grant?.credential?.reveal()).toMatchObject({ access_token: 'token-0' });
    expect(await eventsOf(sides, id)).toEqual([{ type, idp_host: `127.0.0.1:${idp.port}`, detail }]);
    expect(bytes).not.toContain('evil');
    // Nobody is asked again.
    const asked = idp.requests.length;
    expect((await sendRaw(gateway.port, GET)).statuses).toEqual([424]);
    expect(idp.requests).toHaveLength(asked);
    expect(asked).toBe(type === REVOKED ? 1 : 0);
  });

  const PASSING: Outcome[] = [
    ['500', said('{}', 'HTTP/1.1 500 x'), TRANSIENT, 'server_failed'],
    ['429 with Retry-After', said('', 'HTTP/1.1 429 x\r\nRetry-After: 90'), TRANSIENT, 'rate_limited'],
    ['another 400', error('400', 'invalid_request'), TRANSIENT, 'request_refused: [redacted]'],
    ['a redirect', said('', 'HTTP/1.1 302 x\r\nLocation: /'), TRANSIENT, 'redirected'],
    ['HTML', said('<html>', 'HTTP/1.1 200 OK\r\nContent-Type: text/html'), TRANSIENT, 'answer_malformed'],
    ['no token', said('{}'), TRANSIENT, 'answer_incomplete'],
    ['no answer', ({ socket }) => socket.destroy(), TRANSIENT, 'unreachable'],
  ];

  test.each(PASSING)('transient: %s', async (title, answer, ...[type, detail]) => {
    const { sides, id, status, bytes } = await expired(answer);
    const { idp, upstream, store, gateway, clock } = sides;
    expect([status, codeOf(bytes)]).toEqual([503, 'connection_unavailable']);
    const wait = title.startsWith('429') ? 90 : 30;
    expect(bytes).toContain(`\r\nRetry-After: ${wait}\r\n`);
    expect(upstream.requests).toEqual([]);
    expect(await store.get(id)).toMatchObject({ status: 'ACTIVE', reason: null, revision: 1 });
    expect(await eventsOf(sides, id)).toEqual([{ type, idp_host: `127.0.0.1:${idp.port}`, detail }]);
    // A fixed cool-down, then another try.
    clock.now += wait * 1000 - 1;
    expect((await sendRaw(gateway.port, GET)).statuses).toEqual([503]);
    expect(idp.requests).toHaveLength(1);
    clock.now += 1;
    await sendRaw(gateway.port, GET);
    expect(idp.requests).toHaveLength(2);
  });
});

test('within the margin a refresh goes on beside the requests, and its failure takes nothing from them', async () => {
  let count = 0;
  const { gateway, grant, upstream, clock, store } = await start({
    idp: () => ((count += 1) === 1 ? said('{}', 'HTTP/1.1 500 x') : tokens()()),
  });
  const { id } = await grant();
  clock.now += HOUR - 300_000;
  for (let sent = 0; sent < 3; sent += 1) await sendRaw(gateway.port, GET);
  await gateway.logged(({ msg, outcome }) => msg === 'grant not refreshed' && outcome === 'transient');
  clock.now += 30_000;
  await sendRaw(gateway.port, GET);
  await gateway.logged(({ msg }) => msg === 'grant refreshed');
  await sendRaw(gateway.port, GET);
  expect(bearers(upstream)).toEqual(['token-0', 'token-0', 'token-0', 'token-0', 'token-1']);
  expect(count).toBe(2);
  expect((await store.get(id))?.credential?.reveal()).toMatchObject({ refresh_token: 'refresh-0' });
});

test('a token of unknown lifetime is used until the upstream refuses it', async () => {
  const { gateway, grant, upstream, clock, idp } = await start({ idp: tokens() });
  await grant({ expires_at: null });
  clock.now += 10_000 * HOUR;
  await sendRaw(gateway.port, GET);
  expect(bearers(upstream)).toEqual(['token-0']);
  expect(idp.requests).toEqual([]);
});

test('a refresh with another dialect: its own URL, JSON, and what the catalog adds', async () => {
  const { gateway, grant, idp, clock } = await start({
    idp: tokens(),
    connections: ({ upstream, idp: at }) => ({
      vendor: consentConnection(upstream, at, {
        plan: {
          refresh_url: `${at}/renew`,
          token_body: 'json',
          endpoint_auth_style: 'params',
          refresh_params: [['owner', 'user']],
        },
      }),
    }),
  });
  await grant();
  clock.now += HOUR;
  await sendRaw(gateway.port, GET);
  const [request] = idp.requests;
  expect(request?.head).toContain('POST /renew HTTP/1.1\r\n');
  expect(JSON.parse(request?.body ?? '')).toMatchObject({ refresh_token: 'refresh-0', owner: 'user' });
});

test('a token URL that a grant does not fill in any more: nobody is asked, and the log says which variable', async () => {
  const { gateway, grant, upstream, clock, idp, store } = await start({
    idp: tokens(),
    connections: ({ upstream: to, idp: at }) => ({
      vendor: consentConnection(to, at, {
        plan: { token_url: `${at}/{tenant}/token` },
        variables: [broughtVariable('tenant', { optional: true })],
      }),
    }),
  });
  const { id } = await grant({ variables: new Hidden({ tenant: '..' }) });
  clock.now += HOUR;
  const { statuses, bytes } = await sendRaw(gateway.port, GET);
  expect([statuses, codeOf(bytes)]).toEqual([[503], 'connection_unavailable']);
  expect(await gateway.logged((line) => line['grant'] === id)).toMatchObject({
    msg: 'grant not refreshed',
    outcome: 'transient',
    reason: 'variables_unfit',
    why: 'the token URL cannot be filled in: tenant cannot be a segment of a path',
  });
  expect([idp.requests, upstream.requests]).toEqual([[], []]);
  expect(await store.get(id)).toMatchObject({ status: 'ACTIVE', revision: 1 });
});

test('metrics count refreshes of a connection by their outcome', async () => {
  let count = 0;
  const { gateway, grant, clock } = await start({
    idp: () => ((count += 1) === 1 ? tokens()() : said('{"error":"invalid_grant"}', 'HTTP/1.1 400 x')),
  });
  await grant();
  for (let round = 0; round < 2; round += 1) {
    clock.now += HOUR;
    await sendRaw(gateway.port, GET);
  }
  const { bytes } = await sendRaw(gateway.controlPort, headAs('acme', '/metrics'));
  expect(bytes).toContain('gw_grant_refreshes_total{connection="vendor",outcome="succeeded"} 1\n');
  expect(bytes).toContain('gw_grant_refreshes_total{connection="vendor",outcome="terminal"} 1\n');
});
