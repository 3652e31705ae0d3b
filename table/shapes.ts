import type { DescriptionEntry, Extent, RecordsFile } from './operations.ts';
import { credential } from './credential-shapes.ts';
import { AUTH_MODES } from './rules/auth-modes.ts';
import { CONNECTION_NAME, RESERVED_CONNECTION_NAMES } from './rules/connection-name.ts';
import { TOOL_NAMES } from './rules/tool-names.ts';
import {
  either,
  flag,
  integer,
  list,
  nullable,
  positive,
  record,
  refuse,
  text,
  textWhere,
  word,
} from './shape.ts';
import type { Shape } from './shape.ts';
import { TABLE_FORMAT } from './types.ts';
import type * as t from './types.ts';
import { basePath, limits, pathPlan, queryLine, retryHints, upstream, variable } from './upstream-shapes.ts';
import { headerLine, headerName, method, pathGlob, place, secret, sha256, timerMs } from './value-shapes.ts';

const connectionName = textWhere(
  'a connection name',
  (value) => CONNECTION_NAME.test(value) && !RESERVED_CONNECTION_NAMES.has(value),
);

const catalogUse = record<t.CatalogUse>({
  name: text,
  version: nullable(text),
  origin: word('folder', 'built-in'),
  docs: nullable(text),
  verify: nullable(record<t.VerifyRequest>({ method, path: text })),
  retry: nullable(retryHints),
  descriptions: list(record<t.DescriptionUse>({ name: text, prefix: basePath, entry: integer(0) })),
});

const connection = record<t.Connection>({
  name: connectionName,
  at: place,
  description: nullable(text),
  auth_mode: word(...AUTH_MODES.map((mode) => mode.auth_mode)),
  upstream,
  path: nullable(pathPlan),
  headers: record<t.HeaderPlan>({
    defaults: list(headerLine),
    set: list(headerLine),
    owned: list(headerName),
  }),
  query: list(queryLine),
  credential,
  grants: flag,
  validate: word('off', 'warn', 'enforce'),
  expose: word('all', 'operations'),
  cookies: word('drop', 'forward'),
  forwarded: flag,
  allow_encoded_slash: flag,
  allow_private: list(text),
  rewrite_links: flag,
  limits,
  variables: list(variable),
  catalog: nullable(catalogUse),
});

const decider = { persona: text, at: place };

const routeRule = record<t.RouteRule>({
  ...decider,
  action: word('allow', 'deny'),
  methods: list(method),
  paths: list(pathGlob),
});

const accessPlan = record<t.AccessPlan>({
  personas: list(text),
  connections: list(
    record<t.ConnectionAccess>({
      connection: connectionName,
      allows: list(
        record<t.PersonaAccess>({ ...decider, read_only: flag, allow: nullable(list(routeRule)) }),
      ),
      denies: list(routeRule),
    }),
  ),
  denied: list(record<t.ConnectionDenial>({ ...decider, connection: connectionName })),
  tools: list(
    record<t.ToolAccess>({
      tool: word(...TOOL_NAMES),
      allowed: flag,
      by: nullable(record<t.Decider>(decider)),
    }),
  ),
  manages: nullable(record<t.Decider>(decider)),
});

const caller = record<t.Caller>({
  name: text,
  at: place,
  account: text,
  admin: flag,
  key: either(record<{ sha256: string }>({ sha256 }), record<{ secret: t.Secret }>({ secret })),
  personas: list(text),
  access: integer(0),
});

const persona = record<t.Persona>({
  name: text,
  at: place,
  tools: record<t.Persona['tools']>({ allow: list(text), deny: list(text) }),
  grants: word('use', 'manage'),
});

const listenAddress = record<t.ListenAddress>({ host: text, port: integer(0, 65_535) });
const urlTemplate = list(either(text, secret));

const gateway = record<t.Gateway>({
  listen: listenAddress,
  control: listenAddress,
  public_url: nullable(text),
  control_url: nullable(text),
  store: urlTemplate,
  rate_limit: record<t.Gateway['rate_limit']>({
    requests_per_second: positive,
    burst: integer(1),
    store: either(word('memory'), urlTemplate),
  }),
  metrics: word('admin', 'public'),
  audit: record<t.AuditPlan>({
    sink: word('store', 'jsonl', 'both', 'none'),
    mode: word('async', 'sync'),
    file: text,
    retention_ms: integer(1),
    parameters: flag,
    redact_names: list(text),
  }),
  limits: record<t.GatewayLimits>({
    target_max_bytes: integer(1),
    header_field_max_bytes: integer(1),
    headers_max_bytes: integer(1),
    headers_max_count: integer(1),
    headers_timeout_ms: timerMs,
    body_idle_timeout_ms: timerMs,
    keep_alive_timeout_ms: timerMs,
    sockets_max: integer(1),
    requests_in_flight_max: integer(1),
    invoke_body_max_bytes: integer(1),
    invoke_memory_max_bytes: integer(1),
    drain_timeout_ms: timerMs,
  }),
});

const count = integer(0, 2 ** 32 - 1);
const extent: Shape<Extent> = (written, path) =>
  Array.isArray(written) && written.length === 2
    ? ([count(written[0], `${path}[0]`), count(written[1], `${path}[1]`)] as const)
    : refuse(path, 'an offset and a length');

const descriptionEntry = record<DescriptionEntry>({
  catalog: text,
  version: nullable(text),
  name: text,
  title: nullable(text),
  summary: nullable(text),
  sha256,
  operations: count,
  segment: extent,
  matcher: extent,
  list: extent,
  search: extent,
  records: extent,
  schemas: extent,
  validators: extent,
});

/** The shape of a whole table, member by member. What members mean together is checked by `decodeTable`. */
export const tableShape: Shape<t.Table> = record<t.Table>({
  format: word(TABLE_FORMAT),
  gateway,
  connections: list(connection),
  callers: list(caller),
  personas: list(persona),
  access: list(accessPlan),
  descriptions: list(descriptionEntry),
  records: record<RecordsFile>({ bytes: count, blocks: list(sha256) }),
});
