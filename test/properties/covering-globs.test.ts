import fc from 'fast-check';
import { expect, test } from 'vitest';
import { coversPathGlob, matchPathGlob, pathGlobSegments } from '../../table/rules/glob.ts';

const text = fc
  .array(fc.constantFrom('a', 'b', '*'), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join('').replaceAll('**', '*'));
const glob = fc
  .array(fc.oneof(text, fc.constant('**')), { maxLength: 4 })
  .map((segments) => `/${segments.join('/')}`);
const path = fc.array(fc.constantFrom('a', 'b', 'ab', 'ba', 'aba'), { maxLength: 4 });

test('what a covering glob covers, it matches', () => {
  let covered = 0;
  fc.assert(
    fc.property(glob, glob, path, (outer, inner, segments) => {
      if (!coversPathGlob(outer, inner)) return;
      covered += 1;
      if (matchPathGlob(pathGlobSegments(inner), segments))
        expect(matchPathGlob(pathGlobSegments(outer), segments)).toBe(true);
    }),
    { numRuns: 5000 },
  );
  expect(covered).toBeGreaterThan(50);
});

test.each([
  ['/**', '/a/*/b', true],
  ['/a/**', '/a', true],
  ['/a/*', '/a/b*', true],
  ['/a/*', '/a/**', false],
  ['/a/b*', '/a/*', false],
  ['/*', '/a/b', false],
  ['/**/z', '/a/**/z', true],
  ['/', '/', true],
])('%s covers %s: %s', (outer, inner, expected) => {
  expect(coversPathGlob(outer, inner)).toBe(expected);
});
