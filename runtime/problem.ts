/** The code of a problem: what `Gateway-Error` bears. */
export type ProblemCode =
  | 'connection_missing'
  | 'message_malformed'
  | 'target_invalid'
  | 'request_invalid'
  | 'input_invalid'
  | 'caller_unauthenticated'
  | 'forbidden'
  | 'route_unknown'
  | 'grant_unknown'
  | 'operation_unknown'
  | 'session_unknown'
  | 'method_not_allowed'
  | 'request_timeout'
  | 'conflict'
  | 'reconnect_needed'
  | 'body_too_large'
  | 'target_too_large'
  | 'body_not_inlineable'
  | 'content_encoding_unsupported'
  | 'credential_broken'
  | 'expectation_failed'
  | 'rate_limited'
  | 'memory_budget'
  | 'headers_too_large'
  | 'internal'
  | 'method_unsupported'
  | 'upgrade_unsupported'
  | 'upstream_unreachable'
  | 'refresh_failed'
  | 'upstream_protocol'
  | 'connection_unavailable'
  | 'store_unavailable'
  | 'audit_unavailable'
  | 'draining'
  | 'overloaded'
  | 'upstream_timeout';

/** A problem's status, its title, and when it is given (for docs/problems.md). */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  readonly when: string;
}

/**
 * The problems that the gateway itself makes, with their statuses: the one list. A code is never
 * reused and never borrowed from a library. `docs/problems.md` is generated from it.
 */
export const PROBLEMS: Readonly<Record<ProblemCode, ProblemKind>> = {
  connection_missing: {
    status: 400,
    title: 'No grant to use',
    when: 'the connection is known, but this account has no grant to use on it, or the grant that was named is none of its own',
  },
  message_malformed: {
    status: 400,
    title: 'Malformed message',
    when: 'framing or a field that must stand once is wrong; nothing was sent upstream',
  },
  target_invalid: {
    status: 400,
    title: 'Invalid request target',
    when: 'the request target has characters or segments that two readers could read in two ways, or its path lacks the segment that the connection fills in, or has one that the connection has no value for',
  },
  request_invalid: {
    status: 400,
    title: 'Request not as it has to be',
    when: 'validate: enforce found faults, or what invoke or a tool was asked for makes no request; each fault is told with where it is and what was expected, and nothing was sent upstream',
  },
  input_invalid: {
    status: 400,
    title: 'Input of the control API invalid',
    when: 'the body or the query of a request to the control address has something that it does not take; all of it is named',
  },
  caller_unauthenticated: {
    status: 401,
    title: 'Gateway key missing or wrong',
    when: 'no gateway key, or one that no caller has',
  },
  forbidden: {
    status: 403,
    title: 'Forbidden',
    when: "the caller's personas do not allow it, a method override was sent where rules look at the method, or the connection's host leads to an address that is not public; nothing was sent",
  },
  route_unknown: {
    status: 404,
    title: 'No such connection or path',
    when: 'the first path segment names no connection, or the address that was asked serves nothing under this path: paths of the control API are at the control address alone',
  },
  grant_unknown: {
    status: 404,
    title: 'No connection of that id',
    when: "the id is of no grant of the caller's account, of no shared grant and of no declared connection that its personas give",
  },
  operation_unknown: {
    status: 404,
    title: 'No such operation',
    when: 'the path is not in the description, under expose: operations; or invoke or a tool was asked for an operation that the connection does not have; or the path is no tool of an MCP server',
  },
  session_unknown: {
    status: 404,
    title: 'No such session',
    when: 'Mcp-Session-Id names no session of this account, grant and connection; nothing was sent upstream',
  },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    when: 'the path is in the description, the method is not, under expose: operations; or a tool of an MCP server was asked for by another method than POST',
  },
  request_timeout: {
    status: 408,
    title: 'Request too slow',
    when: "the caller's headers or body came too slowly",
  },
  conflict: {
    status: 409,
    title: 'Not as things are',
    when: 'what the control API was asked for cannot be done to this connection as it is: the detail says why',
  },
  reconnect_needed: { status: 409, title: 'Connect anew', when: 'a new sign-in is needed to refresh' },
  body_too_large: {
    status: 413,
    title: 'Body too large',
    when: 'the request body is over the limit that is named',
  },
  target_too_large: {
    status: 414,
    title: 'Request target too large',
    when: 'the request target is over target_max',
  },
  body_not_inlineable: {
    status: 415,
    title: 'Body not inlineable',
    when: 'the call was made, and the upstream answered with content that is no text: invoke tells its type and size, invoke-raw streams it',
  },
  content_encoding_unsupported: {
    status: 415,
    title: 'Content-Encoding not supported',
    when: 'validate: enforce cannot look into a body with this Content-Encoding; gzip, deflate and br are decoded. Or a request to invoke has one',
  },
  expectation_failed: {
    status: 417,
    title: 'Expectation failed',
    when: 'Expect has another value than 100-continue',
  },
  credential_broken: {
    status: 424,
    title: 'Credential broken',
    when: 'the grant that the request uses must be connected anew, or the authorization server does not accept the client of the connection: a person has to act; nothing was sent upstream',
  },
  rate_limited: { status: 429, title: 'Too many requests', when: 'the account is over its rate limit' },
  memory_budget: {
    status: 429,
    title: 'Memory budget used up',
    when: 'calls by invoke and MCP hold as much memory as they may (invoke_memory_max); nothing was sent upstream',
  },
  headers_too_large: {
    status: 431,
    title: 'Header fields too large',
    when: 'a header field, all of them or their count is over a limit that is named',
  },
  internal: {
    status: 500,
    title: 'Internal error',
    when: 'a fault of the gateway; the request id finds it in the log',
  },
  method_unsupported: {
    status: 501,
    title: 'Method not supported',
    when: 'CONNECT, TRACE or a method that is not registered',
  },
  upgrade_unsupported: { status: 501, title: 'Upgrade not supported', when: 'Upgrade: websocket' },
  upstream_unreachable: {
    status: 502,
    title: 'Upstream unreachable',
    when: 'no connection to the upstream, or it was lost before an answer began',
  },
  refresh_failed: {
    status: 502,
    title: 'Refresh failed',
    when: 'a refresh was asked for, and the authorization server could not be asked or answered otherwise than it should',
  },
  upstream_protocol: {
    status: 502,
    title: 'Upstream broke the protocol',
    when: "the upstream's answer is not HTTP that can be relayed",
  },
  connection_unavailable: {
    status: 503,
    title: 'Connection not available',
    when: 'the connection needs what this gateway does not serve, as the log of the start says; or its access token cannot be had just now, and Retry-After says when that is tried again',
  },
  store_unavailable: {
    status: 503,
    title: 'Store not available',
    when: 'the store of grants cannot be asked, and what this request needs of it is not known otherwise, or it has what was sealed with a key that this gateway was not given, as the log says; Retry-After says when to try again',
  },
  audit_unavailable: {
    status: 503,
    title: 'Audit not available',
    when: 'audit.mode: sync, and the row of the exchange could not be written; nothing was sent, and Retry-After says when to try again',
  },
  draining: {
    status: 503,
    title: 'Shutting down',
    when: 'the gateway is stopping and takes no new requests',
  },
  overloaded: {
    status: 503,
    title: 'Too many requests in flight',
    when: 'requests_in_flight_max, or upstream_queue_max of the connection, is reached',
  },
  upstream_timeout: {
    status: 504,
    title: 'Upstream too slow',
    when: 'no response headers within call_timeout',
  },
};

