import { CONNECTION } from './connection-fields.ts';
import type { ConnectionFields } from './connection-fields.ts';
import type { Fields, Named } from './field.ts';
import {
  duration,
  flag,
  integer,
  list,
  longDuration,
  map,
  positive,
  record,
  secret,
  secretUrl,
  size,
  text,
  word,
} from './shape.ts';
import type { Element, Shape } from './shape.ts';
import type { UrlParts, Written } from './written.ts';

export interface GatewayLimitKeys {
  target_max: number;
  header_field_max: number;
  headers_max: number;
  headers_count_max: number;
  headers_timeout: number;
  body_idle_timeout: number;
  keep_alive_timeout: number;
  sockets_max: number;
  requests_in_flight_max: number;
  invoke_body_max: number;
  invoke_memory_max: number;
  drain_timeout: number;
}

export interface RateLimitKeys {
  requests_per_second: number;
  burst: number;
  store: UrlParts;
}

export interface AuditKeys {
  sink: 'store' | 'jsonl' | 'both' | 'none';
  mode: 'async' | 'sync';
  file: string;
  retention: number;
  parameters: boolean;
  redact_names: readonly Element<string>[];
}

export interface GatewayKeys {
  listen: string;
  control: string;
  public_url: string;
  control_url: string;
  store: UrlParts;
  rate_limit: Fields<RateLimitKeys>;
  metrics: 'admin' | 'public';
  audit: Fields<AuditKeys>;
  limits: Fields<GatewayLimitKeys>;
}

export interface CallerKeys {
  account: string;
  key: Written;
  key_sha256: string;
  personas: readonly Element<string>[];
  admin: boolean;
}

export interface AllowDenyKeys {
  allow: readonly Element<string>[];
  deny: readonly Element<string>[];
}

export interface RouteKeys {
  action: 'allow' | 'deny';
  connection: string;
  methods: readonly Element<string>[];
  paths: readonly Element<string>[];
}

export interface PersonaKeys {
  connections: Fields<AllowDenyKeys>;
  tools: Fields<AllowDenyKeys>;
  read_only: boolean;
  grants: 'use' | 'manage';
  routes: readonly Element<Fields<RouteKeys>>[];
}

export interface GatewayFileKeys {
  gateway: Fields<GatewayKeys>;
  connections: Named<ConnectionFields>;
  callers: Named<Fields<CallerKeys>>;
  personas: Named<Fields<PersonaKeys>>;
}

export type GatewayFields = Fields<GatewayKeys>;
export type CallerFields = Fields<CallerKeys>;
export type PersonaFields = Fields<PersonaKeys>;
export type RouteFields = Fields<RouteKeys>;
export type GatewayFileFields = Fields<GatewayFileKeys>;

const LIMITS: Shape<Fields<GatewayLimitKeys>> = record<GatewayLimitKeys>({
  target_max: { shape: size, doc: 'Longest request target.', default: '16KiB' },
  header_field_max: { shape: size, doc: 'Longest single header.', default: '16KiB' },
  headers_max: { shape: size, doc: 'All headers together.', default: '64KiB' },
  headers_count_max: { shape: integer(1), doc: 'Most headers.', default: '100' },
  headers_timeout: { shape: duration, doc: 'Longest time to the end of the headers.', default: '15s' },
  body_idle_timeout: {
    shape: duration,
    doc: 'Longest pause between two chunks of a request body.',
    default: '60s',
  },
  keep_alive_timeout: { shape: duration, doc: 'How long an idle socket stays open.', default: '65s' },
  sockets_max: { shape: integer(1), doc: 'Most sockets of callers.', default: '10000' },
  requests_in_flight_max: { shape: integer(1), doc: 'Most requests at a time.', default: '2000' },
  invoke_body_max: {
    shape: size,
    doc: 'Longest body of a request to `/api/v1/gateway/…`: the call that it asks for, with its own body.',
    default: '1MiB',
  },
  invoke_memory_max: {
    shape: size,
    doc: 'What calls by invoke and MCP hold together, in bytes of bodies sent and of decoded answers. The process needs several times that: answers are text and JSON too.',
    default: '256MiB',
  },
  drain_timeout: {
    shape: duration,
    doc: 'How long requests in flight may take when the gateway stops.',
    default: '30s',
  },
});

const RATE_LIMIT: Shape<Fields<RateLimitKeys>> = record<RateLimitKeys>({
  requests_per_second: { shape: positive, doc: 'Requests a second and account.', default: '10' },
  burst: { shape: integer(1), doc: 'Requests that may come at once.', default: '10' },
  store: {
    shape: secretUrl,
    doc: '`memory`. A redis:// or rediss:// URL, which all replicas would share, is not served by this version.',
    default: 'memory',
  },
});

