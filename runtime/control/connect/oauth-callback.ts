import { callbackState, readCallback } from '../../grants/oauth/callback.ts';
import { readOAuth1Callback, requestCredentials } from '../../grants/oauth/oauth1.ts';
import { requestToken } from '../../grants/oauth/request-token.ts';
import type { Json } from '../../grants/oauth/types.ts';
import { toldVariables } from '../../grants/oauth/variables.ts';
import { oauth1ClientOf, tokenClientOf } from '../../grants/sign-in.ts';
import { Hidden } from '../../hidden.ts';
import type { ControlAnswer } from '../control-answer.ts';
import type { Asked } from '../control-route.ts';
import { browserCookie } from './browser-cookie.ts';
import { isOfBrowser, knownOf, stepOf } from './connect-step.ts';
import type { ConnectStep } from './connect-step.ts';
import { eventOf, failConnect } from './end-connect.ts';
import type { Obtained } from './end-connect.ts';
import { finishConnect } from './finish-connect.ts';
import { messagePage } from './message-page.ts';
import { isAnswer, openConnect } from './open-connect.ts';
import type { OpenConnect } from './open-connect.ts';
import { eventDetail, REASON_TEXTS } from './reasons.ts';

/** GET /api/v1/admin/oauth/callback: where an authorization server sends the browser back to. */
export async function takeCallback(asked: Asked): Promise<ControlAnswer> {
  const query = asked.query.toString();
  const state = callbackState(query);
  const kept = state === null ? null : ((await asked.grants?.store.takeState(state.reveal())) ?? null);
  if (kept === null) {
    return messagePage(400, 'This sign-in cannot go on', [
      'It took longer than 10 minutes, was completed already, or was not begun here.',
      'Open the link to connect again.',
    ]);
  }
  const step = stepOf(kept);
  const open = await openConnect(asked, step.session);
  if (isAnswer(open)) return open;
  const cookie = browserCookie(asked);
  if (cookie === null || !isOfBrowser(step, cookie)) return strangeBrowser(open);
  if (step.kind === 'oauth2') return takeOAuth2(open, { step, query, cookie });
  if (step.kind === 'oauth1') return takeOAuth1(open, { step, query, cookie });
  return failConnect(open, 'callback_malformed', { idp_host: null, said: null });
}

/** The state is used up, and nothing else changes: who brings a state to another browser may be nobody of ours. */
async function strangeBrowser(open: OpenConnect): Promise<ControlAnswer> {
  const reason = 'browser_mismatch';
  const detail = eventDetail(reason, null);
  await open.grants.store.addEvent({ ...eventOf(open), type: 'connect_failed', idp_host: null, detail });
  return messagePage(400, `${open.grant.connection} is not connected`, [REASON_TEXTS[reason]]);
}

interface Taken<Kind extends ConnectStep['kind']> {
  readonly step: Extract<ConnectStep, { kind: Kind }>;
  readonly query: string;
  readonly cookie: string;
}

async function takeOAuth2(
  open: OpenConnect,
  { step, query, cookie }: Taken<'oauth2'>,
): Promise<ControlAnswer> {
  const { signIn, asked } = open;
  const { registered } = step;
  const client = tokenClientOf(signIn, step.variables, registered);
  const authorization =
    'fault' in client ? client : signIn.fill(client.plan.authorization_url ?? '', step.variables);
  // The connection was changed since this began.
  if ('fault' in client || 'fault' in authorization)
    return failConnect(open, 'variable_unfit', { idp_host: null, said: null });
  const endpoints = [authorization.url, client.token_url.url];
  const { redirect_uri, verifier } = step;
  const known = knownOf(open, [client.client_secret.reveal(), verifier ?? '']);
  const expected = { issuer: registered?.issuer ?? null, endpoints };
  const callback = readCallback(query, expected, known);
  const idp_host = new URL(client.token_url.url).host;
  if (callback.kind === 'refused')
    return failConnect(open, callback.reason, { idp_host, said: callback.detail });
  const { code, parameters } = callback;
  const outcome = await requestToken(
    client,
    { kind: 'code', code, redirect_uri, verifier: verifier === null ? null : new Hidden(verifier), known },
    asked.callOf(signIn),
  );
  if (outcome.kind !== 'ok') return failConnect(open, outcome.reason, { idp_host, said: outcome.detail });
  const { access_token, refresh_token, expires_at, refresh_expires_at, scope, token_type } = outcome;
  return goOn(open, {
    cookie,
    idp_host,
    told: { answer: outcome.answer.reveal(), parameters: parameters.reveal() },
    obtained: {
      credential: {
        kind: 'oauth2',
        access_token: access_token.reveal(),
        // Nothing of an earlier consent goes on: somebody else may have given that one.
        refresh_token: refresh_token === 'kept' ? null : refresh_token.reveal(),
        scope,
        token_type,
        ...(registered === null ? {} : { registered }),
      },
      variables: step.variables,
      expires_at,
      refresh_expires_at: refresh_expires_at === 'kept' ? null : refresh_expires_at,
    },
  });
}

async function takeOAuth1(
  open: OpenConnect,
  { step, query, cookie }: Taken<'oauth1'>,
): Promise<ControlAnswer> {
  const { signIn, asked } = open;
  const client = oauth1ClientOf(signIn);
  const idp_host = new URL(client.plan.token_url ?? '').host;
  const callback = readOAuth1Callback(query);
  if (callback.kind === 'refused') return failConnect(open, callback.reason, { idp_host, said: null });
  const temporary = { token: step.temporary.token, token_secret: new Hidden(step.temporary.token_secret) };
  if (callback.token !== temporary.token)
    return failConnect(open, 'callback_malformed', { idp_host, said: null });
  const { verifier } = callback;
  const call = { ...asked.callOf(signIn), known: knownOf(open) };
  const outcome = await requestCredentials(client, { temporary, verifier }, call);
  if (outcome.kind !== 'ok') return failConnect(open, outcome.reason, { idp_host, said: outcome.detail });
  const { token, token_secret, answer } = outcome;
  return goOn(open, {
    cookie,
    idp_host,
    told: { answer: answer.reveal(), parameters: new Map(new URLSearchParams(query)) },
    obtained: {
      credential: { kind: 'oauth1', token, token_secret: token_secret.reveal() },
      variables: step.variables,
      expires_at: null,
      refresh_expires_at: null,
    },
  });
}

interface GoingOn {
  readonly cookie: string;
  readonly idp_host: string;
  readonly told: { readonly answer: Json; readonly parameters: ReadonlyMap<string, string> };
  readonly obtained: Obtained;
}

async function goOn(
  open: OpenConnect,
  { cookie, idp_host, told, obtained }: GoingOn,
): Promise<ControlAnswer> {
  const { values, faults } = await toldVariables(open.signIn.connection.variables, told);
  const [fault] = faults;
  if (fault !== undefined)
    return failConnect(open, fault.reason, { idp_host, said: `the variable ${fault.variable}` });
  const variables = { ...obtained.variables, ...Object.fromEntries(values) };
  return finishConnect(open, { cookie, idp_host, obtained: { ...obtained, variables }, skip: new Set() });
}
