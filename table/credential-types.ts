/** How a connection proves itself to its upstream. A part of the contract: see types.ts. */

import type { Secret, Value } from './value-types.ts';

/** The eight ways to prove ourselves to an upstream. */
export type AuthMode =
  | 'none'
  | 'bearer'
  | 'api_key'
  | 'basic'
  | 'oauth1'
  | 'oauth2_client_credentials'
  | 'oauth2_authorization_code'
  | 'mcp';

/** How the credential goes into the request. */
export type CredentialPlan =
  | { readonly kind: 'none' }
  /** `name: prefix + secret + suffix` */
  | {
      readonly kind: 'header';
      readonly name: string;
      readonly prefix: string;
      readonly suffix: string;
      readonly secret: Secret;
    }
  /** `?name=prefix + secret + suffix`, percent-encoded, appended last */
  | {
      readonly kind: 'query';
      readonly name: string;
      readonly prefix: string;
      readonly suffix: string;
      readonly secret: Secret;
    }
  /** The segment of the caller's path that reads `segment` becomes prefix + secret + suffix, percent-encoded. */
  | {
      readonly kind: 'path';
      readonly segment: string;
      readonly prefix: string;
      readonly suffix: string;
      readonly secret: Secret;
    }
  /** `Authorization: Basic base64(username:password)`; an absent password is an empty one (RFC 7617) */
  | { readonly kind: 'basic'; readonly username: Value; readonly password: Value | null }
  /** Carried for the grants' half: parsed and checked, not served without it. */
  | { readonly kind: 'oauth2'; readonly oauth2: OAuth2Plan }
  | { readonly kind: 'oauth1'; readonly oauth1: OAuth1Plan }
  | { readonly kind: 'mcp'; readonly mcp: McpPlan };

/** Names and values that are added to a request, sorted by name. */
export type Parameters = readonly (readonly [name: string, value: string])[];

/** How an access token goes into a request: `name: prefix + token + suffix`. */
export interface TokenPlacement {
  readonly in: 'header' | 'query';
  readonly name: string;
  readonly prefix: string;
  readonly suffix: string;
}

/**
 * The declared OAuth 2 fields of a connection, merged with its catalog's: the vendor's dialect of RFC 6749.
 * URLs may hold `{variable}`.
 */
export interface OAuth2Plan {
  readonly grant: 'authorization_code' | 'client_credentials';
  readonly authorization_url: string | null;
  readonly token_url: string;
  /** Where tokens are refreshed, if not at `token_url`. */
  readonly refresh_url: string | null;
  readonly client_id: Value;
  readonly client_secret: Secret;
  readonly scopes: readonly string[];
  readonly scope_separator: string;
  readonly prompt: string | null;
  readonly endpoint_auth_style: 'header' | 'params';
  readonly token_body: 'form' | 'json';
  readonly pkce: boolean;
  readonly authorize_params: Parameters;
  /** Parameters of the authorization request that are left out. Sorted. */
  readonly drop_authorize_params: readonly string[];
  readonly token_params: Parameters;
  readonly refresh_params: Parameters;
  /** How long an access token lives where the answer does not say. */
  readonly lifetime_ms: number | null;
  readonly refresh_max_lifetime_ms: number | null;
  /** JSON pointer (RFC 6901) to the access token in the answer. */
  readonly access_token: string;
  /** Which answer of status 200 is an error: the one that has `equals` there. */
  readonly error: {
    readonly pointer: string;
    readonly equals: string;
    readonly reason: string | null;
  } | null;
  readonly send: TokenPlacement;
}

/** The declared OAuth 1 fields (RFC 5849, three legs, HMAC-SHA1). */
export interface OAuth1Plan {
  readonly client_id: Value;
  readonly client_secret: Secret;
  readonly request_url: string | null;
  readonly authorization_url: string | null;
  readonly token_url: string | null;
  readonly authorize_params: Parameters;
}

/** How accounts sign in to an upstream that is an MCP server; null is left to what the server tells. */
export interface McpPlan {
  readonly resource: string | null;
  readonly authorization_url: string | null;
  readonly token_url: string | null;
  readonly registration_url: string | null;
  readonly scopes: readonly string[];
}
