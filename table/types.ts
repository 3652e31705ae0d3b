/**
 * The table: what `gw compile` writes and `gw serve` loads. This file is the whole contract between
 * the two halves. Everything a request needs is decided here; nothing is defaulted while serving.
 */

import type { DescriptionEntry, RecordsFile } from './operations.ts';

/** The format that this program writes and the only one that it reads. Raised with every change of shape. */
export const TABLE_FORMAT = 1;

/** Where something was written: `gateway.d/stripe.yaml:14:5` (line and column count from 1). */
export type Place = string;

/** A secret: never its value, only how to get it. `literal` exists in memory alone (`gw dev`) and is never encoded. */
export type Secret =
  | { readonly env: string; readonly at: Place }
  | { readonly file: string; readonly at: Place }
  | { readonly sealed: string; readonly at: Place }
  | { readonly literal: string; readonly at: Place };

/** A value that is public when it was written out, and secret when it was written as a reference. */
export type Value = { readonly text: string; readonly at: Place } | Secret;

/** One header that the operator sets. `name` keeps the spelling of the YAML. */
export interface HeaderLine {
  readonly name: string;
  readonly value: Value;
}

/**
 * The layers of a connection's headers: `defaults` (only where the caller sent none) < the caller's
 * < `set`. The credential is added last, by the credential plan.
 */
export interface HeaderPlan {
  readonly defaults: readonly HeaderLine[];
  readonly set: readonly HeaderLine[];
  /** Folded names that a caller may not set: those of `set` and of the credential. Sorted. */
  readonly owned: readonly string[];
}

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
  /** `Authorization: Basic base64(username:password)`; an absent password is an empty one (RFC 7617) */
  | { readonly kind: 'basic'; readonly username: Value; readonly password: Secret | null }
  /** Carried for the grants' half: parsed and checked, not served without it. */
  | { readonly kind: 'oauth2'; readonly oauth2: OAuth2Plan }
  | { readonly kind: 'oauth1'; readonly client_id: Value; readonly client_secret: Secret }
  | { readonly kind: 'mcp' }
  /** `grants: true` on a mode whose credential is given by each account. */
  | { readonly kind: 'grant' };

/** The declared OAuth 2 fields of a connection, merged with its catalog's. */
export interface OAuth2Plan {
  readonly grant: 'authorization_code' | 'client_credentials';
  readonly authorization_url: string | null;
  readonly token_url: string;
  readonly client_id: Value;
  readonly client_secret: Secret;
  readonly scopes: readonly string[];
  readonly prompt: string | null;
  readonly endpoint_auth_style: 'header' | 'params';
  readonly token_body: 'form' | 'json';
  readonly refresh_max_lifetime_ms: number | null;
  /** Extra parameters of the authorization request, sorted by name. */
  readonly authorize_params: readonly (readonly [name: string, value: string])[];
}

/** An upstream: where requests of a connection go, and nowhere else. */
export interface Upstream {
  /** `https://api.example.com`, `http://127.0.0.1:9000`: serialized as in RFC 6454, no trailing slash. */
  readonly origin: string;
  /** The path of `base_url` without a trailing slash: `''` or `/v1`. */
  readonly base_path: string;
  readonly tls_ca_bundle_pem: Value | null;
  readonly mtls_client_cert_pem: Value | null;
  readonly mtls_client_key_pem: Secret | null;
}

/** Limits and timeouts of one connection; bytes and milliseconds. */
export interface ConnectionLimits {
  readonly connect_timeout_ms: number;
  readonly call_timeout_ms: number;
  readonly upstream_idle_timeout_ms: number;
  readonly body_max_bytes: number | null;
  readonly validate_body_max_bytes: number;
  readonly max_response_bytes: number;
  readonly upstream_headers_max_bytes: number;
  readonly upstream_sockets_max: number;
  readonly upstream_queue_max: number;
}

