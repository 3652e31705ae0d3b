import { Problem } from '../problem.ts';

/** First segments of paths that the control address serves and the data address never does; beside them `/api/v1/admin`. */
export const CONTROL_SEGMENTS: ReadonlySet<string> = new Set([
  'connect',
  'connections',
  'healthz',
  'metrics',
  'readyz',
]);

/** Tells whether a path is one of the control address, of its first segment and what follows that. */
export function isAtControl(prefix: string, rest: string): boolean {
  return CONTROL_SEGMENTS.has(prefix) || (prefix === 'api' && /^\/v1\/admin(?:[/?]|$)/.test(rest));
}

/** Gives the problem of such a path at the data address. Where the other address is, is not for every caller to learn. */
export function servedAtControl(): Problem {
  return new Problem(
    'route_unknown',
    'paths like this one are served at the control address, not at the one that calls go to (docs/control-api.md)',
  );
}
