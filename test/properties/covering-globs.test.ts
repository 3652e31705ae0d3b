import { array, assert, constant, constantFrom, oneof, property } from 'fast-check';
import { expect, test } from 'vitest';
import { coversPathGlob, matchPathGlob, pathGlobSegments } from '../../table/rules/glob.ts';

const text = array(constantFrom('a', 'b', '*'), { minLength: 1, maxLength: 3 }).map((parts) =>
  parts.join('').replaceAll('**', '*'),
);
const glob = array(oneof(text, constant('**')), { maxLength: 4 }).map((segments) => `/${segments.join('/')}`);
const path = array(constantFrom('a', 'b', 'ab', 'ba', 'aba'), { maxLength: 4 });

test('what a covering glob covers, it matches', () => {
  let covered = 0;
  assert(
    property(glob, glob, path, (outer, inner, segments) => {
      const covers = coversPathGlob(outer, inner);
      if (covers) covered += 1;
      const matches = (one: string): boolean => matchPathGlob(pathGlobSegments(one), segments);
      return !covers || !matches(inner) || matches(outer);
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
