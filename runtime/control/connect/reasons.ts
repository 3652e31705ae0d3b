import type { CallbackReason } from '../../grants/oauth/callback.ts';
import type { TerminalReason, TransientReason } from '../../grants/oauth/types.ts';
import type { VariableReason } from '../../grants/oauth/variables.ts';

/** Why signing in did not come to a grant that can be used. */
export type ConnectReason =
  | CallbackReason
  | TerminalReason
  | TransientReason
  | VariableReason
  /** The upstream does not accept what was written into the form. */
  | 'credential_refused'
  /** The upstream could not be asked whether it does. */
  | 'credential_unchecked'
  /** The callback came to another browser than the one that began. */
  | 'browser_mismatch'
  /** An MCP server does not tell where to sign in, or does not let the gateway register there. */
  | 'registration_failed';

const LATER = 'The service could not be asked, or did not answer as it should. Try again in a moment.';
const SETUP =
  'The service does not accept how this gateway is registered with it. Tell whoever runs the gateway.';

/** What a person is told: our own words, whatever the authorization server said. */
export const REASON_TEXTS: Readonly<Record<ConnectReason, string>> = {
  callback_malformed: 'The service sent you back without what is needed to go on. Try again.',
  issuer_mismatch: 'The answer did not come from the service that was asked. Nothing was taken from it.',
  consent_refused: 'You, or the service, said no. Nothing was connected.',
  scope_refused:
    'The service does not give the permissions that this connection asks for. Tell whoever runs the gateway.',
  authorization_refused: 'The service refused to connect. Try again, or tell whoever runs the gateway.',
  authorization_unavailable: 'The service says that it cannot do this now. Try again in a moment.',
  grant_refused: 'The service did not accept the sign-in any more: it may have taken too long. Try again.',
  client_refused: SETUP,
  client_unauthorized: SETUP,
  grant_type_unsupported: SETUP,
  refresh_token_missing: 'The service gave nothing to keep the connection alive with. Try again.',
  refresh_token_expired: 'The sign-in has run out. Try again.',
  unreachable: LATER,
  timed_out: LATER,
  not_http: LATER,
  cancelled: LATER,
  address_refused: 'The address that the service would have is not one that this gateway may call.',
  answer_too_large: LATER,
  redirected: LATER,
  rate_limited: 'The service asks to be asked less often. Try again in some minutes.',
  server_failed: LATER,
  request_refused: 'The service did not accept the request. Try again, or tell whoever runs the gateway.',
  answer_malformed: LATER,
  answer_incomplete: LATER,
  variable_missing:
    'The service did not tell which account it is. Sign in with an account that can use this API.',
  variable_unfit:
    'What the service told of the account is not what this connection expects. Tell whoever runs the gateway.',
  credential_refused: 'The service does not accept this. Check it and try again.',
  credential_unchecked:
    'It could not be checked now, because the service did not answer as it should. Try again in a moment.',
  registration_failed:
    'The service does not say how to sign in, or does not let this gateway register. Tell whoever runs the gateway.',
  browser_mismatch: 'This sign-in was begun in another browser. Open the link again, and stay in this one.',
};

/** Gives the detail of an event: our code, and what an authorization server said behind it, stripped. */
export function eventDetail(reason: ConnectReason, said: string | null): string {
  return said === null ? reason : `${reason}: ${said}`;
}

/** Gives the code in the detail of an event; null where it is none of ours. What was said is left out. */
export function eventReason(detail: string | null): string | null {
  const code = /^[a-z_]+/.exec(detail ?? '')?.[0] ?? '';
  return Object.hasOwn(REASON_TEXTS, code) ? code : null;
}