/** One thing that is wrong with a request, without any value of it. */
export interface RequestFault {
  readonly in: 'path' | 'query' | 'header' | 'cookie' | 'body';
  /** The parameter; null for the body. */
  readonly name: string | null;
  /** JSON pointer (RFC 6901) into the parameter's or the body's value; '' is the whole. */
  readonly pointer: string;
  /** What was expected there, in words. */
  readonly expected: string;
}

/** What a problem may say beyond its code. */
export interface ProblemExtras {
  /** Response headers, flat: name, value, name, value. */
  readonly headers?: readonly string[];
  /** For the log alone, never for the caller. */
  readonly logged?: Readonly<Record<string, string>>;
  /** What is wrong with the request, one by one: places and expectations, never values. */
  readonly faults?: readonly RequestFault[];
}

/**
 * A request that the gateway answers itself (RFC 9457). A value, not an exception: every step that can
 * refuse gives one back. `detail` is for the caller: what was wrong, what to do; never a secret, never
 * a caller's header value.
 */
export class Problem {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly headers: readonly string[];
  readonly logged: Readonly<Record<string, string>>;
  readonly faults: readonly RequestFault[] | null;

  constructor(code: ProblemCode, detail: string, extras: ProblemExtras = {}) {
    this.code = code;
    this.detail = detail;
    this.headers = extras.headers ?? [];
    this.logged = extras.logged ?? {};
    this.faults = extras.faults ?? null;
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }

  /** Gives the body: application/problem+json. */
  toBody(requestId: string): Buffer {
    const { status, title } = PROBLEMS[this.code];
    const members = {
      type: 'about:blank',
      title,
      status,
      code: this.code,
      detail: this.detail,
      ...(this.faults === null ? {} : { faults: this.faults }),
      request_id: requestId,
      // Well-known SDKs take an answer for a failure, and find its text, by this member alone.
      error: { code: this.code, message: this.detail },
    };
    return Buffer.from(JSON.stringify(members) + '\n', 'utf8');
  }

  /** Gives the headers of the answer with this body, flat, in the order of the wire. */
  toHeaders(body: Buffer): string[] {
    const own = ['Content-Type', 'application/problem+json', 'Content-Length', String(body.length)];
    return [...own, 'Cache-Control', 'no-store', 'Gateway-Error', this.code, ...this.headers];
  }
}

/** Gives the header for a wait, in whole seconds, at least one (RFC 9110 10.2.3). */
export function retryAfter(ms: number): [name: string, value: string] {
  return ['Retry-After', String(Math.max(1, Math.ceil(ms / 1000)))];
}
