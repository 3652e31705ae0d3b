import type { AuditPlan, Gateway, GatewayLimits, ListenAddress } from '../../table/types.ts';
import type { Field, Fields } from '../fields/field.ts';
import type { AuditKeys, GatewayFields, GatewayLimitKeys, RateLimitKeys } from '../fields/gateway-fields.ts';
import type { UrlParts } from '../fields/written.ts';
import { readListenAddress } from '../../table/rules/listen-address.ts';
import { lowerUrl } from './values.ts';

/** Where the control address is unless it is said. */
export const CONTROL_DEFAULT = '127.0.0.1:8081';

/** Gives the gateway of the table, defaults filled. */
export function lowerGateway(fields: GatewayFields): Gateway {
  return {
    listen: address(fields.listen, '127.0.0.1:8080'),
    control: address(fields.control, CONTROL_DEFAULT),
    public_url: fields.public_url?.value ?? null,
    control_url: fields.control_url?.value ?? null,
    store: fields.store === undefined ? ['sqlite:state/gw.db'] : lowerUrl(fields.store),
    rate_limit: lowerRateLimit(fields.rate_limit?.value ?? {}),
    metrics: fields.metrics?.value ?? 'admin',
    audit: lowerAudit(fields.audit?.value ?? {}),
    limits: lowerLimits(fields.limits?.value ?? {}),
  };
}

function address(field: Field<string> | undefined, fallback: string): ListenAddress {
  const read = readListenAddress(field?.value ?? fallback);
  if (read === null) throw new Error('a listen address passed the checks and cannot be read');
  return read;
}

function lowerRateLimit(fields: Fields<RateLimitKeys>): Gateway['rate_limit'] {
  return {
    requests_per_second: fields.requests_per_second?.value ?? 10,
    burst: fields.burst?.value ?? 10,
    store: lowerLimitStore(fields.store),
  };
}

function lowerLimitStore(field: Field<UrlParts> | undefined): Gateway['rate_limit']['store'] {
  if (field === undefined) return 'memory';
  const url = lowerUrl(field);
  return url.length === 1 && url[0] === 'memory' ? 'memory' : url;
}

const DAY_MS = 24 * 60 * 60_000;

function lowerAudit(fields: Fields<AuditKeys>): AuditPlan {
  return {
    sink: fields.sink?.value ?? 'store',
    mode: fields.mode?.value ?? 'async',
    file: fields.file?.value ?? 'stdout',
    retention_ms: fields.retention?.value ?? 90 * DAY_MS,
    parameters: fields.parameters?.value ?? false,
    redact_names: (fields.redact_names?.value ?? []).flatMap(({ value }) => value ?? []).sort(),
  };
}

function lowerLimits(fields: Fields<GatewayLimitKeys>): GatewayLimits {
  return {
    target_max_bytes: fields.target_max?.value ?? 16_384,
    header_field_max_bytes: fields.header_field_max?.value ?? 16_384,
    headers_max_bytes: fields.headers_max?.value ?? 65_536,
    headers_max_count: fields.headers_count_max?.value ?? 100,
    headers_timeout_ms: fields.headers_timeout?.value ?? 15_000,
    body_idle_timeout_ms: fields.body_idle_timeout?.value ?? 60_000,
    keep_alive_timeout_ms: fields.keep_alive_timeout?.value ?? 65_000,
    sockets_max: fields.sockets_max?.value ?? 10_000,
    requests_in_flight_max: fields.requests_in_flight_max?.value ?? 2000,
    invoke_body_max_bytes: fields.invoke_body_max?.value ?? 1_048_576,
    invoke_memory_max_bytes: fields.invoke_memory_max?.value ?? 268_435_456,
    drain_timeout_ms: fields.drain_timeout?.value ?? 30_000,
  };
}
