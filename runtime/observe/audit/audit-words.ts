import { METHODS } from 'node:http';
import { PROBLEMS } from '../../problem.ts';
import type { ProblemCode } from '../../problem.ts';
import type { AuditDoor, AuditOutcome } from './audit-row.ts';

/** Problems that tell of the upstream, not of a refusal; null: it answered, and its status says what. */
export const OF_THE_UPSTREAM: ReadonlyMap<ProblemCode, AuditOutcome | null> = new Map<
  ProblemCode,
  AuditOutcome | null
>([
  ['body_not_inlineable', null],
  ['upstream_timeout', 'upstream_timeout'],
  ['upstream_unreachable', 'transport_error'],
  ['upstream_protocol', 'transport_error'],
]);

const DOORS = {
  passthrough: true,
  invoke: true,
  mcp: true,
  control: true,
} as const satisfies Record<AuditDoor, true>;

type PlainOutcome = Exclude<AuditOutcome, `refused:${string}`>;

const PLAIN_OUTCOMES = {
  ok: true,
  upstream_4xx: true,
  upstream_5xx: true,
  upstream_timeout: true,
  transport_error: true,
  caller_gone: true,
  begun: true,
} as const satisfies Record<PlainOutcome, true>;

const REFUSALS = Object.keys(PROBLEMS)
  .filter((code) => !OF_THE_UPSTREAM.has(code as ProblemCode))
  .map((code) => `refused:${code}`);

/** What rows may have where not every text is a value. Of outcomes, `refused` is what filters call any refusal. */
export const AUDIT_WORDS: Readonly<Record<'door' | 'method' | 'outcome', readonly string[]>> = {
  door: Object.keys(DOORS),
  method: METHODS,
  outcome: [...Object.keys(PLAIN_OUTCOMES), 'refused', ...REFUSALS],
};
