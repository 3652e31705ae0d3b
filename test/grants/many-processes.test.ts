import { describe, expect, test } from 'vitest';
import { readCallback } from '../../runtime/grants/oauth/callback.ts';
import { requestToken } from '../../runtime/grants/oauth/request-token.ts';
import type { GivenTokens, TokenClient } from '../../runtime/grants/oauth/types.ts';
import { Hidden } from '../../runtime/hidden.ts';
import { oidcProvider, PLAIN_SECRET, REDIRECT_URI } from '../support/authorization-servers.ts';
import { bearers } from '../support/client-tokens.ts';
import { consent } from '../support/consent.ts';
import { gatewayProcess } from '../support/gateway-process.ts';
import {
  CALLERS,
  consentConnection,
  GRANTS_ENVIRONMENT,
  headAs,
  storeBeside,
  tokensOf,
} from '../support/granted.ts';
import { sendRaw } from '../support/raw-caller.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { STORES, storeUrl } from '../support/stores.ts';
import { oauthCall, tokenClient } from '../support/token-client.ts';

// Gateways in processes of their own on one store, and an authorization server that others wrote, whose refresh tokens
// serve once: whoever uses one twice loses the grant.

const PROCESSES = 4;
const REQUESTS = 200;
const HOUR = 3_600_000;

/** Signs in at oidc-provider, as the connect page does. */
async function signedIn(origin: string, client: TokenClient): Promise<GivenTokens> {
  const { query, verifier } = await consent(client, `${origin}/auth`);
  const callback = readCallback(query, { issuer: null, endpoints: [client.token_url.url] });
  if (callback.kind !== 'code') throw new Error(callback.reason);
  const given = await requestToken(
    client,
    { kind: 'code', code: callback.code, redirect_uri: REDIRECT_URI, verifier },
    oauthCall(),
  );
  if (given.kind !== 'ok' || given.refresh_token === 'kept') throw new Error('there is no refresh token');
  return given;
}

describe.each(STORES)('%s', (_name, kind, present) => {
  test.runIf(present)(
    `${REQUESTS} requests over ${PROCESSES} processes on an expired token: one refresh, and no request fails`,
    { timeout: 180_000 },
    async () => {
      const provider = await oidcProvider();
      const upstream = await rawUpstream();
      const client = tokenClient(provider.origin, ['header', PLAIN_SECRET], {
        grant: 'authorization_code',
        authorization_url: `${provider.origin}/auth`,
        scopes: ['read'],
      });
      const given = await signedIn(provider.origin, client);
      const url = await storeUrl(kind);
      const spec = {
        connections: {
          vendor: consentConnection(upstream.origin, provider.origin, {
            plan: { ...client.plan, client_id: { text: 'header', at: 'gateway.d/test.yaml:1:1' } },
          }),
        },
        callers: CALLERS,
        store: url,
      };
      const environment = { ...GRANTS_ENVIRONMENT, CLIENT_SECRET: PLAIN_SECRET };
      const gateways = await Promise.all(
        Array.from({ length: PROCESSES }, () => gatewayProcess(spec, environment)),
      );
      // Behind their start, so that the background has looked already: what is expired is found by requests.
      const store = await storeBeside(url);
      const refresh_token = given.refresh_token === 'kept' ? null : given.refresh_token.reveal();
      const { id } = await store.create({
        connection: 'vendor',
        account: 'acme',
        method: 'OAUTH2',
        status: 'ACTIVE',
        credential: tokensOf(given.access_token.reveal(), refresh_token),
        expires_at: Date.now() - HOUR,
        authenticated_at: Date.now() - 2 * HOUR,
      });
      const before = provider.tokenCalls();
      const answers = await Promise.all(
        Array.from({ length: REQUESTS }, (_, at) =>
          sendRaw(gateways[at % PROCESSES]?.port ?? 0, headAs('acme', '/vendor/a')),
        ),
      );
      expect(new Set(answers.map(({ statuses }) => statuses[0]))).toEqual(new Set([200]));
      expect(provider.tokenCalls() - before).toBe(1);
      const grant = await store.get(id);
      const held = grant?.credential?.reveal();
      const token = held?.kind === 'oauth2' ? held.access_token : '';
      expect(token).not.toBe(given.access_token.reveal());
      expect(bearers(upstream)).toEqual(Array.from({ length: REQUESTS }, () => token));
      expect((await store.events({ grant_id: id }, 30)).map(({ type }) => type)).toEqual([
        'refresh_succeeded',
      ]);
      // What it was rotated to is what is kept: the next refresh has it.
      const kept = held?.kind === 'oauth2' ? held.refresh_token : null;
      const again = {
        kind: 'refresh' as const,
        refresh_token: new Hidden(kept ?? ''),
        refresh_expires_at: null,
      };
      expect(await requestToken(client, again, oauthCall())).toMatchObject({ kind: 'ok' });
    },
  );
});
