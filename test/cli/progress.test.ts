import { expect, test } from 'vitest';
import { timeFor } from '../../cli/compile.ts';
import { terminalProgress } from '../../cli/progress.ts';
import type { Terminal } from '../../cli/progress.ts';

/** What a person sees of what is written to a terminal: the line as it is in the end. */
function shown(
  given: Partial<Terminal>,
  documents: readonly [at_ms: number, path: string][],
  ends = false,
): string {
  let line = '';
  const write = (text: string): void => {
    line = (line + text).split('\r\u001b[2K').at(-1) ?? '';
  };
  let time_ms = 0;
  const progress = terminalProgress({ isTTY: true, write, ...given }, () => time_ms);
  for (const [at_ms, path] of documents) {
    time_ms = at_ms;
    progress.document(path);
  }
  if (ends) progress.end();
  return line;
}

const CASES: readonly [what: string, line: string, ...given: Parameters<typeof shown>][] = [
  ['one document', 'document 1: a.yaml', {}, [[0, 'a.yaml']]],
  [
    'the next one, later',
    'document 2: b.yaml',
    {},
    [
      [0, 'a.yaml'],
      [50, 'b.yaml'],
    ],
  ],
  [
    'many at once',
    'document 1: a.yaml',
    {},
    [
      [0, 'a.yaml'],
      [49, 'b.yaml'],
    ],
  ],
  ['a narrow terminal', 'document…', { columns: 10 }, [[0, 'a.yaml']]],
  ['a name that would move the cursor', 'document 1: a [1A', {}, [[0, 'a\u001b[1A']]],
  ['the end', '', {}, [[0, 'a.yaml']], true],
  ['the end of nothing', '', {}, [], true],
  ['no terminal', '', { isTTY: false }, [[0, 'a.yaml']]],
];

test.each(CASES)('%s', (_what, line, ...given) => {
  expect(shown(...given)).toBe(line);
});

test('the time is told to terminals alone', () => {
  const write = (): void => {};
  expect(timeFor({ isTTY: true, write }, 1.26)).toBe('; 1.3 s');
  expect(timeFor({ write }, 1.26)).toBe('');
});
