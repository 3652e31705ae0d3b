import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CODES } from '../../compiler/diagnostic/codes.ts';
import { casesOf, check, compileCase, FIXTURES } from './check.ts';

describe('accept: the table is the expected one', () => {
  test.each(casesOf('accept'))('%s', async (name) => {
    expect((await check('accept', name)).table).not.toBeNull();
  });
});

describe('reject: the findings are the expected ones', () => {
  test.each(casesOf('reject'))('%s', async (name) => {
    const { diagnostics } = await check('reject', name);
    expect(diagnostics).not.toHaveLength(0);
  });
});

test('every code has a case', async () => {
  const seen = new Set<string>(ELSEWHERE);
  for (const name of casesOf('reject'))
    for (const one of (await compileCase(join(FIXTURES, 'reject', name))).diagnostics) seen.add(one.code);
  expect(Object.keys(CODES).filter((code) => !seen.has(code))).toEqual([]);
});

/** Codes whose cases need files that a repository should not hold; read.test.ts and documents.test.ts make them. */
const ELSEWHERE = ['GW1003', 'GW1006', 'GW6011'];