const AUDIT: Shape<Fields<AuditKeys>> = record<AuditKeys>({
  sink: {
    shape: word(['store', 'jsonl', 'both', 'none'], {
      file: 'write `jsonl`, and where under `file`',
      off: 'write `none`',
    }),
    doc: 'Where the row of each exchange is kept: in `store`, in `file` as JSON lines, in both, or nowhere.',
    default: 'store',
  },
  mode: {
    shape: word(['async', 'sync']),
    doc: '`async`: rows are written in the background. `sync`: a row is on the disk before anything is sent upstream; where it cannot be, the request is refused.',
    default: 'async',
  },
  file: {
    shape: text,
    doc: 'The file that JSON lines are added to, or `stdout`, where they stand among the lines of the log.',
    default: 'stdout',
  },
  retention: {
    shape: longDuration,
    doc: 'How long rows stay in the store. Files are yours to rotate.',
    default: '90d',
  },
  parameters: {
    shape: flag,
    doc: 'Keep the query of passthrough, and query and JSON body of invoke and MCP, with secrets redacted.',
    default: 'false',
  },
  redact_names: {
    shape: list(text),
    doc: 'More names of parameters whose values are redacted. Case, `-` and `_` do not count.',
    default: 'none',
  },
});

const GATEWAY: Shape<GatewayFields> = record<GatewayKeys>({
  listen: { shape: text, doc: 'Address for callers: `host:port`.', default: '127.0.0.1:8080' },
  control: { shape: text, doc: 'Address for people and operators: `host:port`.', default: '127.0.0.1:8081' },
  public_url: {
    shape: text,
    doc: 'URL at which callers reach the gateway. What Host and Origin of requests to /mcp may be, beside the address itself.',
  },
  control_url: {
    shape: text,
    doc: 'URL of the control address. Links to the connect page and OAuth redirect URIs begin with it, and it is the name that the address answers to.',
  },
  store: {
    shape: secretUrl,
    doc: '`sqlite:PATH` or a postgres:// URL; references may stand inside it.',
    default: 'sqlite:state/gw.db',
  },
  rate_limit: { shape: RATE_LIMIT, doc: 'The limit of each account.' },
  metrics: {
    shape: word(['admin', 'public']),
    doc: 'Who may read /metrics: callers with `admin: true`, or everybody who reaches the control address.',
    default: 'admin',
  },
  audit: { shape: AUDIT, doc: 'What is kept of each exchange, and where. docs/audit.md tells it.' },
  limits: { shape: LIMITS, doc: 'Limits of the address for callers.' },
});

const CALLER: Shape<CallerFields> = record<CallerKeys>({
  account: {
    shape: text,
    doc: 'What the caller belongs to: owns grants and limits. Callers that share one all write it (GW5007).',
    default: "the caller's name",
  },
  key: { shape: secret, doc: "The caller's key as a reference or sealed text; at least 32 characters." },
  key_sha256: { shape: text, doc: 'SHA-256 of the key in 64 hex digits. `gw key create NAME` prints it.' },
  personas: { shape: list(text), doc: 'What the caller may use: names of personas.' },
  admin: {
    shape: flag,
    doc: 'An operator: reads /metrics, the grants and the audit of all accounts, and makes shared grants. Uses connections and tools by personas alone, as everybody.',
    default: 'false',
  },
});

const ALLOW_DENY: Shape<Fields<AllowDenyKeys>> = record<AllowDenyKeys>({
  allow: {
    shape: list(text),
    doc: 'Patterns of what is allowed; `*` is any run of characters.',
    default: 'nothing',
  },
  deny: { shape: list(text), doc: 'Patterns of what is denied; a deny wins.', default: 'nothing' },
});

const ROUTE: Shape<RouteFields> = record<RouteKeys>({
  action: { shape: word(['allow', 'deny']), doc: 'What happens to a request that matches.', required: true },
  connection: { shape: text, doc: 'The connection, or a pattern of names.', required: true },
  methods: { shape: list(text), doc: 'Methods in upper case.', default: 'any' },
  paths: {
    shape: list(text),
    doc: 'Path patterns, written and matched decoded: `*` stays in a segment, `**` crosses.',
    default: 'any',
  },
});

const PERSONA: Shape<PersonaFields> = record<PersonaKeys>({
  connections: { shape: ALLOW_DENY, doc: 'Connections that may be used. Denied by default.' },
  tools: { shape: ALLOW_DENY, doc: 'MCP tools that may be used. Denied by default.' },
  read_only: { shape: flag, doc: 'Only GET, HEAD and OPTIONS.', default: 'false' },
  grants: {
    shape: word(['use', 'manage']),
    doc: "`manage`: may create and delete the account's grants.",
    default: 'use',
  },
  routes: {
    shape: list(ROUTE),
    doc: 'Rules about methods and paths. Where one names a connection, a request needs an allow.',
  },
});

/** A file of gateway.d. */
export const GATEWAY_FILE: Shape<GatewayFileFields> = record<GatewayFileKeys>({
  gateway: { shape: GATEWAY, doc: 'The gateway itself. The sections of several files merge.' },
  connections: { shape: map(CONNECTION), doc: 'Ways to upstreams, by the name that is their URL prefix.' },
  callers: { shape: map(CALLER), doc: 'Who may call, by name.' },
  personas: { shape: map(PERSONA), doc: 'What callers may use, by name.' },
});
