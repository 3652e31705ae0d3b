import { matchPathGlob, pathGlobSegments } from '../../table/rules/glob.ts';
import { pathOf, pathSegments } from '../../table/rules/target.ts';
import type { HostRule } from '../../table/types.ts';

/** Which requests go to a second host, made ready. */
export interface HostChoice {
  readonly methods: readonly string[];
  /** The segments of each glob; empty means any path. */
  readonly globs: readonly (readonly string[])[];
}

/** Gives the choice of each rule, in their order. */
export function hostChoices(rules: readonly Pick<HostRule, 'methods' | 'paths'>[]): HostChoice[] {
  return rules.map(({ methods, paths }) => ({ methods, globs: paths.map(pathGlobSegments) }));
}

/**
 * Gives the number of the destination of a request: 0 is the main one, 1 that of the first rule. The first rule
 * that fits is taken; a path that is not UTF-8 fits none.
 */
export function chooseHost(choices: readonly HostChoice[], method: string, rest: string): number {
  if (choices.length === 0) return 0;
  const segments = pathSegments(pathOf(rest));
  if (segments === null) return 0;
  return 1 + choices.findIndex((choice) => fits(choice, method, segments));
}

function fits({ methods, globs }: HostChoice, method: string, segments: readonly string[]): boolean {
  if (methods.length > 0 && !methods.includes(method)) return false;
  return globs.length === 0 || globs.some((glob) => matchPathGlob(glob, segments));
}
