import type { ConnectionAccess, Decider, RouteRule } from '../types.ts';
import { matchPathGlob, pathGlobSegments } from './glob.ts';

/** The decision of a persona set over one request, with what decided. */
export interface AccessDecision {
  readonly allowed: boolean;
  /**
   * `open`: allowed without rules · `rule`: a route rule allowed or denied · `connection`: no persona
   * gives the connection · `read_only`: every persona that gives it does so for reading only ·
   * `no_rule`: route rules exist and none allows.
   */
  readonly reason: 'open' | 'rule' | 'connection' | 'read_only' | 'no_rule';
  /** The persona that gave or took it, and where; null where none of them names the connection. */
  readonly by: Decider | null;
}

/** The methods that a read-only persona may use. */
export const READ_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Gives the persona that allows all of a connection, where no decision looks at more than its name; null where
 * methods and paths are looked at, so that odd paths and method overrides matter.
 */
export function openBy({ allows, denies }: ConnectionAccess): Decider | null {
  if (denies.length > 0) return null;
  return allows.find((one) => !one.read_only && one.allow === null) ?? null;
}

/**
 * Decides whether a set of personas may send `method` to the path of `segments` (decoded once) on a
 * connection. A deny of any persona wins; then an allow of one is enough.
 */
export function decideAccess(
  access: ConnectionAccess,
  method: string,
  segments: readonly string[],
): AccessDecision {
  const denied = access.denies.find((rule) => ruleMatches(rule, method, segments));
  if (denied !== undefined) return { allowed: false, reason: 'rule', by: denied };
  let refused: AccessDecision = { allowed: false, reason: 'connection', by: null };
  for (const one of access.allows) {
    if (one.read_only && !READ_METHODS.has(method)) {
      if (refused.by === null) refused = { allowed: false, reason: 'read_only', by: one };
      continue;
    }
    if (one.allow === null) return { allowed: true, reason: 'open', by: one };
    const allowing = one.allow.find((rule) => ruleMatches(rule, method, segments));
    if (allowing !== undefined) return { allowed: true, reason: 'rule', by: allowing };
    refused = { allowed: false, reason: 'no_rule', by: one };
  }
  return refused;
}

function ruleMatches(rule: RouteRule, method: string, segments: readonly string[]): boolean {
  if (rule.methods.length > 0 && !rule.methods.includes(method)) return false;
  return (
    rule.paths.length === 0 || rule.paths.some((glob) => matchPathGlob(pathGlobSegments(glob), segments))
  );
}
