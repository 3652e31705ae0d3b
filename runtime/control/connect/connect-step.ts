import { newState } from '../../grants/oauth/authorization-url.ts';
import { grantSecrets } from '../../grants/grant-secrets.ts';
import type { OAuthState } from '../../grants/grant.ts';
import { Hidden } from '../../hidden.ts';
import type { DynamicClient } from '../../grants/oauth/dynamic-client.ts';
import type { Obtained } from './end-connect.ts';
import { cookieDigest, sameDigest } from './browser-cookie.ts';
import type { OpenConnect } from './open-connect.ts';
import type { Candidate } from '../../grants/oauth/variables.ts';

/** What is kept, sealed, from the start of a step to where the browser comes back with its state. */
export type ConnectStep = { readonly session: string; readonly browser: string } & (
  | {
      readonly kind: 'oauth2';
      readonly redirect_uri: string;
      readonly verifier: string | null;
      readonly variables: Readonly<Record<string, string>>;
      /** The client that was registered for this sign-in; null where the operator did. */
      readonly registered: DynamicClient | null;
    }
  | {
      readonly kind: 'oauth1';
      readonly temporary: { readonly token: string; readonly token_secret: string };
      readonly variables: Readonly<Record<string, string>>;
    }
  /** A person has to say which of several values a variable has. */
  | {
      readonly kind: 'choice';
      readonly variable: string;
      readonly optional: boolean;
      readonly candidates: readonly Candidate[];
      /** Variables that somebody chose to leave out before. */
      readonly skip: readonly string[];
      readonly obtained: Obtained;
      readonly idp_host: string | null;
    }
);

type Without<T> = T extends unknown ? Omit<T, 'session' | 'browser'> : never;

/** Keeps a step for 10 minutes, for this browser alone. Gives its state, or 'gone' where the grant is. */
export async function keepStep(
  { grants, token, grant }: OpenConnect,
  cookie: string,
  step: Without<ConnectStep>,
  state: Hidden<string> = newState(),
): Promise<Hidden<string> | 'gone'> {
  const whole = { ...step, session: token, browser: cookieDigest(cookie) };
  const content = new Hidden(JSON.stringify(whole));
  return (await grants.store.putState(state.reveal(), { grant_id: grant.id, content })) === 'kept'
    ? state
    : 'gone';
}

/** Gives what must not stand in what is kept of a server's texts: what the grant has now, the link, and what is given. */
export function knownOf(
  { grant, token }: Pick<OpenConnect, 'grant' | 'token'>,
  more: readonly string[] = [],
): Hidden<readonly string[]> {
  return new Hidden([...grantSecrets(grant).reveal(), token, ...more]);
}

/** Gives the step that a state was kept for. */
export function stepOf({ content }: OAuthState): ConnectStep {
  return JSON.parse(content.reveal()) as ConnectStep;
}

/** Tells whether a step was begun in the browser that bears this cookie. */
export function isOfBrowser({ browser }: ConnectStep, cookie: string | null): boolean {
  return cookie !== null && sameDigest(browser, cookieDigest(cookie));
}
