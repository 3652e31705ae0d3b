import { join } from 'node:path';
import { expect, test } from 'vitest';
import { timeFor } from '../../cli/compile.ts';
import { terminalProgress } from '../../cli/progress.ts';
import type { Terminal } from '../../cli/progress.ts';
import { folderOf } from '../support/folder.ts';
import { GW } from '../support/gw-process.ts';
import { isInstalled, runProgram } from '../support/run-program.ts';

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
  ['a terminal without a size', 'document 1: a.yaml', { columns: 0 }, [[0, 'a.yaml']]],
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

/** Runs a program at a terminal of its own, and ends as it does. */
const AT_A_TERMINAL = 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)';
const python = isInstalled('python3');

test.skipIf(!python)(
  `at a terminal, the document that is read is told, and the time${python ? '' : ' (python3 is not installed)'}`,
  async () => {
    const cwd = folderOf({
      'gateway.d/a.yaml':
        'connections: { shop: { catalog: shop, base_url: "https://a.example", auth_mode: none } }\n',
      'catalogs/shop/catalog.yaml': 'catalog: shop\ndescriptions: { main: { document: a.yaml } }\n',
      'catalogs/shop/a.yaml': 'openapi: 3.1.0\ninfo: { title: Shop, version: "1" }\npaths: {}\n',
    });
    const env = { ...process.env, XDG_CACHE_HOME: join(cwd, 'cache') };
    const parameters = ['-c', AT_A_TERMINAL, process.execPath, GW, 'compile'];
    const ran = await runProgram('python3', parameters, { cwd, env });
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout).toContain('\r\u001b[2Kdocument 1: catalogs/shop/a.yaml\r\u001b[2K');
    expect(ran.stdout).toMatch(
      /compiled 1 connection, 1 catalog, 0 operations; table [0-9a-f]{64}; \d+\.\d s\r\n$/,
    );
  },
);
