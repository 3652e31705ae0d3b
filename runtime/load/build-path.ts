import { encodeSegment, isSegment } from '../../table/rules/encode-segment.ts';
import { isPathPrefix } from '../../table/rules/path-prefix.ts';
import { decodeSegment } from '../../table/rules/target.ts';
import { variablesIn } from '../../table/rules/variable-text.ts';
import type { Connection, PathPlan, Value } from '../../table/types.ts';
import type { PathKey } from '../2-match/fill-segment.ts';
import { preparePath } from '../2-match/place-path.ts';
import type { PathSteps } from '../2-match/place-path.ts';
import { Hidden } from '../hidden.ts';
import type { ConnectionValues } from './connection-values.ts';

/** The path plan of a connection made ready, and what stands in links for the secrets of its paths. */
export interface BuiltPath {
  readonly steps: PathSteps | null;
  /** By decoded segment that is secret: the segment, encoded, that a caller writes in its place. */
  readonly placeholders: Hidden<ReadonlyMap<string, string>>;
  readonly faults: readonly string[];
}

/** Tells whether something of a grant stands in the path plan of a connection. */
export function isPathBrought({ path, variables, credential }: Connection): boolean {
  const brought = new Set(variables.filter(({ value }) => value === null).map(({ name }) => name));
  if (credential.kind === 'basic' && 'grant' in credential.username) brought.add('username');
  const isBrought = (value: Value | null): boolean =>
    value !== null &&
    ('grant' in value ||
      ('parts' in value &&
        value.parts.some((part) => typeof part !== 'string' && brought.has(part.variable))));
  return (
    path !== null &&
    (path.replace.some(({ value }) => isBrought(value)) ||
      variablesIn(path.prepend?.path ?? '').some((name) => brought.has(name)))
  );
}

/** Gives the path plan of a connection made ready, or what of its values cannot stand in a path. */
export function buildPath(
  { path, at }: Connection,
  key: PathKey | null,
  values: ConnectionValues,
): BuiltPath {
  const faults: string[] = [];
  const placeholders = new Map<string, string>();
  const encoded = (text: string, why: string): string => {
    if (!isSegment(text)) faults.push(why);
    return encodeSegment(text);
  };
  const segmentOf = (value: Value, segment: string): string => {
    const text = values.reveal(value).reveal();
    if (values.isSecret(value)) placeholders.set(text, encodeSegment(segment));
    return encoded(text, `the value for ${segment} in the path cannot be a segment of it (${value.at})`);
  };
  const variableOf = (name: string): string =>
    encoded(
      values.variable(name),
      `the value of the variable ${name} cannot be a segment of a path (${values.writtenAt(name)})`,
    );
  const steps = path === null ? null : preparePath(withoutAbsent(path, values), { segmentOf, variableOf });
  const prefix = steps?.prepend?.reveal().path;
  // Each value fits for itself, and may not beside another.
  if (prefix !== undefined && !isPathPrefix(prefix))
    faults.push(`its variables make what cannot be put in front of a path (${at})`);
  if (key !== null) placeholders.set(decodeSegment(key.value.reveal()) ?? '', encodeSegment(key.segment));
  return { steps, placeholders: new Hidden(placeholders), faults };
}

/** A segment whose value this grant does not have is refused, as one that nothing was written for. */
function withoutAbsent(plan: PathPlan, values: ConnectionValues): PathPlan {
  const replace = plan.replace.map((one) =>
    one.value !== null && values.isAbsent(one.value) ? { ...one, value: null } : one,
  );
  return { ...plan, replace };
}
