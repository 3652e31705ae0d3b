import { RE2JS } from 're2js';

/** A pattern that takes time in proportion to its text, whatever the text is. */
export interface LinearPattern {
  test(text: string): boolean;
  /** The pattern: Ajv tells patterns apart by it. */
  toString(): string;
}

const KEPT = 10_000;
const kept = new Map<string, LinearPattern | null>();

/** Gives a pattern of a description (ECMA-262 syntax) on the linear-time engine, or null where it cannot be run there. */
export function linearPattern(pattern: string): LinearPattern | null {
  const before = kept.get(pattern);
  if (before !== undefined) return before;
  const made = make(pattern);
  if (kept.size >= KEPT) kept.clear();
  kept.set(pattern, made);
  return made;
}

function make(pattern: string): LinearPattern | null {
  try {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
    return { test: (text) => compiled.test(text), toString: () => pattern };
  } catch {
    // Look-ahead, back references: what no linear-time engine has.
    return null;
  }
}
