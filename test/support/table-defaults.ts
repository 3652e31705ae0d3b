import type { AuditPlan, ConnectionLimits, GatewayLimits } from '../../table/types.ts';

/** What tests do not say: nothing is kept. */
export const NO_AUDIT: AuditPlan = {
  sink: 'none',
  mode: 'async',
  file: 'stdout',
  retention_ms: 90 * 24 * 60 * 60_000,
  parameters: false,
  redact_names: [],
};

/** As the compiler defaults them. */
export const GATEWAY_LIMITS: GatewayLimits = {
  target_max_bytes: 16 * 1024,
  header_field_max_bytes: 16 * 1024,
  headers_max_bytes: 64 * 1024,
  headers_max_count: 100,
  headers_timeout_ms: 15_000,
  body_idle_timeout_ms: 60_000,
  keep_alive_timeout_ms: 65_000,
  sockets_max: 10_000,
  requests_in_flight_max: 2_000,
  invoke_body_max_bytes: 1024 * 1024,
  invoke_memory_max_bytes: 256 * 1024 * 1024,
  drain_timeout_ms: 30_000,
};

/** As the compiler defaults them. */
export const CONNECTION_LIMITS: ConnectionLimits = {
  connect_timeout_ms: 10_000,
  call_timeout_ms: 60_000,
  upstream_idle_timeout_ms: 120_000,
  body_max_bytes: null,
  validate_body_max_bytes: 1024 * 1024,
  max_response_bytes: 10 * 1024 * 1024,
  upstream_headers_max_bytes: 64 * 1024,
  upstream_sockets_max: 128,
  upstream_queue_max: 1_000,
};
