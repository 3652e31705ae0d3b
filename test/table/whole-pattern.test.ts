import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import { wholePattern } from '../../table/rules/whole-pattern.ts';

/** A pattern, a text, and what its first group holds; null: no match; undefined: the pattern does not run. */
const CASES: readonly [pattern: string, text: string, group: string | null | undefined][] = [
  ['https://(.+)\\.example\\.com', 'https://a.b.example.com', 'a.b'],
  ['https://(.+)\\.example\\.com', 'https://a.example.com.evil.org', null],
  ['https://(.+)\\.example\\.com', 'x https://a.example.com', null],
  ['(a|ab)', 'ab', 'ab'],
  ['a|(b)', 'b', 'b'],
  ['a|b(c)?', 'ab', null],
  ['a)|(b', 'b', undefined],
  ['(?=a)a', 'a', undefined],
  ['(', 'a', undefined],
];

test.each(CASES)('%s in %j: %j', (pattern, text, group) => {
  const whole = wholePattern(pattern, RE2JS);
  expect(whole === null ? undefined : whole.firstGroup(text)).toBe(group);
  expect(whole?.matches(text)).toBe(whole === null ? undefined : group !== null);
});
