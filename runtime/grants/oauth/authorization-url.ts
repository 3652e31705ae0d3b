import { createHash, randomBytes } from 'node:crypto';
import type { OAuth2Plan } from '../../../table/types.ts';
import { Hidden } from '../../hidden.ts';

/** What makes one authorization request different from the next. */
export interface AuthorizationRequest {
  /** The authorization endpoint, variables filled in. */
  readonly url: string;
  readonly client_id: string;
  readonly redirect_uri: string;
  readonly state: Hidden<string>;
  /** Needed where the plan has PKCE. */
  readonly verifier: Hidden<string> | null;
}

/** Gives a state, or another text of 256 bits that nobody guesses. */
export function newState(): Hidden<string> {
  return new Hidden(randomBytes(32).toString('base64url'));
}

/** Gives a code verifier (RFC 7636 4.1): 86 characters. */
export function newVerifier(): Hidden<string> {
  return new Hidden(randomBytes(64).toString('base64url'));
}

/** Gives the S256 challenge of a verifier (RFC 7636 4.2). */
export function challengeOf(verifier: Hidden<string>): string {
  return createHash('sha256').update(verifier.reveal(), 'ascii').digest('base64url');
}

/** Parameters that no catalog replaces or leaves out: without them the answer could not be told from a forged one. */
const OURS: ReadonlySet<string> = new Set(['client_id', 'redirect_uri', 'state']);

/**
 * Gives the URL that a browser is sent to (RFC 6749 4.1.1), in the vendor's dialect: the query that the endpoint
 * has stays, scopes are those that were written, joined as the vendor reads them. Throws where the plan has PKCE
 * and there is no verifier.
 */
export function authorizationUrl(plan: OAuth2Plan, request: AuthorizationRequest): Hidden<string> {
  const parameters = new Map([
    ['response_type', 'code'],
    ['client_id', request.client_id],
    ['redirect_uri', request.redirect_uri],
    ['state', request.state.reveal()],
  ]);
  if (plan.pkce) {
    if (request.verifier === null) throw new Error('an authorization request with PKCE needs a verifier');
    parameters.set('code_challenge', challengeOf(request.verifier)).set('code_challenge_method', 'S256');
  }
  if (plan.scopes.length > 0) parameters.set('scope', plan.scopes.join(plan.scope_separator));
  // Servers that are not OpenID providers refuse parameters that they do not know.
  if (plan.prompt !== null) parameters.set('prompt', plan.prompt);
  for (const [name, value] of plan.authorize_params) if (!OURS.has(name)) parameters.set(name, value);
  for (const name of plan.drop_authorize_params) if (!OURS.has(name)) parameters.delete(name);
  return new Hidden(withParameters(request.url, parameters));
}

/** Gives a URL with parameters behind those that it has; a space is `%20`, which every reader takes for one. */
export function withParameters(url: string, parameters: Iterable<readonly [string, string]>): string {
  const query = [...parameters]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
  if (query === '') return url;
  const before = url.includes('?') ? (/[?&]$/.test(url) ? '' : '&') : '?';
  return `${url}${before}${query}`;
}
