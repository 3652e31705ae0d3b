import { foldHeaderName } from './fold-header-name.ts';
import { FRAMING, HOP_BY_HOP } from './hop-by-hop.ts';

/** Why an operator's `static_headers` or `default_headers` may not set a name. */
export type OperatorHeaderFault = 'credential' | 'gateway' | 'framing' | 'hop_by_hop' | 'cookie';

/**
 * Gives why `static_headers` and `default_headers` may not set `name`, or null.
 *
 * Authorization and X-API-Key belong to auth_mode (and `apiKeyHeader`, the key header in use);
 * framing and hop-by-hop fields would desynchronize the upstream's socket; `Gateway-*` and
 * Maton-Connection are how callers and the gateway talk; Cookie is governed by `cookies`.
 */
export function operatorHeaderFault(name: string, apiKeyHeader: string | null): OperatorHeaderFault | null {
  const folded = foldHeaderName(name);
  if (folded === 'authorization' || folded === 'x-api-key') return 'credential';
  if (apiKeyHeader !== null && folded === foldHeaderName(apiKeyHeader)) return 'credential';
  if (folded.startsWith('gateway-') || folded === 'maton-connection') return 'gateway';
  if (folded === 'cookie') return 'cookie';
  if (FRAMING.has(folded)) return 'framing';
  if (HOP_BY_HOP.has(folded)) return 'hop_by_hop';
  return null;
}

/** Why a header name cannot carry an API key. */
export type ApiKeyHeaderFault = 'gateway' | 'framing' | 'hop_by_hop' | 'cookie';

/** Gives why `name` cannot be `api_key_header`, or null. Authorization and X-API-Key are common choices and allowed. */
export function apiKeyHeaderFault(name: string): ApiKeyHeaderFault | null {
  const fault = operatorHeaderFault(name, null);
  return fault === 'credential' ? null : fault;
}
