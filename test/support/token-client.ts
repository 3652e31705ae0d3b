import { onTestFinished } from 'vitest';
import { wholeFetch } from '../../runtime/6-forward/fetch-whole.ts';
import type { FetchWhole } from '../../runtime/6-forward/fetch-whole.ts';
import { SYSTEM_NETWORK } from '../../runtime/6-forward/network.ts';
import { poolSet } from '../../runtime/6-forward/pool-set.ts';
import { SYSTEM_CONTEXT } from '../../runtime/6-forward/tls-contexts.ts';
import type { OAuthCall } from '../../runtime/grants/oauth/request-token.ts';
import type { TokenClient, TokenOutcome } from '../../runtime/grants/oauth/types.ts';
import { Hidden } from '../../runtime/hidden.ts';
import type { OAuth2Plan } from '../../table/types.ts';
import { oauth2Plan } from './oauth-plan.ts';

/** The instant at which the requests of these tests are sent. */
export const NOW: number = Date.parse('2026-01-01T00:00:00Z');

/** Gives what sends requests of the gateway's own, as the machine's network has it. */
function systemFetch(): FetchWhole {
  const tls = { caBundle: null, clientCert: null, clientKey: null };
  return wholeFetch({ pools: poolSet(SYSTEM_NETWORK), tls, context: SYSTEM_CONTEXT });
}

/** Gives how requests of a test go out. */
export function oauthCall(timeout_ms = 10_000): OAuthCall {
  const aborter = new AbortController();
  onTestFinished(() => aborter.abort());
  return { fetch: systemFetch(), now: () => NOW, timeout_ms, signal: aborter.signal };
}

/** Gives a client of the server at this origin. */
export function tokenClient(
  origin: string,
  [client_id, secret]: readonly [string, string],
  plan: Partial<OAuth2Plan> = {},
): TokenClient {
  const whole = oauth2Plan(origin, plan);
  return {
    plan: whole,
    token_url: { url: whole.token_url, guarded: false },
    refresh_url: whole.refresh_url === null ? null : { url: whole.refresh_url, guarded: false },
    client_id,
    client_secret: new Hidden(secret),
    allow_private: [],
  };
}

/** Gives an outcome with what it hides, for assertions. */
export function revealed(outcome: TokenOutcome): Record<string, unknown> {
  if (outcome.kind !== 'ok') return { ...outcome };
  const { access_token, refresh_token, answer: _, ...more } = outcome;
  return {
    ...more,
    access_token: access_token.reveal(),
    refresh_token: refresh_token === 'kept' ? 'kept' : refresh_token.reveal(),
  };
}
