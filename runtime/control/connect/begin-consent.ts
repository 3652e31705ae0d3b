import {
  authorizationUrl,
  newState,
  newVerifier,
  withParameters,
} from '../../grants/oauth/authorization-url.ts';
import { oauth1AuthorizationUrl, requestTemporary } from '../../grants/oauth/oauth1.ts';
import type { Unfit } from '../../grants/oauth/discover.ts';
import { registerFor } from '../../grants/oauth/register-for.ts';
import type { Failure } from '../../grants/oauth/types.ts';
import { oauth1ClientOf, tokenClientOf } from '../../grants/sign-in.ts';
import type { PlaceFault } from '../../../table/rules/place-destination.ts';
import type { Hidden } from '../../hidden.ts';
import type { ControlAnswer } from '../control-answer.ts';
import { redirectUri } from '../control-url.ts';
import { keepStep, knownOf } from './connect-step.ts';
import { eventOf, failConnect } from './end-connect.ts';
import { markup } from './markup.ts';
import { messagePage } from './message-page.ts';
import { pageAnswer } from './page.ts';
import type { OpenConnect } from './open-connect.ts';

/** What a person brought to a consent. */
export interface ConsentAsked {
  readonly cookie: string;
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * Begins a consent: the only place where a state of OAuth comes from. Gives the page that leads on to the
 * authorization server, or says which variable does not fit.
 */
export async function beginConsent(
  open: OpenConnect,
  consent: ConsentAsked,
): Promise<ControlAnswer | PlaceFault> {
  const led = await (open.signIn.kind === 'oauth2' ? beginOAuth2(open, consent) : beginOAuth1(open, consent));
  if (!('url' in led)) return led;
  const url = led.url.reveal();
  const { host } = new URL(url);
  await open.grants.store.addEvent({
    ...eventOf(open),
    type: 'connect_started',
    idp_host: host,
    detail: null,
  });
  return pageAnswer({
    status: 200,
    title: `On to ${host}`,
    content: markup`<p>You are on your way to <strong>${host}</strong>, which will ask you to agree.</p>
<a class="act" href="${url}" rel="noreferrer">Continue</a>`,
    next: url,
  });
}

type Led = { readonly url: Hidden<string> } | ControlAnswer | PlaceFault;

async function beginOAuth2(open: OpenConnect, { cookie, variables }: ConsentAsked): Promise<Led> {
  const { signIn, asked } = open;
  const redirect_uri = redirectUri(asked.base);
  const found = await registerFor(signIn, { variables, redirect_uri }, asked.callOf(signIn));
  if (found !== null && 'fault' in found) return found;
  if (found !== null && found.kind !== 'ok') return unregistered(open, found);
  const registered = found?.client ?? null;
  const client = tokenClientOf(signIn, variables, registered);
  if ('fault' in client) return client;
  const url = signIn.fill(client.plan.authorization_url ?? '', variables);
  if ('fault' in url) return url;
  const verifier = client.plan.pkce ? newVerifier() : null;
  const proof = verifier?.reveal() ?? null;
  const step = { kind: 'oauth2', redirect_uri, verifier: proof, variables, registered } as const;
  const state = await keepStep(open, cookie, step);
  if (state === 'gone') return gonePage(open);
  const request = { url: url.url, client_id: client.client_id, redirect_uri, state, verifier };
  return { url: authorizationUrl(client.plan, request) };
}

/** The server does not say where to sign in, or registers nobody: a person can only try again. */
function unregistered(open: OpenConnect, failed: Unfit | Failure): Promise<ControlAnswer> {
  const reason = failed.kind === 'unfit' ? 'registration_failed' : failed.reason;
  return failConnect(open, reason, { idp_host: null, said: failed.detail });
}

async function beginOAuth1(open: OpenConnect, { cookie, variables }: ConsentAsked): Promise<Led> {
  const { asked, signIn } = open;
  const client = oauth1ClientOf(signIn);
  const state = newState();
  // OAuth 1 has no state: it travels in the query of the callback, which servers keep (RFC 5849 2.2).
  const callback = withParameters(redirectUri(asked.base), [['state', state.reveal()]]);
  const call = { ...asked.callOf(signIn), known: knownOf(open) };
  const temporary = await requestTemporary(client, callback, call);
  if (temporary.kind !== 'ok') {
    const idp_host = new URL(client.plan.request_url ?? '').host;
    return failConnect(open, temporary.reason, { idp_host, said: temporary.detail });
  }
  const { token, token_secret } = temporary;
  const step = {
    kind: 'oauth1',
    temporary: { token, token_secret: token_secret.reveal() },
    variables,
  } as const;
  if ((await keepStep(open, cookie, step, state)) === 'gone') return gonePage(open);
  return { url: oauth1AuthorizationUrl(client, temporary) };
}

/** Gives the page of a grant that was deleted while somebody connected it. */
export function gonePage({ grant }: OpenConnect): ControlAnswer {
  return messagePage(404, `${grant.connection} is not connected`, [
    'What this link was for was deleted meanwhile. Ask for a new one where you got it.',
  ]);
}
