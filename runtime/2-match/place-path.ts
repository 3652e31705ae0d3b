import { decodeSegment, pathOf, pathSegments } from '../../table/rules/target.ts';
import { fillVariables } from '../../table/rules/variable-text.ts';
import type { PathPlan, Value } from '../../table/types.ts';
import { Hidden } from '../hidden.ts';
import { Problem } from '../problem.ts';

/** A path plan made ready: what happens to the path behind a connection's name before anything looks at it. */
export interface PathSteps {
  /** By decoded segment: what stands in its place, encoded; null where there is no value for it. */
  readonly replace: Hidden<ReadonlyMap<string, string | null>>;
  readonly prepend: Hidden<Prepend> | null;
}

interface Prepend {
  readonly path: string;
  /** Decoded. */
  readonly segments: readonly string[];
  readonly unless_present: boolean;
}

/** How what is not known in a plan is filled in. */
export interface PathValues {
  /** Gives the value that a segment is replaced by, as one encoded segment. */
  readonly segmentOf: (value: Value, segment: string) => string;
  /** Gives the value of a variable in the prefix, as one encoded segment. */
  readonly variableOf: (name: string) => string;
}

/** Gives a plan made ready. */
export function preparePath(
  { replace, prepend }: PathPlan,
  { segmentOf, variableOf }: PathValues,
): PathSteps {
  const path = fillVariables(prepend?.path ?? '', variableOf);
  return {
    replace: new Hidden(
      new Map(
        replace.map(({ segment, value }) => [segment, value === null ? null : segmentOf(value, segment)]),
      ),
    ),
    prepend: prepend === null ? null : new Hidden({ ...prepend, path, segments: pathSegments(path) ?? [] }),
  };
}

/**
 * Gives what stands behind a connection's name (path and query) as the upstream's API has it: whole segments
 * replaced, compared decoded, then the prefix in front. All other bytes stay, the query among them. Or the
 * problem of a segment that there is no value for.
 */
export function placePath({ replace, prepend }: PathSteps, rest: string): string | Problem {
  const path = pathOf(rest);
  let placed = path;
  const values = replace.reveal();
  if (values.size > 0) {
    const segments = path.split('/');
    for (const [at, raw] of segments.entries()) {
      const segment = at === 0 ? null : decodeSegment(raw);
      const value = segment === null ? undefined : values.get(segment);
      if (value === null) {
        return new Problem(
          'target_invalid',
          `the path has the segment ${segment}, which this connection has no value for; write the value itself`,
        );
      }
      if (value !== undefined) segments[at] = value;
    }
    placed = segments.join('/');
  }
  const prefix = prepend?.reveal();
  if (prefix !== undefined && !(prefix.unless_present && beginsWith(placed, prefix.segments)))
    placed = prefix.path + placed;
  return placed + rest.slice(path.length);
}

/**
 * Gives what a caller sends to have this path sent (without query), or null where no path of a caller comes to
 * it. Segments that were replaced stay as they are.
 */
export function callersPath({ prepend }: PathSteps, placed: string): string | null {
  if (prepend === null) return placed;
  const { path, unless_present } = prepend.reveal();
  if (placed !== path && !placed.startsWith(`${path}/`)) return null;
  return unless_present ? placed : placed.slice(path.length);
}

function beginsWith(path: string, segments: readonly string[]): boolean {
  const raw = path.split('/').slice(1);
  return segments.every((segment, at) => raw[at] !== undefined && decodeSegment(raw[at]) === segment);
}
