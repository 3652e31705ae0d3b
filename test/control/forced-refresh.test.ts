import { beforeEach, describe, expect, test } from 'vitest';
import type { Grant, GrantEvent } from '../../runtime/grants/grant.ts';
import type { GrantStore, NewGrant } from '../../runtime/grants/store/grant-store.ts';
import { PLAIN_SECRET } from '../support/authorization-servers.ts';
import { bearers, said } from '../support/client-tokens.ts';
import { controlGateway } from '../support/control-gateway.ts';
import type { ControlGateway } from '../support/control-gateway.ts';
import { tokensOf } from '../support/granted.ts';
import { refresh, used } from '../support/notes-grant.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import type { RawUpstream } from '../support/raw-upstream.ts';
import { consentYaml } from '../support/sign-in.ts';
import { ABSENT, keyTexts, openedStore, STORES, storeUrl } from '../support/stores.ts';
import type { StoreKind } from '../support/stores.ts';

// POST /api/v1/admin/connections/{id}/reacquire-oauth: an admin has the tokens of a grant refreshed, whatever they are
// worth.

const HOUR = 3_600_000;

interface Stage {
  readonly gateway: ControlGateway;
  readonly store: GrantStore;
  readonly idp: RawUpstream;
  readonly upstream: RawUpstream;
  /** Makes an ACTIVE grant of account one, its token good for an hour. */
  readonly grant: (fields?: Partial<NewGrant>) => Promise<Grant>;
}

async function staged(kind: StoreKind, answer: () => string): Promise<Stage> {
  const url = await storeUrl(kind);
  const idp = await rawUpstream(answer);
  const upstream = await rawUpstream();
  const gateway = await controlGateway(() => consentYaml({ idp: idp.origin, upstream: upstream.origin }), {
    environment: { IDP_SECRET: PLAIN_SECRET, GW_ENCRYPTION_KEY: keyTexts(1) },
    store: url,
  });
  const store = await openedStore(url);
  const grant: Stage['grant'] = (fields = {}) =>
    store.create({
      connection: 'notes',
      account: 'one',
      method: 'OAUTH2',
      status: 'ACTIVE',
      credential: tokensOf('token-0', 'refresh-0'),
      expires_at: Date.now() + HOUR,
      authenticated_at: Date.now(),
      ...fields,
    });
  return { gateway, store, idp, upstream, grant };
}

/** The tokens of a grant as the store has them, and how it is. */
async function keptOf({ store }: Pick<Stage, 'store'>, id: string): Promise<object> {
  const grant = await store.get(id);
  const held = grant?.credential?.reveal();
  return {
    status: grant?.status,
    reason: grant?.reason,
    tokens: held?.kind === 'oauth2' ? [held.access_token, held.refresh_token] : null,
  };
}

async function newestOf(
  { store }: Pick<Stage, 'store'>,
  id: string,
): Promise<Pick<GrantEvent, 'type' | 'detail'>[]> {
  return (await store.events({ grant_id: id }, 1)).map(({ type, detail }) => ({ type, detail }));
}

const ROTATED = said('{"access_token":"token-1","refresh_token":"refresh-1","expires_in":600}');
const refused = (code: string, status = '400'): string => said(`{"error":"${code}"}`, `HTTP/1.1 ${status} x`);

interface Row {
  readonly fields?: Partial<NewGrant>;
  readonly answer?: string;
  /** Status and code, and what of the detail says what to do. */
  readonly expected: readonly [status: number, code?: string, detail?: string];
  /** Status, reason and tokens that the grant then has. */
  readonly kept: readonly [status: string, reason: string | null, access: string, refresh: string | null];
  /** How often the authorization server was asked. */
  readonly asked: number;
  /** The newest event, and its detail. */
  readonly event: readonly [type: string, detail: string | null] | null;
}

