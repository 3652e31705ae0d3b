import { pointer } from './credential-shapes.ts';
import { isPathPrefix } from './rules/path-prefix.ts';
import { fillVariables } from './rules/variable-text.ts';
import { targetFault } from './rules/target.ts';
import { flag, integer, list, nullable, record, refuse, text, textWhere, word } from './shape.ts';
import type { Shape } from './shape.ts';
import type * as t from './types.ts';
import { method, pathGlob, queryName, secret, timerMs, value, variableName } from './value-shapes.ts';

/** The shapes of where requests go. */

const origin = textWhere('an http or https origin', (written) => {
  // A variable stands for what a host may hold, which is checked when its value is known.
  const filled = fillVariables(written, () => 'x');
  return /^https?:\/\//.test(filled) && URL.canParse(filled) && new URL(filled).origin === filled;
});

export const basePath: Shape<string> = textWhere('an absolute path without a trailing slash', (written) => {
  const filled = fillVariables(written, () => 'x');
  return filled === '' || (/^(?:\/[^/?]+)+$/.test(filled) && targetFault(filled) === null);
});

const pathPrefix: Shape<string> = textWhere('a path that can be put in front', (written) =>
  isPathPrefix(fillVariables(written, () => 'x')),
);

const upstreamShape = {
  origin,
  base_path: basePath,
  guarded: flag,
};

const hostRule = record<t.HostRule>({ ...upstreamShape, methods: list(method), paths: list(pathGlob) });

export const upstream: Shape<t.Upstream> = record<t.Upstream>({
  ...upstreamShape,
  hosts: list(hostRule),
  tls_ca_bundle_pem: nullable(value),
  mtls_client_cert_pem: nullable(value),
  mtls_client_key_pem: nullable(secret),
});

export const pathPlan: Shape<t.PathPlan> = record<t.PathPlan>({
  replace: list(record<t.PathPlan['replace'][number]>({ segment: text, value: nullable(value) })),
  prepend: nullable(record<NonNullable<t.PathPlan['prepend']>>({ path: pathPrefix, unless_present: flag })),
});

export const queryLine: Shape<t.QueryLine> = record<t.QueryLine>({ name: queryName, value });

const lookup = record<t.Lookup>({
  url: text,
  pointer,
  list: nullable(pointer),
  title: nullable(pointer),
});

const match = nullable(text);

const SOURCES: {
  readonly [K in t.VariableSource['kind']]: Shape<Extract<t.VariableSource, { kind: K }>>;
} = {
  connection: record({ kind: word('connection') }),
  token_response: record({ kind: word('token_response'), pointer, match }),
  callback: record({ kind: word('callback'), parameter: text, match }),
  lookup: record({ kind: word('lookup'), lookup, match }),
};

const source: Shape<t.VariableSource> = (written, path) => {
  const kind: unknown =
    typeof written === 'object' && written !== null
      ? Reflect.get(written, 'kind')
      : refuse(path, 'an object');
  const kinds = Object.keys(SOURCES) as t.VariableSource['kind'][];
  return SOURCES[word(...kinds)(kind, `${path}.kind`)](written, path);
};

export const variable: Shape<t.Variable> = record<t.Variable>({
  name: variableName,
  doc: nullable(text),
  value: nullable(value),
  source,
  default: nullable(text),
  optional: flag,
  pattern: nullable(text),
  values: list(text),
});

const RETRY_FORMATS = ['seconds', 'milliseconds', 'epoch', 'epoch_milliseconds', 'date', 'text'] as const;

export const retryHints: Shape<t.RetryHints> = record<t.RetryHints>({
  statuses: list(integer(100, 599)),
  after: list(record<t.RetryTime<string>>({ where: text, format: word(...RETRY_FORMATS) })),
  remaining: nullable(text),
  body: nullable(record<t.RetryTime<string>>({ where: pointer, format: word(...RETRY_FORMATS) })),
});

export const limits: Shape<t.ConnectionLimits> = record<t.ConnectionLimits>({
  connect_timeout_ms: timerMs,
  call_timeout_ms: timerMs,
  upstream_idle_timeout_ms: timerMs,
  body_max_bytes: nullable(integer(1)),
  validate_body_max_bytes: integer(1),
  max_response_bytes: integer(1),
  upstream_headers_max_bytes: integer(1),
  upstream_sockets_max: integer(1),
  upstream_queue_max: integer(1),
});
