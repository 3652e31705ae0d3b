import { createHmac, randomBytes } from 'node:crypto';
import { byCodeUnit } from '../../../table/rules/by-code-unit.ts';
import type { OAuth1Plan } from '../../../table/types.ts';
import type { RequestSigner } from '../../5-credential/request-signer.ts';
import type { FetchWhole, WholeAnswer } from '../../6-forward/fetch-whole.ts';
import { Hidden } from '../../hidden.ts';
import { withParameters } from './authorization-url.ts';
import { readContent, retryAfter, statusFailure } from './read-answer.ts';
import { textAt } from './read-tokens.ts';
import { answerOf } from './request-token.ts';
import type { OAuthCall } from './request-token.ts';
import { strippedText } from './stripped-text.ts';
import { terminal, transient } from './types.ts';
import type { Failure, Json } from './types.ts';

/** A token with its secret: temporary credentials, or token credentials (RFC 5849 1.1). */
export interface OAuth1Token {
  readonly token: string;
  readonly token_secret: Hidden<string>;
}

/** Who signs (RFC 5849 3.1). */
export interface OAuth1Client {
  readonly plan: OAuth1Plan;
  readonly client_id: string;
  readonly client_secret: Hidden<string>;
}

/** What makes a signature stand once. */
export interface Uniqueness {
  /** Seconds since the epoch. */
  readonly timestamp: number;
  readonly nonce: string;
}

/** Gives what makes the next signature stand once. */
export function uniqueness(now: number): Uniqueness {
  return { timestamp: Math.floor(now / 1000), nonce: randomBytes(16).toString('hex') };
}