const ANEW = 'POST /api/v1/admin/connections/ID/reconnect';
const GOOD = ['ACTIVE', null, 'token-0', 'refresh-0'] as const;
const NEW = ['ACTIVE', null, 'token-1', 'refresh-1'] as const;
const SUCCEEDED = ['refresh_succeeded', null] as const;

const ROWS: Record<string, Row> = {
  'a token that is good': { answer: ROTATED, expected: [200], kept: NEW, asked: 1, event: SUCCEEDED },
  'a token that has run out': {
    fields: { expires_at: Date.now() - HOUR },
    answer: ROTATED,
    expected: [200],
    kept: NEW,
    asked: 1,
    event: SUCCEEDED,
  },
  'a grant that is EXPIRED: it lives again': {
    fields: { status: 'EXPIRED', reason: 'client_refused' },
    answer: ROTATED,
    expected: [200],
    kept: NEW,
    asked: 1,
    event: SUCCEEDED,
  },
  'one that is EXPIRED and stays so': {
    fields: { status: 'EXPIRED', reason: 'client_refused' },
    answer: refused('invalid_grant'),
    expected: [409, 'reconnect_needed', `(grant_refused): ${ANEW}`],
    kept: ['EXPIRED', 'grant_refused', 'token-0', 'refresh-0'],
    asked: 1,
    event: ['refresh_failed_revoked', 'grant_refused: invalid_grant'],
  },
  'the refresh token was revoked': {
    answer: refused('invalid_grant'),
    expected: [409, 'reconnect_needed', `(grant_refused): ${ANEW}`],
    kept: ['EXPIRED', 'grant_refused', 'token-0', 'refresh-0'],
    asked: 1,
    event: ['refresh_failed_revoked', 'grant_refused: invalid_grant'],
  },
  'the client is not known any more': {
    answer: refused('invalid_client', '401'),
    expected: [409, 'reconnect_needed', `(client_refused): ${ANEW}`],
    kept: ['EXPIRED', 'client_refused', 'token-0', 'refresh-0'],
    asked: 1,
    event: ['refresh_failed_revoked', 'client_refused: invalid_client'],
  },
  'nothing to refresh with: the token that is good stays in use': {
    fields: { credential: tokensOf('token-0') },
    expected: [409, 'reconnect_needed', `(refresh_token_missing): ${ANEW}`],
    kept: ['ACTIVE', null, 'token-0', null],
    asked: 0,
    event: null,
  },
  'a sign-in that failed later on': {
    fields: { status: 'FAILED', reason: 'credential_refused' },
    expected: [409, 'reconnect_needed', `(credential_refused): ${ANEW}`],
    kept: ['FAILED', 'credential_refused', 'token-0', 'refresh-0'],
    asked: 0,
    event: null,
  },
  'the server fails': {
    answer: said('{}', 'HTTP/1.1 500 x'),
    expected: [502, 'refresh_failed', 'there is no new token for notes now (server_failed)'],
    kept: GOOD,
    asked: 1,
    event: ['refresh_failed_transient', 'server_failed'],
  },
  'the server answers HTML': {
    answer: said('<html>'),
    expected: [502, 'refresh_failed', '(answer_malformed)'],
    kept: GOOD,
    asked: 1,
    event: ['refresh_failed_transient', 'answer_malformed'],
  },
};

