import type { TerminalReason } from './types.ts';

/** Errors after which asking again is of no use: those of RFC 6749 5.2, and vendors' other words for them. */
export const TERMINAL_ERRORS: ReadonlyMap<string, TerminalReason> = new Map<string, TerminalReason>([
  ['invalid_grant', 'grant_refused'],
  ['bad_refresh_token', 'grant_refused'],
  ['bad_verification_code', 'grant_refused'],
  ['invalid_code', 'grant_refused'],
  ['invalid_refresh_token', 'grant_refused'],
  ['token_revoked', 'grant_refused'],
  ['invalid_client', 'client_refused'],
  ['bad_client_secret', 'client_refused'],
  ['incorrect_client_credentials', 'client_refused'],
  ['invalid_client_id', 'client_refused'],
  ['unauthorized_client', 'client_unauthorized'],
  ['unsupported_grant_type', 'grant_type_unsupported'],
]);

/** Other codes of IANA's registry of OAuth extensions errors that a token endpoint may answer with. */
const REGISTERED: ReadonlySet<string> = new Set([
  // RFC 6749 4.1.2.1 and 5.2
  'invalid_request',
  'invalid_scope',
  'access_denied',
  'unsupported_response_type',
  'server_error',
  'temporarily_unavailable',
  // RFC 6750 3.1
  'invalid_token',
  'insufficient_scope',
  // RFC 7009 2.2.1
  'unsupported_token_type',
  // RFC 7591 3.2.2
  'invalid_redirect_uri',
  'invalid_client_metadata',
  'invalid_software_statement',
  'unapproved_software_statement',
  // RFC 8628 3.5
  'authorization_pending',
  'slow_down',
  'expired_token',
  // RFC 8707 2, RFC 9396 5, RFC 9449 5 and 8
  'invalid_target',
  'invalid_authorization_details',
  'invalid_dpop_proof',
  'use_dpop_nonce',
  // RFC 9470 3
  'insufficient_user_authentication',
  // OpenID Connect Core 3.1.2.6
  'interaction_required',
  'login_required',
  'account_selection_required',
  'consent_required',
  'invalid_request_uri',
  'invalid_request_object',
  'request_not_supported',
  'request_uri_not_supported',
  'registration_not_supported',
]);

/**
 * Gives an error code as it may stand in a log: one that is registered, or known here; null for every other, which is
 * text of whoever runs the server.
 */
export function knownError(code: string): string | null {
  return TERMINAL_ERRORS.has(code) || REGISTERED.has(code) ? code : null;
}
