import type { ConnectionAccess, RouteRule } from '../types.ts';
import { matchPathGlob, pathGlobSegments } from './glob.ts';

/** The decision of a persona set over one request, with the rule that decided. */
export interface AccessDecision {
  readonly allowed: boolean;
  /**
   * `open`: allowed without rules · `rule`: a route rule allowed or denied · `connection`: no persona
   * gives the connection · `read_only`: every persona that gives it does so for reading only ·
   * `no_rule`: route rules exist and none allows.
   */
  readonly reason: 'open' | 'rule' | 'connection' | 'read_only' | 'no_rule';
  readonly rule: RouteRule | null;
}

/** The methods that a read-only persona may use. */
const READ_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

const OPEN: AccessDecision = { allowed: true, reason: 'open', rule: null };

/** Tells whether a decision looks at more than the connection's name, so that odd paths and method overrides matter. */
export function hasRouteRules(access: ConnectionAccess): boolean {
  return access.denies.length > 0 || access.allows.every((one) => one.read_only || one.allow !== null);
}

/**
 * Decides whether a set of personas may send `method` to the path of `segments` (decoded once) on a
 * connection. A deny of any persona wins; then an allow of one is enough. `access` is undefined where
 * no persona gives the connection.
 */
export function decideAccess(
  access: ConnectionAccess | undefined,
  method: string,
  segments: readonly string[],
): AccessDecision {
  if (access === undefined) return { allowed: false, reason: 'connection', rule: null };
  const denied = access.denies.find((rule) => ruleMatches(rule, method, segments));
  if (denied !== undefined) return { allowed: false, reason: 'rule', rule: denied };
  let reason: 'read_only' | 'no_rule' = 'read_only';
  for (const one of access.allows) {
    if (one.read_only && !READ_METHODS.has(method)) continue;
    if (one.allow === null) return OPEN;
    const allowing = one.allow.find((rule) => ruleMatches(rule, method, segments));
    if (allowing !== undefined) return { allowed: true, reason: 'rule', rule: allowing };
    reason = 'no_rule';
  }
  return { allowed: false, reason, rule: null };
}

function ruleMatches(rule: RouteRule, method: string, segments: readonly string[]): boolean {
  if (rule.methods.length > 0 && !rule.methods.includes(method)) return false;
  return (
    rule.paths.length === 0 || rule.paths.some((glob) => matchPathGlob(pathGlobSegments(glob), segments))
  );
}