describe.each(STORES)('%s', (_name, kind, present) => {
  beforeEach(({ skip }) => skip(!present, ABSENT));

  test.each(Object.entries(ROWS))('%s', async (_title, { fields, answer, expected, kept, asked, event }) => {
    const stage = await staged(kind, () => answer ?? '');
    const { gateway, idp, upstream, grant } = stage;
    const { id } = await grant(fields);
    const { status, json } = await refresh(gateway, id);
    const [code, detail] = [json['code'], String(json['detail']).replace(id, 'ID')];
    expect([status, code]).toEqual([expected[0], expected[1]]);
    expect(detail).toContain(expected[2] ?? 'undefined');
    const [is, reason, ...heldTokens] = kept;
    expect(await keptOf(stage, id)).toEqual({ status: is, reason, tokens: heldTokens });
    expect(idp.requests).toHaveLength(asked);
    expect(await newestOf(stage, id)).toEqual(event === null ? [] : [{ type: event[0], detail: event[1] }]);
    // What is sent from now on is what is kept; nothing is sent with a grant that is broken.
    const isUsable = is === 'ACTIVE';
    expect(await used(gateway)).toEqual(isUsable ? [200, null] : [424, 'credential_broken']);
    expect(bearers(upstream)).toEqual(isUsable ? [heldTokens[0]] : []);
    expect(JSON.stringify(json)).not.toMatch(/token-[01]|refresh-[01]/);
  });

  test('the request to the server, every byte, and the status that the answer has', async () => {
    const { gateway, idp, grant, store } = await staged(kind, () => ROTATED);
    const { id } = await grant();
    const { status, json } = await refresh(gateway, id);
    const authorization = `Basic ${Buffer.from(`header:${PLAIN_SECRET}`).toString('base64')}`;
    const content = 'grant_type=refresh_token&refresh_token=refresh-0&client_id=header';
    expect(idp.received()).toBe(
      `POST /token HTTP/1.1\r\nhost: 127.0.0.1:${idp.port}\r\nconnection: keep-alive\r\n` +
        `Accept: application/json\r\nUser-Agent: gw\r\nAuthorization: ${authorization}\r\n` +
        `Content-Type: application/x-www-form-urlencoded\r\ncontent-length: ${content.length}\r\n\r\n${content}`,
    );
    const { expires_at = 0, refreshed_at = 0 } = (await store.get(id)) ?? {};
    const text = (at: number | null): string => new Date(at ?? 0).toISOString().replace('Z', '000Z');
    expect([status, json]).toEqual([
      200,
      expect.objectContaining({
        token_acquired: true,
        needs_reauth: false,
        has_refresh_token: true,
        expires_at: text(expires_at),
        last_refreshed_at: text(refreshed_at),
        last_error: null,
      }),
    ]);
  });

  test('what the answer says is to be done can be done', async () => {
    const { gateway, grant } = await staged(kind, () => refused('invalid_grant'));
    // Of an account that the admin does not belong to, of all accounts, and of nobody yet.
    const pending = { status: 'PENDING', credential: null, expires_at: null } as const;
    for (const fields of [{}, { account: null }, pending]) {
      const { id } = await grant(fields);
      const { status, json } = await refresh(gateway, id);
      expect([status, json['code']]).toEqual([409, 'reconnect_needed']);
      const line = /: (POST \S+)$/.exec(String(json['detail']))?.[1] ?? '';
      expect(await gateway.call('admin', line)).toMatchObject({
        status: 200,
        json: { connection: { connection_id: id, url: expect.stringContaining('/connect?session_token=') } },
      });
    }
  });

  test('how long to wait is told, and an admin need not', async () => {
    let count = 0;
    const { gateway, grant } = await staged(kind, () =>
      (count += 1) === 1 ? said('', 'HTTP/1.1 429 x\r\nRetry-After: 90') : ROTATED,
    );
    const { id } = await grant();
    const { status, headers } = await refresh(gateway, id);
    expect([status, headers.get('retry-after')]).toEqual([502, '90']);
    expect((await refresh(gateway, id)).status).toBe(200);
  });

  test('a connection that the table has no more', async () => {
    const { gateway, grant, idp } = await staged(kind, () => ROTATED);
    const { id } = await grant();
    await gateway.reload('connections: {}\n');
    expect(await refresh(gateway, id)).toMatchObject({
      status: 409,
      json: { code: 'conflict', detail: expect.stringContaining('this grant can only be deleted') },
    });
    expect(idp.requests).toEqual([]);
  });
});
