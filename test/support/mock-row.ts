import type { ServerResponse } from 'node:http';
import { expect } from 'vitest';
import { requestToken } from '../../runtime/grants/oauth/request-token.ts';
import type { TokenAsk } from '../../runtime/grants/oauth/request-token.ts';
import { Hidden } from '../../runtime/hidden.ts';
import type { OAuth2Plan } from '../../table/types.ts';
import { mockServer } from './authorization-servers.ts';
import type { Disturbance } from './authorization-servers.ts';
import { CLIENT_SECRET } from './oauth-plan.ts';
import { oauthCall, revealed, tokenClient } from './token-client.ts';

/** What oauth2-mock-server is asked, what it answers, and what that comes to. */
export interface MockRow {
  readonly disturbance?: Disturbance;
  readonly plan?: Partial<OAuth2Plan>;
  readonly ask?: TokenAsk;
  readonly timeout_ms?: number;
  readonly expected: Record<string, unknown>;
}

/** A refresh with the token `refresh-1`. */
export const REFRESH: TokenAsk = {
  kind: 'refresh',
  refresh_token: new Hidden('refresh-1'),
  refresh_expires_at: null,
};

/** An answer of this status, with this text. */
export function instead(
  status: number,
  text: string | Buffer,
  headers: Record<string, string> = {},
): Disturbance {
  return { instead: (_request, response: ServerResponse) => response.writeHead(status, headers).end(text) };
}

/** An answer whose members are these, in place of what the server had. */
export function body(members: Record<string, unknown>, status = 200): Disturbance {
  return {
    answer: (response) => {
      response.body = members;
      response.statusCode = status;
    },
  };
}

/** The client of the mock server. */
export const MOCK_CLIENT = ['test-client', CLIENT_SECRET] as const;

/** Asks the server of a row, and compares what came of it; nothing secret shows in an outcome. */
export async function checkRow({ disturbance, plan, ask, timeout_ms, expected }: MockRow): Promise<void> {
  const { origin } = await mockServer(disturbance);
  const moved = plan?.refresh_params === undefined ? {} : { refresh_url: `${origin}/token` };
  const client = tokenClient(origin, MOCK_CLIENT, { ...plan, ...moved });
  const outcome = await requestToken(client, ask ?? { kind: 'client' }, oauthCall(timeout_ms));
  expect(revealed(outcome)).toMatchObject(expected);
  expect(JSON.stringify(outcome)).not.toMatch(/eyJ|refresh-1|client\/secret/);
}
