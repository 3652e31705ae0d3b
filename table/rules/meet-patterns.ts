/** Stands for any run of parts, none among them. */
export const STAR: unique symbol = Symbol('star');

/** Parts, and stars between them. */
export type Pattern<Part> = readonly (Part | typeof STAR)[];

/** How parts are made concrete. */
export interface Meeting<Part, Result> {
  /** Gives what fits a part of one pattern and a part of the other; null where nothing does. */
  readonly both: (one: Part, other: Part) => Result | null;
  /** Gives what fits a part that stands where the other pattern has a star. */
  readonly one: (part: Part) => Result;
}

/**
 * Gives a sequence that matches both patterns, or null where there is none. Each pair of places is looked at once,
 * so this takes at most the product of two lengths.
 */
export function meet<Part, Result>(
  one: Pattern<Part>,
  other: Pattern<Part>,
  meeting: Meeting<Part, Result>,
): Result[] | null {
  const failed = new Set<number>();
  const from = (at: number, otherAt: number): Result[] | null => {
    const key = at * (other.length + 1) + otherAt;
    if (failed.has(key)) return null;
    const found = step(at, otherAt);
    if (found === null) failed.add(key);
    return found;
  };
  const step = (at: number, otherAt: number): Result[] | null => {
    const part = one[at];
    const otherPart = other[otherAt];
    if (part === undefined && otherPart === undefined) return [];
    if (part === STAR) return from(at + 1, otherAt) ?? takenBy(otherPart, () => from(at, otherAt + 1));
    if (otherPart === STAR) return from(at, otherAt + 1) ?? takenBy(part, () => from(at + 1, otherAt));
    if (part === undefined || otherPart === undefined) return null;
    const both = meeting.both(part, otherPart);
    return both === null ? null : behind(both, from(at + 1, otherAt + 1));
  };
  /** A star takes what the other pattern has in its place. */
  const takenBy = (part: Part | typeof STAR | undefined, rest: () => Result[] | null): Result[] | null => {
    if (part === undefined) return null;
    return part === STAR ? rest() : behind(meeting.one(part), rest());
  };
  return from(0, 0);
}

function behind<Result>(first: Result, rest: Result[] | null): Result[] | null {
  return rest === null ? null : [first, ...rest];
}
