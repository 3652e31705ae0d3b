import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readWireCases } from '../support/wire-case.ts';
import { runWireCase } from '../support/wire-run.ts';

const FOLDER = join(import.meta.dirname, 'wire');
const files = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.md') && name !== 'README.md')
  .sort();

test('the folder of wire cases has cases', () => {
  expect(files.length).toBeGreaterThan(15);
});

describe.each(files)('%s', (file) => {
  const cases = readWireCases(join(FOLDER, file));
  test.each(cases.map((one) => [one.title, one] as const))('%s', async (_title, one) => {
    const { seen, expected } = await runWireCase(one);
    expect(seen).toEqual(expected);
  });
});