/** A request that is signed. */
export interface SignedRequest {
  readonly method: string;
  /** As it is sent, with its query. */
  readonly url: string;
  /** The content of `application/x-www-form-urlencoded` (RFC 5849 3.4.1.3.1); null for any other. */
  readonly form: string | null;
  /** Null for the first leg. */
  readonly token: OAuth1Token | null;
  /** Further `oauth_` parameters, such as the callback. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** Gives the Authorization field of a request, signed with HMAC-SHA1 (RFC 5849 3.5.1); no realm. */
export function oauth1Authorization(
  { client_id, client_secret }: Omit<OAuth1Client, 'plan'>,
  request: SignedRequest,
  { timestamp, nonce }: Uniqueness,
): Hidden<string> {
  const parameters: Record<string, string> = {
    oauth_consumer_key: client_id,
    ...(request.token === null ? {} : { oauth_token: request.token.token }),
    oauth_signature_method: 'HMAC-SHA1',
    oauth_timestamp: String(timestamp),
    oauth_nonce: nonce,
    ...request.parameters,
  };
  const key = `${encoded(client_secret.reveal())}&${encoded(request.token?.token_secret.reveal() ?? '')}`;
  const signed = createHmac('sha1', key).update(signatureBase(request, Object.entries(parameters)));
  parameters['oauth_signature'] = signed.digest('base64');
  const pairs = Object.entries(parameters).map(([name, value]) => `${encoded(name)}="${encoded(value)}"`);
  return new Hidden(`OAuth ${pairs.join(', ')}`);
}

/** Gives what signs the requests of a token (RFC 5849 3.1), each with a time and a nonce of its own. */
export function oauth1Signer(client: OAuth1Client, token: OAuth1Token, now: () => number): RequestSigner {
  return (request) => oauth1Authorization(client, { ...request, token }, uniqueness(now()));
}

/** Gives the signature base string (RFC 5849 3.4.1) of a request with these `oauth_` parameters. */
export function signatureBase(
  { method, url, form }: Pick<SignedRequest, 'method' | 'url' | 'form'>,
  parameters: readonly (readonly [string, string])[],
): string {
  const { origin, pathname, search } = new URL(url);
  const all = [...new URLSearchParams(search), ...new URLSearchParams(form ?? ''), ...parameters].map(
    ([name, value]) => [encoded(name), encoded(value)] as const,
  );
  // By bytes (3.4.1.3.2): what is encoded is ASCII, where code units are that.
  const sorted = all.sort((a, b) => byCodeUnit(a[0], b[0]) || byCodeUnit(a[1], b[1]));
  const normalized = sorted.map(([name, value]) => `${name}=${value}`).join('&');
  return [method.toUpperCase(), origin + pathname, normalized].map(encoded).join('&');
}

/** RFC 5849 3.6: all but unreserved characters, in upper-case hex. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** What came of a leg. */
export type OAuth1Outcome = ({ readonly kind: 'ok'; readonly answer: Hidden<Json> } & OAuth1Token) | Failure;

/** How requests of the legs go out; `unique` is for test vectors. */
export interface OAuth1Call extends OAuthCall {
  /** What else is known of whose tokens they are: the server may know it, and say it again. */
  readonly known?: Hidden<readonly string[]>;
  readonly unique?: () => Uniqueness;
}

/** First leg (RFC 5849 2.1): temporary credentials for a callback. */
export function requestTemporary(
  client: OAuth1Client,
  callback_url: string,
  call: OAuth1Call,
): Promise<OAuth1Outcome> {
  const leg = { url: legUrl(client.plan.request_url), parameters: { oauth_callback: callback_url } };
  return askLeg(client, { ...leg, token: null }, call);
}

/** Gives the URL that a browser is sent to (second leg, RFC 5849 2.2). */
export function oauth1AuthorizationUrl({ plan }: OAuth1Client, temporary: OAuth1Token): Hidden<string> {
  const parameters = new Map([...plan.authorize_params, ['oauth_token', temporary.token] as const]);
  return new Hidden(withParameters(legUrl(plan.authorization_url), parameters));
}

/** What the browser brought back (RFC 5849 2.2). */
export type OAuth1Callback =
  | { readonly kind: 'verifier'; readonly token: string; readonly verifier: Hidden<string> }
  | { readonly kind: 'refused'; readonly reason: 'callback_malformed' | 'consent_refused' };

/** Gives what a callback's query (without `?`) says; the grant is looked up by its token. */
export function readOAuth1Callback(query: string): OAuth1Callback {
  const parameters = new URLSearchParams(query);
  const [token, ...tokens] = parameters.getAll('oauth_token');
  const [verifier, ...verifiers] = parameters.getAll('oauth_verifier');
  if (tokens.length + verifiers.length > 0) return { kind: 'refused', reason: 'callback_malformed' };
  // Who says no comes back without a verifier, and with whatever word the vendor has for it.
  if (verifier === undefined || verifier === '') return { kind: 'refused', reason: 'consent_refused' };
  if (token === undefined || token === '') return { kind: 'refused', reason: 'callback_malformed' };
  return { kind: 'verifier', token, verifier: new Hidden(verifier) };
}

/** Third leg (RFC 5849 2.3): token credentials for temporary ones and their verifier. */
export function requestCredentials(
  client: OAuth1Client,
  { temporary, verifier }: { readonly temporary: OAuth1Token; readonly verifier: Hidden<string> },
  call: OAuth1Call,
): Promise<OAuth1Outcome> {
  const leg = { url: legUrl(client.plan.token_url), parameters: { oauth_verifier: verifier.reveal() } };
  return askLeg(client, { ...leg, token: temporary }, call);
}

type Leg = Required<Pick<SignedRequest, 'url' | 'token' | 'parameters'>>;

async function askLeg(client: OAuth1Client, leg: Leg, call: OAuth1Call): Promise<OAuth1Outcome> {
  const now = call.now();
  const unique = call.unique?.() ?? uniqueness(now);
  const authorization = oauth1Authorization(client, { method: 'POST', form: null, ...leg }, unique);
  const answer = await answerOf(post(call, leg.url, authorization));
  if ('kind' in answer) return answer;
  const failed = statusFailure(answer, now);
  if (failed !== null) return failed;
  const { token } = leg;
  const sent = token === null ? [] : [token.token, token.token_secret.reveal()];
  const verifier = leg.parameters['oauth_verifier'] ?? '';
  const secrets = [client.client_secret.reveal(), ...sent, verifier, ...(call.known?.reveal() ?? [])];
  return readLeg(answer, now, new Hidden(secrets));
}

function post(call: OAuth1Call, url: string, authorization: Hidden<string>): ReturnType<FetchWhole> {
  return call.fetch({
    method: 'POST',
    url,
    headers: new Hidden(['Accept', '*/*', 'User-Agent', 'gw', 'Authorization', authorization.reveal()]),
    body: new Hidden(Buffer.alloc(0)),
    guard: null,
    timeout_ms: call.timeout_ms,
    ...(call.signal === undefined ? {} : { signal: call.signal }),
  });
}

/** RFC 5849 has no codes of errors: a 401 means that signature, client or token are not accepted. */
function readLeg(answer: WholeAnswer, now: number, secrets: Hidden<readonly string[]>): OAuth1Outcome {
  const detail = strippedText(answer.status >= 400 ? answer.body.toString('utf8') : '', secrets);
  if (answer.status === 401) return terminal('client_refused', { detail });
  if (answer.status >= 400)
    return transient('request_refused', { detail, retry_after_ms: retryAfter(answer, now) });
  // Some vendors label the form as a page.
  const content = readContent({ body: answer.body, header: () => 'text/plain' });
  if (content === undefined) return transient('answer_malformed');
  const token = textAt(content, '/oauth_token') ?? '';
  const token_secret = textAt(content, '/oauth_token_secret');
  if (token === '' || token_secret === null) return transient('answer_incomplete');
  return { kind: 'ok', token, token_secret: new Hidden(token_secret), answer: new Hidden(content) };
}

function legUrl(url: string | null): string {
  if (url === null) throw new Error('a leg of OAuth 1 has no URL');
  return url;
}
