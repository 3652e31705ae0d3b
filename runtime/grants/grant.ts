import type { GrantMethod } from '../../table/rules/auth-modes.ts';
import type { Hidden } from '../hidden.ts';
import type { DynamicClient } from './oauth/dynamic-client.ts';

export type GrantStatus = 'PENDING' | 'ACTIVE' | 'FAILED' | 'EXPIRED';

/** What a grant proves itself with: sealed as one JSON text. */
export type GrantCredential =
  | { readonly kind: 'key'; readonly secret: string }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'oauth1'; readonly token: string; readonly token_secret: string }
  | {
      readonly kind: 'oauth2';
      readonly access_token: string;
      readonly refresh_token: string | null;
      readonly scope: string | null;
      readonly token_type: string | null;
      /** Where the client was registered for this sign-in: on MCP servers, and there alone. */
      readonly registered?: DynamicClient;
    };

/** One account's stored authorization for a connection. Times are milliseconds since the epoch; null: not told. */
export interface Grant {
  /** A UUID, version 4. */
  readonly id: string;
  readonly connection: string;
  /** null: shared by all accounts. */
  readonly account: string | null;
  readonly method: GrantMethod;
  readonly status: GrantStatus;
  /** Why it is FAILED or EXPIRED: one of our codes, never what an authorization server said. */
  readonly reason: string | null;
  /** null while PENDING. */
  readonly credential: Hidden<GrantCredential> | null;
  readonly variables: Hidden<Readonly<Record<string, string>>>;
  readonly expires_at: number | null;
  readonly refresh_expires_at: number | null;
  readonly refreshed_at: number | null;
  readonly authenticated_at: number | null;
  /** The caller's name. */
  readonly authenticated_by: string | null;
  readonly created_at: number;
  readonly updated_at: number;
  /** Goes up with every write: an update names the one that it read. */
  readonly revision: number;
}

/** A step towards a grant that waits for its callback: single use, found by the state that went through the browser. */
export interface OAuthState {
  readonly grant_id: string;
  /** What the callback needs to go on: the PKCE verifier and what else the flow kept, as JSON. */
  readonly content: Hidden<string>;
  readonly expires_at: number;
}

/** What a link to the connect page opens. */
export interface ConnectSession {
  readonly grant_id: string;
  readonly state: 'open' | 'used' | 'expired';
  readonly expires_at: number;
}

/** What happened to a grant. */
export type GrantEventType =
  | 'connect_started'
  | 'connect_completed'
  | 'connect_failed'
  | 'refresh_succeeded'
  | 'refresh_failed_transient'
  | 'refresh_failed_revoked'
  | 'refresh_skipped_no_token'
  | 'refresh_skipped_expired'
  | 'refresh_rotation_persistence_failed'
  | 'grant_deleted'
  /** The client that was registered for its sign-in stays at the authorization server. */
  | 'client_deregistration_failed';

/** One event of a grant's history, which outlives the grant. */
export interface GrantEvent {
  /** A UUID, version 7: events sort by it. */
  readonly id: string;
  readonly occurred_at: number;
  readonly grant_id: string;
  readonly connection: string;
  readonly type: GrantEventType;
  /** The caller's name; null: the gateway itself. */
  readonly actor: string | null;
  /** The host of the authorization server that was asked. */
  readonly idp_host: string | null;
  /** One of our codes, or text that was cut and stripped before. */
  readonly detail: string | null;
}
