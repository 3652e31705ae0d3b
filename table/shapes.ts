import type { DescriptionEntry, Extent, RecordsFile } from './operations.ts';
import { CONNECTION_NAME, RESERVED_CONNECTION_NAMES } from './rules/connection-name.ts';
import { isHeaderName } from './rules/header-syntax.ts';
import { pathGlobFault } from './rules/glob.ts';
import { HALF_PAIR, isParameterName } from './rules/parameter-name.ts';
import { targetFault } from './rules/target.ts';
import {
  either,
  flag,
  integer,
  list,
  nullable,
  pairs,
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

const place = textWhere('file:line:column', (value) => /:\d+:\d+$/.test(value));
const headerName = textWhere('a header name (RFC 9110 token)', isHeaderName);
const connectionName = textWhere(
  'a connection name',
  (value) => CONNECTION_NAME.test(value) && !RESERVED_CONNECTION_NAMES.has(value),
);
const method = textWhere('a method in upper case', (value) => /^[A-Z][A-Z-]*$/.test(value));
const pathGlob = textWhere('a path glob', (value) => pathGlobFault(value) === null);
const sha256 = textWhere('64 hex digits', (value) => /^[0-9a-f]{64}$/.test(value));
const origin = textWhere('an http or https origin', isHttpOrigin);
const basePath = textWhere(
  'an absolute path without a trailing slash',
  (value) => value === '' || (/^(?:\/[^/?]+)+$/.test(value) && targetFault(value) === null),
);
/** node's timers take no more; a longer one would fire at once. */
const timerMs = integer(1, 2 ** 31 - 1);
const queryText = textWhere('text without half surrogate pairs', (value) => !HALF_PAIR.test(value));
const queryName = textWhere('the name of a query parameter', isParameterName);

function isHttpOrigin(value: string): boolean {
  return /^https?:\/\//.test(value) && URL.canParse(value) && new URL(value).origin === value;
}

const secret: Shape<t.Secret> = (value, path) => {
  const kinds = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const kind = (['env', 'file', 'sealed'] as const).find((candidate) => kinds.includes(candidate));
  if (kind === undefined) return refuse(path, 'a secret reference');
  return record<{ at: string } & Record<string, string>>({ at: place, [kind]: text })(
    value,
    path,
  ) as t.Secret;
};
const value: Shape<t.Value> = either(record<{ text: string; at: string }>({ text, at: place }), secret);
const headerLine = record<t.HeaderLine>({ name: headerName, value });

const oauth2 = record<t.OAuth2Plan>({
  grant: word('authorization_code', 'client_credentials'),
  authorization_url: nullable(text),
  token_url: text,
  client_id: value,
  client_secret: secret,
  scopes: list(text),
  prompt: nullable(text),
  endpoint_auth_style: word('header', 'params'),
  token_body: word('form', 'json'),
  refresh_max_lifetime_ms: nullable(integer(1)),
  authorize_params: pairs(text),
});

const CREDENTIALS: {
  readonly [K in t.CredentialPlan['kind']]: Shape<Extract<t.CredentialPlan, { kind: K }>>;
} = {
  none: record({ kind: word('none') }),
  header: record({ kind: word('header'), name: headerName, prefix: text, suffix: text, secret }),
  query: record({
    kind: word('query'),
    name: queryName,
    prefix: queryText,
    suffix: queryText,
    secret,
  }),
  basic: record({ kind: word('basic'), username: value, password: nullable(secret) }),
  oauth2: record({ kind: word('oauth2'), oauth2 }),
  oauth1: record({ kind: word('oauth1'), client_id: value, client_secret: secret }),
  mcp: record({ kind: word('mcp') }),
  grant: record({ kind: word('grant') }),
};

const credential: Shape<t.CredentialPlan> = (plan, path) => {
  const kind: unknown = typeof plan === 'object' && plan !== null ? Reflect.get(plan, 'kind') : undefined;
  const kinds = Object.keys(CREDENTIALS) as t.CredentialPlan['kind'][];
  return CREDENTIALS[word(...kinds)(kind, `${path}.kind`)](plan, path);
};

const upstream = record<t.Upstream>({
  origin,
  base_path: basePath,
  tls_ca_bundle_pem: nullable(value),
  mtls_client_cert_pem: nullable(value),
  mtls_client_key_pem: nullable(secret),
});

const catalogUse = record<t.CatalogUse>({
  name: text,
  version: nullable(text),
  origin: word('folder', 'built-in'),
  descriptions: list(record<t.DescriptionUse>({ name: text, prefix: basePath, entry: integer(0) })),
});

const connection = record<t.Connection>({
  name: connectionName,
  at: place,
  description: nullable(text),
  auth_mode: word(
    'none',
    'bearer',
    'api_key',
    'basic',
    'oauth1',
    'oauth2_client_credentials',
    'oauth2_authorization_code',
    'mcp',
  ),
  upstream,
  headers: record<t.HeaderPlan>({
    defaults: list(headerLine),
    set: list(headerLine),
    owned: list(headerName),
  }),
  credential,
  grants: flag,
  validate: word('off', 'warn', 'enforce'),
  expose: word('all', 'operations'),
  cookies: word('drop', 'forward'),
  forwarded: flag,
  allow_encoded_slash: flag,
  allow_private: list(text),
  rewrite_links: flag,
  limits: record<t.ConnectionLimits>({
    connect_timeout_ms: timerMs,
    call_timeout_ms: timerMs,
    upstream_idle_timeout_ms: timerMs,
    body_max_bytes: nullable(integer(1)),
    validate_body_max_bytes: integer(1),
    max_response_bytes: integer(1),
    upstream_headers_max_bytes: integer(1),
    upstream_sockets_max: integer(1),
    upstream_queue_max: integer(1),
  }),
  variables: pairs(value),
  catalog: nullable(catalogUse),
});

const routeRule = record<t.RouteRule>({
  action: word('allow', 'deny'),
  methods: list(method),
  paths: list(pathGlob),
  at: place,
});

const accessPlan = record<t.AccessPlan>({
  personas: list(text),
  connections: list(
    record<t.ConnectionAccess>({
      connection: connectionName,
      allows: list(
        record<t.PersonaAccess>({ persona: text, read_only: flag, allow: nullable(list(routeRule)) }),
      ),
      denies: list(routeRule),
    }),
  ),
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
