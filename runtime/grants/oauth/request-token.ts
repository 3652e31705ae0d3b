import type { FetchWhole, WholeAnswer } from '../../6-forward/fetch-whole.ts';
import { FetchFailed } from '../../6-forward/fetch-whole.ts';
import { Hidden } from '../../hidden.ts';
import { readTokens } from './read-tokens.ts';
import { terminal, transient } from './types.ts';
import type { Failure, TokenClient, TokenOutcome } from './types.ts';

/** What a token is asked for with, and what else is known of whose it is: the server may know it, and say it again. */
export type TokenAsk = { readonly known?: Hidden<readonly string[]> } &
  /** RFC 6749 4.1.3. `redirect_uri` is the very text of the authorization request. */
  (
    | {
        readonly kind: 'code';
        readonly code: Hidden<string>;
        readonly redirect_uri: string;
        readonly verifier: Hidden<string> | null;
      }
    /** RFC 6749 6. What is known of the refresh token and of its end, in milliseconds since the epoch. */
    | {
        readonly kind: 'refresh';
        readonly refresh_token: Hidden<string> | null;
        readonly refresh_expires_at: number | null;
      }
    /** RFC 6749 4.4 */
    | { readonly kind: 'client' }
  );

/** How a request to an authorization server goes out. */
export interface OAuthCall {
  readonly fetch: FetchWhole;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly timeout_ms: number;
  readonly signal?: AbortSignal;
}

/** How long an authorization server may take, from the first byte to the last. */
export const OAUTH_TIMEOUT_MS: number = 30_000;

/**
 * Asks a token endpoint and gives what came of it. Nothing is asked where the answer is known: without a refresh
 * token, or behind its end. No redirect is followed, for the request bears the client's secret.
 */
export async function requestToken(
  client: TokenClient,
  ask: TokenAsk,
  call: OAuthCall,
): Promise<TokenOutcome> {
  const sent_at = call.now();
  if (ask.kind === 'refresh') {
    if (ask.refresh_token === null) return terminal('refresh_token_missing');
    if (ask.refresh_expires_at !== null && ask.refresh_expires_at <= sent_at)
      return terminal('refresh_token_expired');
  }
  const { url, guarded } = (ask.kind === 'refresh' ? client.refresh_url : null) ?? client.token_url;
  const asked = await answerOf(
    call.fetch({
      method: 'POST',
      url,
      ...written(client, pairsOf(client, ask)),
      guard: guarded ? { allowPrivate: client.allow_private } : null,
      timeout_ms: call.timeout_ms,
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    }),
  );
  if ('kind' in asked) return asked;
  return readTokens(asked, { plan: client.plan, sent_at, secrets: secretsOf(client, ask) });
}

/** Gives an answer, or the failure that there is none. */
export async function answerOf(asked: Promise<WholeAnswer>): Promise<WholeAnswer | Failure> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof FetchFailed)) throw error;
    return transient(error.fault);
  }
}

/** What goes into the body, but for what proves the client. The plan's parameters take the place of ours. */
function pairsOf({ plan, client_id }: TokenClient, ask: TokenAsk): Map<string, string> {
  const pairs = new Map<string, string>();
  if (ask.kind === 'code') {
    pairs.set('grant_type', 'authorization_code').set('code', ask.code.reveal());
    pairs.set('redirect_uri', ask.redirect_uri);
    if (ask.verifier !== null) pairs.set('code_verifier', ask.verifier.reveal());
  } else if (ask.kind === 'refresh') {
    pairs.set('grant_type', 'refresh_token').set('refresh_token', ask.refresh_token?.reveal() ?? '');
  } else {
    pairs.set('grant_type', 'client_credentials');
    // As written: a scope that nobody asked for is refused by some servers, and granted by others.
    if (plan.scopes.length > 0) pairs.set('scope', plan.scopes.join(plan.scope_separator));
  }
  if (ask.kind !== 'client') pairs.set('client_id', client_id);
  for (const [name, value] of ask.kind === 'refresh' ? plan.refresh_params : plan.token_params)
    pairs.set(name, value);
  return pairs;
}

interface Written {
  readonly headers: Hidden<readonly string[]>;
  readonly body: Hidden<Buffer>;
}

function written({ plan, client_id, client_secret }: TokenClient, pairs: Map<string, string>): Written {
  const secret = client_secret.reveal();
  const headers = ['Accept', 'application/json', 'User-Agent', 'gw'];
  if (plan.endpoint_auth_style === 'params') {
    pairs.set('client_id', client_id);
    // A public client (RFC 6749 2.1) has none.
    if (secret !== '') pairs.set('client_secret', secret);
  } else {
    // Not form-encoded first, as RFC 6749 2.3.1 has it: vendors compare the raw secret (docs/decisions/0016-oauth.md).
    headers.push('Authorization', `Basic ${Buffer.from(`${client_id}:${secret}`).toString('base64')}`);
  }
  const json = plan.token_body === 'json';
  headers.push('Content-Type', json ? 'application/json' : 'application/x-www-form-urlencoded');
  const body = json ? JSON.stringify(Object.fromEntries(pairs)) : new URLSearchParams([...pairs]).toString();
  return { headers: new Hidden(headers), body: new Hidden(Buffer.from(body)) };
}

/** What the server was told in confidence, and may repeat in its texts. */
function secretsOf({ client_secret }: TokenClient, ask: TokenAsk): Hidden<readonly string[]> {
  const secrets = [client_secret.reveal(), ...(ask.known?.reveal() ?? [])];
  if (ask.kind === 'code') secrets.push(ask.code.reveal(), ask.verifier?.reveal() ?? '');
  if (ask.kind === 'refresh') secrets.push(ask.refresh_token?.reveal() ?? '');
  return new Hidden(secrets);
}
