/**
 * The table: what `gw compile` writes and `gw serve` loads. This file is the whole contract between
 * the two halves. Everything a request needs is decided here; nothing is defaulted while serving.
 */

import type { AuthMode, CredentialPlan } from './credential-types.ts';
import type { DescriptionEntry, RecordsFile } from './operations.ts';
import type {
  ConnectionLimits,
  PathPlan,
  QueryLine,
  RetryHints,
  Upstream,
  Variable,
  VerifyRequest,
} from './upstream-types.ts';
import type { ToolName } from './rules/tool-names.ts';
import type { HeaderLine, Place, Secret } from './value-types.ts';

export type * from './credential-types.ts';
export type * from './upstream-types.ts';
export type * from './value-types.ts';

/** The format that this program writes and the only one that it reads. Raised with every change of shape. */
export const TABLE_FORMAT = 3;

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

export interface Connection {
  readonly name: string;
  readonly at: Place;
  readonly description: string | null;
  readonly auth_mode: AuthMode;
  readonly upstream: Upstream;
  readonly path: PathPlan | null;
  readonly headers: HeaderPlan;
  readonly query: readonly QueryLine[];
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
  /** The catalog's variables that the plans above use, sorted by name. */
  readonly variables: readonly Variable[];
  readonly catalog: CatalogUse | null;
}

/** Which catalog a connection uses, and its descriptions as this connection's callers address them. */
export interface CatalogUse {
  readonly name: string;
  readonly version: string | null;
  /** `folder`: beside `gateway.d/`. `built-in`: shipped with the package. */
  readonly origin: 'folder' | 'built-in';
  readonly docs: string | null;
  readonly verify: VerifyRequest | null;
  readonly retry: RetryHints | null;
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

/** What decided: a persona, and where in it. For operators alone: callers are not told. */
export interface Decider {
  readonly persona: string;
  readonly at: Place;
}

/** One rule of a persona about a connection's methods and paths. */
export interface RouteRule extends Decider {
  readonly action: 'allow' | 'deny';
  /** Upper case, sorted; empty means any. */
  readonly methods: readonly string[];
  /** Path globs; empty means any. */
  readonly paths: readonly string[];
}

/** What one persona gives on one connection. `at`: where it says `read_only`, if it does, else where it allows the connection. */
export interface PersonaAccess extends Decider {
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

/** A connection that a persona denies, whatever the others of the set give. */
export interface ConnectionDenial extends Decider {
  readonly connection: string;
}

/** Whether a set of personas gives a tool. `by` is null where none of them names it. */
export interface ToolAccess {
  readonly tool: ToolName;
  readonly allowed: boolean;
  readonly by: Decider | null;
}

/** The decided access of one distinct set of personas. What is not listed is denied. */
export interface AccessPlan {
  readonly personas: readonly string[];
  /** Sorted by connection. */
  readonly connections: readonly ConnectionAccess[];
  /** Sorted by connection. */
  readonly denied: readonly ConnectionDenial[];
  /** Sorted by tool. */
  readonly tools: readonly ToolAccess[];
  /** What lets them create and delete grants of the account (`grants: manage`); null where nothing does. */
  readonly manages: Decider | null;
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
  readonly invoke_body_max_bytes: number;
  readonly invoke_memory_max_bytes: number;
  readonly drain_timeout_ms: number;
}

/** What is kept of each exchange, and where. */
export interface AuditPlan {
  readonly sink: 'store' | 'jsonl' | 'both' | 'none';
  /** `sync`: nothing is sent before its row is on the disk. */
  readonly mode: 'async' | 'sync';
  /** A path, or `stdout`. */
  readonly file: string;
  readonly retention_ms: number;
  readonly parameters: boolean;
  /** Sorted. */
  readonly redact_names: readonly string[];
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
  readonly audit: AuditPlan;
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
