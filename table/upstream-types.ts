/** Where a connection's requests go and within which limits. A part of the contract: see types.ts. */

import type { Secret, Value } from './value-types.ts';

/** Where requests go. Either text may hold `{variable}`, filled when its value is known. */
export interface Destination {
  /** `https://api.example.com`, `http://127.0.0.1:9000`: serialized as in RFC 6454, no trailing slash. */
  readonly origin: string;
  /** The path of the URL without a trailing slash: `''` or `/v1`. */
  readonly base_path: string;
  /** Whether a variable stands or stood in the host: every address it leads to is then checked. */
  readonly guarded: boolean;
}

/** A second host of an API: the requests that go there. The first that fits is taken. */
export interface HostRule extends Destination {
  /** Upper case, sorted; empty means any. */
  readonly methods: readonly string[];
  /** Path globs, against the path as it is sent but for the base path. */
  readonly paths: readonly string[];
}

/** An upstream: where requests of a connection go, and nowhere else. */
export interface Upstream extends Destination {
  readonly hosts: readonly HostRule[];
  readonly tls_ca_bundle_pem: Value | null;
  readonly mtls_client_cert_pem: Value | null;
  readonly mtls_client_key_pem: Secret | null;
}

/** What happens to the caller's path before anything looks at it. */
export interface PathPlan {
  /** Segments that are replaced as a whole, compared decoded; a request that has one without value is refused. Sorted by segment. */
  readonly replace: readonly { readonly segment: string; readonly value: Value | null }[];
  /** What is put in front; `unless_present`: where the path does not begin with it already. */
  readonly prepend: { readonly path: string; readonly unless_present: boolean } | null;
}

/** One query pair that every request gets; those of the caller with that name are left out. */
export interface QueryLine {
  readonly name: string;
  readonly value: Value;
}

/** Where a variable comes from when the operator does not write it. */
export type VariableSource =
  | { readonly kind: 'connection' }
  | { readonly kind: 'token_response'; readonly pointer: string; readonly match: string | null }
  | { readonly kind: 'callback'; readonly parameter: string; readonly match: string | null }
  | { readonly kind: 'lookup'; readonly lookup: Lookup; readonly match: string | null };

/** One authenticated GET whose answer holds a variable's value. */
export interface Lookup {
  readonly url: string;
  /** JSON pointer (RFC 6901) to the value; into each element where there is a list. */
  readonly pointer: string;
  /** JSON pointer to a list of which one element is chosen; null without a list. */
  readonly list: string | null;
  /** JSON pointer to what names an element for people. */
  readonly title: string | null;
}

/** A variable that the plans of a connection use. */
export interface Variable {
  readonly name: string;
  /** What it is, for whoever writes its value. */
  readonly doc: string | null;
  /** What the operator wrote, or the catalog's default where no grant brings a value. null: a grant brings it, or it is left out. */
  readonly value: Value | null;
  readonly source: VariableSource;
  /** Where a grant brings none. */
  readonly default: string | null;
  readonly optional: boolean;
  /** What the whole value must match, on the linear-time engine. */
  readonly pattern: string | null;
  /** What the value may be; empty means anything. */
  readonly values: readonly string[];
}

/** Which field of an answer says when to try again, and how it is written. */
export interface RetryTime<Where extends string> {
  readonly where: Where;
  readonly format: 'seconds' | 'milliseconds' | 'epoch' | 'epoch_milliseconds' | 'date' | 'text';
}

/** What is known of how an API says that it wants fewer requests. */
export interface RetryHints {
  readonly statuses: readonly number[];
  /** Header names, the first that an answer has wins. */
  readonly after: readonly RetryTime<string>[];
  readonly remaining: string | null;
  /** A JSON pointer into the answer's body. */
  readonly body: RetryTime<string> | null;
}

/** A request that only succeeds with a good credential. `path` is behind `/{connection}`. */
export interface VerifyRequest {
  readonly method: string;
  readonly path: string;
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
