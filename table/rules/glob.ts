import { rulePathFault } from './target.ts';

/**
 * Globs: `*` stays in a segment, `**` is a whole segment and crosses (zero or more), case-sensitive.
 * No other character is special. Matching is iterative and takes at most text × pattern steps: no
 * regular expression is built from what people write.
 */

/** What is wrong with a glob, or null. */
export type GlobFault =
  | 'empty'
  | 'no_leading_slash'
  | 'double_star_inside'
  | 'dot_segment'
  | 'query'
  | 'encoded';

/** Gives what is wrong with a path glob, or null. */
export function pathGlobFault(glob: string): GlobFault | null {
  if (glob === '') return 'empty';
  if (!glob.startsWith('/')) return 'no_leading_slash';
  if (/[?#]/.test(glob)) return 'query';
  // Paths are matched decoded: a deny that is written encoded would leave open what it should close.
  if (glob.includes('%')) return 'encoded';
  for (const segment of glob.split('/')) {
    if (segment === '.' || segment === '..') return 'dot_segment';
    if (segment !== '**' && segment.includes('**')) return 'double_star_inside';
  }
  return null;
}

/** Tells whether a path glob of a rule matches nothing, since requests with such a path are refused where rules apply. */
export function isRefusedGlob(glob: string): boolean {
  return rulePathFault(glob, true) !== null;
}

/** Gives the segments of a path glob, a trailing slash ignored: `/v1/**` is `['v1', '**']`. */
export function pathGlobSegments(glob: string): string[] {
  const segments = glob.split('/').slice(1);
  if (segments.length > 1 && segments.at(-1) === '') segments.pop();
  if (segments.length === 1 && segments[0] === '') return [];
  return segments;
}

/** Tells whether `text` as a whole matches `glob`, where `*` is any run of characters. */
export function matchGlob(glob: string, text: string): boolean {
  return matchSequence(glob, text, '*', (pattern, character) => pattern === character);
}

/** Tells whether decoded path segments match a path glob's segments. */
export function matchPathGlob(glob: readonly string[], segments: readonly string[]): boolean {
  return matchSequence(glob, segments, '**', matchGlob);
}

/**
 * Tells whether everything that the path glob `inner` matches, `outer` matches too. It may say no of two globs where
 * that is so, never yes where it is not: a star of `inner` is taken by a star of `outer` alone.
 */
export function coversPathGlob(outer: string, inner: string): boolean {
  return matchSequence(
    pathGlobSegments(outer),
    pathGlobSegments(inner),
    '**',
    (glob, segment) => segment !== '**' && coversSegment(glob, segment),
  );
}

function coversSegment(outer: string, inner: string): boolean {
  return matchSequence(outer, inner, '*', (one, other) => one === other && other !== '*');
}

/**
 * The classic greedy match with one point to go back to: each star takes as little as it can, and only
 * the last star seen is ever lengthened, which is enough because an earlier one can take no more.
 */
function matchSequence(
  pattern: ArrayLike<string>,
  input: ArrayLike<string>,
  star: string,
  same: (pattern: string, input: string) => boolean,
): boolean {
  let at = 0;
  let read = 0;
  let lastStar = -1;
  let lastRead = 0;
  while (read < input.length) {
    const expected = pattern[at];
    if (expected === star) {
      lastStar = at;
      lastRead = read;
      at += 1;
    } else if (expected !== undefined && same(expected, input[read] ?? '')) {
      at += 1;
      read += 1;
    } else if (lastStar >= 0) {
      lastRead += 1;
      at = lastStar + 1;
      read = lastRead;
    } else {
      return false;
    }
  }
  while (pattern[at] === star) at += 1;
  return at === pattern.length;
}
