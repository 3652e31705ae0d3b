import type { OAuth2Plan } from '../../../table/types.ts';
import type { Hidden } from '../../hidden.ts';

/** A value of JSON, as it was parsed. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A URL with nothing left to fill in. */
export interface FilledUrl {
  readonly url: string;
  /** A variable stood in its host: every address that it leads to is checked. */
  readonly guarded: boolean;
}

/** Who asks an authorization server for tokens, and how that one wants to be asked. */
export interface TokenClient {
  readonly plan: OAuth2Plan;
  readonly token_url: FilledUrl;
  /** Where tokens are refreshed, if elsewhere. */
  readonly refresh_url: FilledUrl | null;
  readonly client_id: string;
  readonly client_secret: Hidden<string>;
  /** Address blocks (CIDR) that a guarded URL may lead to beside the public internet. */
  readonly allow_private: readonly string[];
}

/** Why something is over until a person acts. */
export type TerminalReason =
  /** The code, or the refresh token, is not valid (any more). */
  | 'grant_refused'
  /** Client id or client secret are wrong, or the client is not known. */
  | 'client_refused'
  | 'client_unauthorized'
  | 'grant_type_unsupported'
  /** Decided here, without asking: nothing to refresh with, or what there is has run out. */
  | 'refresh_token_missing'
  | 'refresh_token_expired';

/** Why something failed that may work later. */
export type TransientReason =
  | 'unreachable'
  | 'timed_out'
  | 'not_http'
  | 'cancelled'
  | 'address_refused'
  | 'answer_too_large'
  | 'redirected'
  | 'rate_limited'
  | 'server_failed'
  /** Another error of the authorization server. */
  | 'request_refused'
  /** Neither JSON nor form, or what no header could carry. */
  | 'answer_malformed'
  /** No access token where one should be. */
  | 'answer_incomplete';

/** What an authorization server said of a failure. */
interface Said {
  /** Stripped; for the grant's history, never for callers or the log. */
  readonly detail: string | null;
  /** Its error code, where that is one of the registered ones or known here: the log has it. */
  readonly idp_error: string | null;
}

/** What came of a request that did not succeed. */
export type Failure = Said &
  (
    | { readonly kind: 'terminal'; readonly reason: TerminalReason }
    | {
        readonly kind: 'transient';
        readonly reason: TransientReason;
        /** As the server asked; null where it did not. */
        readonly retry_after_ms: number | null;
      }
  );

/** Tokens, as an answer gave them. Instants are milliseconds since the epoch. */
export interface GivenTokens {
  readonly kind: 'ok';
  readonly access_token: Hidden<string>;
  /** 'kept': the answer has none; one that is there goes on. */
  readonly refresh_token: Hidden<string> | 'kept';
  /** When the access token ends; null: not told. */
  readonly expires_at: number | null;
  /** When the refresh token ends; null: not told. 'kept': the deadline that is there goes on. */
  readonly refresh_expires_at: number | null | 'kept';
  readonly scope: string | null;
  readonly token_type: string | null;
  /** The whole answer: variables are read from it. */
  readonly answer: Hidden<Json>;
}

/** What came of asking for a token. */
export type TokenOutcome = GivenTokens | Failure;

/** Gives a terminal failure. */
export function terminal(
  reason: TerminalReason,
  { detail = null, idp_error = null }: Partial<Said> = {},
): Failure {
  return { kind: 'terminal', reason, detail, idp_error };
}

/** Gives a transient failure. */
export function transient(
  reason: TransientReason,
  {
    detail = null,
    idp_error = null,
    retry_after_ms = null,
  }: Partial<Said> & { readonly retry_after_ms?: number | null } = {},
): Failure {
  return { kind: 'transient', reason, retry_after_ms, detail, idp_error };
}