export interface Connection {
  readonly name: string;
  readonly at: Place;
  readonly description: string | null;
  readonly auth_mode: AuthMode;
  readonly upstream: Upstream;
  readonly headers: HeaderPlan;
  readonly credential: CredentialPlan;
  readonly grants: boolean;
  readonly validate: 'off' | 'warn' | 'enforce';
  readonly expose: 'all' | 'operations';
  readonly cookies: 'drop' | 'forward';
  readonly forwarded: boolean;
  readonly allow_encoded_slash: boolean;
  /** CIDR blocks that the address guard lets pass. Sorted. */
  readonly allow_private: readonly string[];
  readonly rewrite_links: boolean;
  readonly limits: ConnectionLimits;
  /** Values for the catalog's variables, sorted by name. */
  readonly variables: readonly (readonly [name: string, value: Value])[];
  readonly catalog: CatalogUse | null;
}

/** Which catalog a connection uses, and its descriptions as this connection's callers address them. */
export interface CatalogUse {
  readonly name: string;
  readonly version: string | null;
  /** `folder`: beside `gateway.d/`. `built-in`: shipped with the package. */
  readonly origin: 'folder' | 'built-in';
  readonly descriptions: readonly DescriptionUse[];
}

/** A description as one connection uses it. */
export interface DescriptionUse {
  readonly name: string;
  /** What stands before each template on this connection, so that `prefix + path` is what a caller sends. */
  readonly prefix: string;
  /** Index into `Table.descriptions`. */
  readonly entry: number;
}

/** One rule of a persona about a connection's methods and paths. */
export interface RouteRule {
  readonly action: 'allow' | 'deny';
  /** Upper case, sorted; empty means any. */
  readonly methods: readonly string[];
  /** Path globs; empty means any. */
  readonly paths: readonly string[];
  readonly at: Place;
}

/** What one persona gives on one connection. */
export interface PersonaAccess {
  readonly persona: string;
  readonly read_only: boolean;
  /** null: this persona has no rule for the connection, so any method and path is allowed. */
  readonly allow: readonly RouteRule[] | null;
}

/** What a set of personas gives together on one connection: an allow in one is enough, a deny in any wins. */
export interface ConnectionAccess {
  readonly connection: string;
  readonly allows: readonly PersonaAccess[];
  readonly denies: readonly RouteRule[];
}

/** The decided access of one distinct set of personas. Connections that are not listed are denied. */
export interface AccessPlan {
  readonly personas: readonly string[];
  /** Sorted by connection. */
  readonly connections: readonly ConnectionAccess[];
}

export interface Persona {
  readonly name: string;
  readonly at: Place;
  readonly tools: { readonly allow: readonly string[]; readonly deny: readonly string[] };
  readonly grants: 'use' | 'manage';
}

export interface Caller {
  readonly name: string;
  readonly at: Place;
  readonly account: string;
  readonly admin: boolean;
  readonly key: { readonly sha256: string } | { readonly secret: Secret };
  readonly personas: readonly string[];
  /** Index into `Table.access`. */
  readonly access: number;
}

/** A listening address. `host` is an IP literal without brackets, or a name. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** A URL that may hold secrets: texts and secrets in their order. */
export type UrlTemplate = readonly (string | Secret)[];

export interface GatewayLimits {
  readonly target_max_bytes: number;
  readonly header_field_max_bytes: number;
  readonly headers_max_bytes: number;
  readonly headers_max_count: number;
  readonly headers_timeout_ms: number;
  readonly body_idle_timeout_ms: number;
  readonly keep_alive_timeout_ms: number;
  readonly sockets_max: number;
  readonly requests_in_flight_max: number;
  readonly drain_timeout_ms: number;
}

export interface Gateway {
  readonly listen: ListenAddress;
  readonly control: ListenAddress;
  readonly public_url: string | null;
  readonly control_url: string | null;
  readonly store: UrlTemplate;
  readonly rate_limit: {
    readonly requests_per_second: number;
    readonly burst: number;
    /** `memory`, or a redis:// or rediss:// URL. */
    readonly store: 'memory' | UrlTemplate;
  };
  readonly metrics: 'admin' | 'public';
  readonly limits: GatewayLimits;
}

export interface Table {
  readonly format: typeof TABLE_FORMAT;
  readonly gateway: Gateway;
  /** Sorted by name, as are callers and personas. */
  readonly connections: readonly Connection[];
  readonly callers: readonly Caller[];
  readonly personas: readonly Persona[];
  readonly access: readonly AccessPlan[];
  /** The descriptions that connections use: where their parts stand in the file of the records. */
  readonly descriptions: readonly DescriptionEntry[];
  readonly records: RecordsFile;
}
