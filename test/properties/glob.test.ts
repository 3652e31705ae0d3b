import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchGlob, matchPathGlob, pathGlobSegments } from '../../table/rules/glob.ts';
import { RUNS } from './runs.ts';

/** By the words of the rule: a star is any run of characters. */
function naiveText(glob: string, text: string): boolean {
  if (glob === '') return text === '';
  if (glob.startsWith('*')) {
    return naiveText(glob.slice(1), text) || (text !== '' && naiveText(glob, text.slice(1)));
  }
  return text !== '' && glob[0] === text[0] && naiveText(glob.slice(1), text.slice(1));
}

/** By the words of the rule: `**` is any run of segments. */
function naivePath(glob: readonly string[], segments: readonly string[]): boolean {
  const [first, ...rest] = glob;
  if (first === undefined) return segments.length === 0;
  if (first === '**') {
    return naivePath(rest, segments) || (segments.length > 0 && naivePath(glob, segments.slice(1)));
  }
  const [segment, ...others] = segments;
  return segment !== undefined && naiveText(first, segment) && naivePath(rest, others);
}

const piece = fc
  .string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 5 })
  .filter((one) => !one.includes('**'));
const plain = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*'), maxLength: 5 });

test('a glob in a segment agrees with the naive one', () => {
  fc.assert(
    fc.property(piece, plain, (glob, text) => {
      expect(matchGlob(glob, text)).toBe(naiveText(glob, text));
    }),
    { numRuns: 10 * RUNS },
  );
});

test('a path glob agrees with the naive one', () => {
  const globs = fc.array(fc.oneof(piece, fc.constant('**')), { maxLength: 5 });
  fc.assert(
    fc.property(globs, fc.array(plain, { maxLength: 5 }), (glob, segments) => {
      expect(matchPathGlob(glob, segments)).toBe(naivePath(glob, segments));
    }),
    { numRuns: 10 * RUNS },
  );
});

test('a written path glob is its segments, a trailing slash ignored', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', '*', '**', 'b c'), { minLength: 1, maxLength: 4 }),
      (segments) => {
        expect(pathGlobSegments(`/${segments.join('/')}`)).toEqual(segments);
        expect(pathGlobSegments(`/${segments.join('/')}/`)).toEqual(segments);
      },
    ),
    { numRuns: RUNS },
  );
});

test('stars cannot make it slow', () => {
  const glob = `${'*a'.repeat(2_000)}b`;
  const started = process.cpuUsage().user;
  expect(matchGlob(glob, 'a'.repeat(20_000))).toBe(false);
  // Pattern times text steps at the very most: 80 million, well under this.
  expect(process.cpuUsage().user - started).toBeLessThan(10_000_000);
});
