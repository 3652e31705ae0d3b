import type { RequestFields } from './fields.ts';

/** W3C Trace Context, 3.2.2: version, trace, parent, flags; what follows is for later versions alone. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/s;

/** Gives the trace that a request says it belongs to, in 32 hex digits; null without one `traceparent` that is well-formed. */
export function traceOf({ raw, folded }: Pick<RequestFields, 'raw' | 'folded'>): string | null {
  const at = folded.indexOf('traceparent');
  if (at < 0 || folded.includes('traceparent', at + 1)) return null;
  const [, version, trace, more] = TRACEPARENT.exec(raw[2 * at + 1] ?? '') ?? [];
  if (trace === undefined || (version === '00' && more !== undefined)) return null;
  return trace;
}
