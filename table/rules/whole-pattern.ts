import type { RE2JS } from 're2js';

/** The linear-time engine: given by who asks, so that it is loaded only where a pattern is run. */
export type LinearEngine = typeof RE2JS;

/** A pattern that a whole text matches or not, in time proportional to its length. */
export interface WholePattern {
  readonly matches: (text: string) => boolean;
  /** How many groups it has. */
  readonly groups: number;
  /** Gives what its first group holds, null where the text does not match. */
  readonly firstGroup: (text: string) => string | null;
}

/** Gives the pattern of a variable (ECMA-262 syntax, anchored at both ends), or null where the engine does not run it. */
export function wholePattern(pattern: string, engine: LinearEngine): WholePattern | null {
  try {
    // Alone first: what is whole only between our brackets, `a)|(b`, would match a part of the text.
    engine.compile(engine.translateRegExp(pattern));
    const compiled = engine.compile(engine.translateRegExp(`^(?:${pattern})$`));
    return {
      matches: (text) => compiled.test(text),
      groups: compiled.groupCount(),
      firstGroup: (text) => {
        const matcher = compiled.matcher(text);
        return matcher.find() ? (matcher.group(1) ?? null) : null;
      },
    };
  } catch {
    // Look-ahead, back references, or no pattern at all.
    return null;
  }
}

/** Why a value is not one that its variable may have, as the rest of a sentence; null where it is. */
export function variableValueFault(
  value: string,
  { pattern, values }: { readonly pattern: string | null; readonly values: readonly string[] },
  engine: () => LinearEngine,
): string | null {
  if (values.length > 0 && !values.includes(value)) return `is not one of ${values.join(', ')}`;
  if (pattern === null) return null;
  // `$` of a pattern may let a newline at the end pass, which no value has.
  if (/[\r\n]/.test(value) || wholePattern(pattern, engine())?.matches(value) !== true)
    return `does not match ${pattern}`;
  return null;
}
