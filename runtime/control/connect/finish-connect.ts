import { prepareToken } from '../../5-credential/prepare-credential.ts';
import type { GrantCredential } from '../../grants/grant.ts';
import { oauth1Authorization, uniqueness } from '../../grants/oauth/oauth1.ts';
import { lookUp } from '../../grants/oauth/variables.ts';
import type { Candidate, LookedUp } from '../../grants/oauth/variables.ts';
import { withParameters } from '../../grants/oauth/authorization-url.ts';
import { oauth1ClientOf } from '../../grants/sign-in.ts';
import type { Variable } from '../../../table/types.ts';
import { FetchFailed } from '../../6-forward/fetch-whole.ts';
import { Hidden } from '../../hidden.ts';
import type { ControlAnswer } from '../control-answer.ts';
import { gonePage } from './begin-consent.ts';
import { keepStep } from './connect-step.ts';
import { completeConnect, failConnect } from './end-connect.ts';
import type { Obtained } from './end-connect.ts';
import { choicePage } from './choice-page.ts';
import type { OpenConnect } from './open-connect.ts';

/** A sign-in of which everything is there but what has to be looked up with it. */
export interface Finishing {
  readonly cookie: string;
  readonly idp_host: string | null;
  readonly obtained: Obtained;
  /** Variables that somebody chose to leave out. */
  readonly skip: ReadonlySet<string>;
}

/** Looks up what is still missing, asks a person where only one can say, and completes the sign-in. */
export async function finishConnect(open: OpenConnect, finishing: Finishing): Promise<ControlAnswer> {
  const { idp_host, obtained, skip } = finishing;
  const variables = new Map(Object.entries(obtained.variables));
  for (const variable of open.signIn.connection.variables) {
    const { name, source, value } = variable;
    if (source.kind !== 'lookup' || value !== null || variables.has(name) || skip.has(name)) continue;
    const sofar = { ...obtained, variables: Object.fromEntries(variables) };
    const found = await lookUpWith(open, variable, sofar);
    if (found.kind === 'value') variables.set(name, found.value);
    else if (found.kind === 'choose')
      return choose(open, variable, { ...finishing, obtained: sofar, candidates: found.candidates });
    else if (found.kind === 'fault')
      return failConnect(open, found.reason, { idp_host, said: `the variable ${name}` });
    else if (found.kind !== 'absent')
      return failConnect(open, found.reason, { idp_host, said: found.detail });
  }
  return completeConnect(open, { ...obtained, variables: Object.fromEntries(variables) }, idp_host);
}

async function choose(
  open: OpenConnect,
  { name, optional }: Variable,
  { cookie, obtained, idp_host, skip, candidates }: Finishing & { readonly candidates: readonly Candidate[] },
): Promise<ControlAnswer> {
  const step = {
    kind: 'choice',
    variable: name,
    optional,
    candidates,
    obtained,
    idp_host,
    skip: [...skip],
  } as const;
  const state = await keepStep(open, cookie, step);
  return state === 'gone' ? gonePage(open) : choicePage(open, { ...step, cookie, state });
}

/** Looks a variable up with the credential that was just obtained, at the URL that the catalog has for it. */
async function lookUpWith(open: OpenConnect, variable: Variable, obtained: Obtained): Promise<LookedUp> {
  const { signIn, asked } = open;
  const { fetch, timeout_ms } = asked.callOf(signIn);
  return lookUp(variable, asked.now(), (text) => {
    const filled = signIn.fill(text, obtained.variables);
    // What stands in the URL comes from whoever signed in: it makes no host there, so nothing is asked.
    if ('fault' in filled) throw new FetchFailed('address_refused');
    const proved = prove(open, filled.url, obtained.credential);
    if (proved === null) throw new FetchFailed('not_http');
    return fetch({
      method: 'GET',
      url: proved.url,
      headers: new Hidden(['Accept', 'application/json', 'User-Agent', 'gw', ...proved.headers]),
      body: null,
      guard: filled.guarded ? { allowPrivate: signIn.connection.allow_private } : null,
      timeout_ms,
    });
  });
}

/** Gives a GET with the credential in it; null where the credential cannot be sent. */
function prove(
  { signIn, asked }: OpenConnect,
  url: string,
  credential: GrantCredential | null,
): { readonly url: string; readonly headers: readonly string[] } | null {
  const plan = signIn.connection.credential;
  if (credential?.kind === 'oauth1') {
    const token = { token: credential.token, token_secret: new Hidden(credential.token_secret) };
    const request = { method: 'GET', url, form: null, token };
    const signed = oauth1Authorization(oauth1ClientOf(signIn), request, uniqueness(asked.now()));
    return { url, headers: ['Authorization', signed.reveal()] };
  }
  if (credential?.kind !== 'oauth2' || plan.kind !== 'oauth2') return null;
  const prepared = prepareToken(plan.oauth2.send, new Hidden(credential.access_token), signIn.connection.at);
  if ('why' in prepared) return null;
  const pair = prepared.query?.reveal();
  return { url: pair === undefined ? url : withParameters(url, [pair]), headers: prepared.headers.reveal() };
}
