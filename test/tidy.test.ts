import { expect, test } from 'vitest';
import { importsOf, sourcesIn } from './support/sources.ts';
import type { SourceFile } from './support/sources.ts';

// The rules of ARCHITECTURE.md and CONTRIBUTING.md that no linter holds. Each asserts that it looked at something.

const HALVES = ['compiler', 'runtime'];
const CODE = [...HALVES, 'table', 'cli', 'demo'].flatMap((folder) => sourcesIn(folder, '.ts'));
const TESTS = sourcesIn('test', '.ts');

/** What every phase and folder of a half may import beside its own phase, earlier ones, and table/. */
const SHARED: Record<string, readonly string[]> = {
  compiler: ['compiler/source/', 'compiler/diagnostic/', 'compiler/fields/'],
  runtime: ['runtime/problem.ts', 'runtime/hidden.ts'],
};

/** What stands beside the phases, and what it may import beside itself and table/. */
const BESIDE: Record<string, readonly string[]> = {
  'compiler/source/': [],
  'compiler/diagnostic/': ['compiler/source/'],
  'compiler/fields/': ['compiler/source/', 'compiler/diagnostic/', 'compiler/2-parse/'],
  'runtime/problem.ts': [],
  'runtime/hidden.ts': [],
  'runtime/validate/': SHARED['runtime'] ?? [],
  'runtime/operations/': SHARED['runtime'] ?? [],
  'runtime/load/': [
    ...(SHARED['runtime'] ?? []),
    ...phases('runtime', 2, 7),
    'runtime/operations/',
    'runtime/validate/',
    'runtime/sealing/',
    'runtime/grants/',
  ],
  'runtime/grants/': [
    ...(SHARED['runtime'] ?? []),
    ...phases('runtime', 5, 7),
    'runtime/sealing/',
    'runtime/store/',
  ],
  'runtime/invoke/': [
    ...(SHARED['runtime'] ?? []),
    ...phases('runtime', 2, 7),
    'runtime/validate/',
    'runtime/load/',
    'runtime/operations/',
    'runtime/answer.ts',
    'runtime/call-upstream.ts',
    'runtime/exchange.ts',
    'runtime/leaving.ts',
    'runtime/read-content.ts',
    'runtime/receive.ts',
  ],
  'runtime/mcp-upstream/': [
    ...(SHARED['runtime'] ?? []),
    ...phases('runtime', 1, 7),
    'runtime/validate/',
    'runtime/load/',
    'runtime/operations/',
    'runtime/grants/',
    'runtime/sealing/',
    'runtime/admit.ts',
    'runtime/answer.ts',
    'runtime/call-upstream.ts',
    'runtime/exchange.ts',
    'runtime/leaving.ts',
    'runtime/read-content.ts',
  ],
  'runtime/mcp/': [
    ...(SHARED['runtime'] ?? []),
    ...phases('runtime', 1, 4),
    'runtime/load/',
    'runtime/operations/',
    'runtime/invoke/',
    'runtime/mcp-upstream/',
    'runtime/answer.ts',
    'runtime/exchange.ts',
    'runtime/leaving.ts',
    'runtime/read-content.ts',
    'runtime/receive.ts',
  ],
  'runtime/store/': SHARED['runtime'] ?? [],
  'runtime/sealing/': SHARED['runtime'] ?? [],
  'runtime/control/': [
    ...(SHARED['runtime'] ?? []),
    ...phases('runtime', 1, 6),
    'runtime/load/',
    'runtime/grants/',
    'runtime/store/',
    'runtime/observe/audit/',
  ],
  // Before the folder that it is in: rows are kept in the store.
  'runtime/observe/audit/': [
    ...(SHARED['runtime'] ?? []),
    'runtime/store/',
    'runtime/in-time.ts',
    'runtime/observe/line-buffer.ts',
  ],
  'runtime/observe/': SHARED['runtime'] ?? [],
};

/** Imports of types alone that go against the order. The list may only become shorter. */
const TYPES_AGAINST_THE_ORDER: readonly string[] = [
  'runtime/3-authenticate/authorize.ts -> runtime/load/snapshot.ts',
  'runtime/observe/log.ts -> runtime/exchange.ts',
];

test('table imports nothing else of ours', () => {
  const files = CODE.filter(({ path }) => path.startsWith('table/'));
  expect(files.length).toBeGreaterThan(10);
  expect(ourImports(files).filter(({ to }) => !to.startsWith('table/'))).toEqual([]);
});

test('neither half imports the other, and nobody imports cli, demo, test or bench', () => {
  const files = CODE.filter(({ path }) => HALVES.includes(top(path)));
  expect(new Set(files.map(({ path }) => top(path)))).toEqual(new Set(HALVES));
  expect(ourImports(files).filter(({ from, to }) => top(to) !== top(from) && top(to) !== 'table')).toEqual(
    [],
  );
  const cliAndDemo = CODE.filter(({ path }) => ['cli', 'demo'].includes(top(path)));
  expect(cliAndDemo.length).toBeGreaterThan(10);
  expect(ourImports(cliAndDemo).filter(({ to }) => ['test', 'bench', 'docs'].includes(top(to)))).toEqual([]);
});

test('a phase imports its own or an earlier phase, and what its half shares', () => {
  const files = CODE.filter(({ path }) => HALVES.includes(top(path)));
  const phasesSeen = new Set(files.map(({ path }) => /^\w+\/(\d)-/.exec(path)?.[0]).filter(Boolean));
  expect(phasesSeen.size).toBe(6 + 7);
  const against = ourImports(files)
    .filter(({ from, to }) => isAgainstTheOrder(from, to))
    .map(({ from, to, isType }) => `${isType ? 'type ' : ''}${from} -> ${to}`);
  expect(against).toEqual(TYPES_AGAINST_THE_ORDER.map((one) => `type ${one}`));
});

test('the rule of the order finds what is against it', () => {
  expect(isAgainstTheOrder('runtime/2-match/a.ts', 'runtime/3-authenticate/b.ts')).toBe(true);
  expect(isAgainstTheOrder('runtime/2-match/a.ts', 'runtime/serve.ts')).toBe(true);
  expect(isAgainstTheOrder('runtime/control/a.ts', 'runtime/7-relay/b.ts')).toBe(true);
  expect(isAgainstTheOrder('runtime/3-authenticate/a.ts', 'runtime/2-match/b.ts')).toBe(false);
  expect(isAgainstTheOrder('compiler/5-lower/a.ts', 'compiler/source/span.ts')).toBe(false);
  expect(isAgainstTheOrder('runtime/serve.ts', 'runtime/1-accept/a.ts')).toBe(false);
});

/** Where a thing of the outside world may be touched: places in CODE. */
const CONFINED: Record<string, { readonly use: RegExp; readonly places: readonly string[] }> = {
  'the file system': {
    use: /'(?:node:)?fs(?:\/promises)?'/,
    places: [
      'compiler/1-read/',
      'compiler/6-emit/write-table.ts',
      'runtime/load/',
      'runtime/sealing/',
      'runtime/grants/store/',
      'runtime/store/',
      'runtime/observe/line-buffer.ts',
      'runtime/observe/audit/line-sinks.ts',
      'cli/',
      'demo/',
    ],
  },
  undici: { use: /'undici(?:\/[^']*)?'/, places: ['runtime/6-forward/', 'cli/fetch/'] },
  'the environment': { use: /\bprocess\.env\b/, places: ['cli/', 'demo/'] },
  'the end of the process': {
    use: /\bprocess\.(?:exit|exitCode|kill|on)\b/,
    places: ['runtime/observe/line-buffer.ts', 'cli/', 'demo/'],
  },
  'child processes': { use: /'(?:node:)?child_process'/, places: ['demo/'] },
  'code made from text': {
    use: /\beval\(|new Function\b|'(?:node:)?vm'/,
    places: ['runtime/validate/run-ahead-code.ts'],
  },
};

test.each(Object.entries(CONFINED))('%s is touched in its places only', (_name, { use, places }) => {
  const users = CODE.filter(({ text }) => use.test(text)).map(({ path }) => path);
  expect(users.filter((path) => !places.some((place) => path.startsWith(place)))).toEqual([]);
  // A place that is not used any more is struck off the list.
  expect(places.filter((place) => !users.some((path) => path.startsWith(place)))).toEqual([]);
});

test('no file is longer than 300 lines', () => {
  const files = [...CODE, ...TESTS, ...sourcesIn('docs', '.ts')];
  expect(files.length).toBeGreaterThan(150);
  expect(files.filter(({ text }) => text.split('\n').length > 301).map(({ path }) => path)).toEqual([]);
});

test('no file is named after what says nothing', () => {
  const said = /(?:^|[/-])(?:manager|service|helpers?|utils?|common|misc|core|base|middleware)(?=[-./]|$)/;
  const paths = [...CODE, ...TESTS].map(({ path }) => path.replaceAll('base-url', ''));
  expect(paths.filter((path) => said.test(path))).toEqual([]);
  expect(said.test('runtime/4-shape/header-utils.ts')).toBe(true);
});

test('no test is left out or put off', () => {
  const leftOut = /\b(?:test|it|describe)(?:\.\w+(?:\([^()]*\))?)*\.(?:skip|only|todo)\b/;
  expect(TESTS.filter(({ path }) => path.endsWith('.test.ts')).length).toBeGreaterThan(20);
  expect(TESTS.filter(({ text }) => leftOut.test(text)).map(({ path }) => path)).toEqual([]);
});

test('decisions are numbered, each number once', () => {
  const names = sourcesIn('docs/decisions').map(({ path }) => path.slice('docs/decisions/'.length));
  expect(names.length).toBeGreaterThan(3);
  for (const name of names) expect(name).toMatch(/^\d{4}-[a-z0-9-]+\.md$/);
  const numbers = names.map((name) => name.slice(0, 4));
  expect(numbers).toEqual([...new Set(numbers)]);
});

/** Texts that stand nowhere in the repository. */
const NOWHERE: Record<string, RegExp> = {
  'a path of one machine': /(?:^|[\s"'`(=:])(?:\/(?:home|Users|root|work|workspace)\/[\w.-]|[A-Z]:\\Users\\)/,
  'the address of a package registry':
    /\bregistry\.(?:npmjs|yarnpkg|npmmirror)\b|\bartifactory\b|\bverdaccio\b/i,
  'who wrote it': /\bco-authored-by\b|@author\b/i,
};

test.each(Object.entries(NOWHERE))('%s stands nowhere', (_name, pattern) => {
  // What documents of vendors are called is for them to say.
  const files = sourcesIn('.').filter(
    ({ path }) => path !== 'test/tidy.test.ts' && !path.startsWith('test/compiler/corpus/'),
  );
  expect(files.length).toBeGreaterThan(250);
  expect(files.filter(({ text }) => pattern.test(text)).map(({ path }) => path)).toEqual([]);
});

test('ARCHITECTURE.md stays under 200 lines and has every folder of the code', () => {
  const [page] = sourcesIn('.', 'ARCHITECTURE.md');
  expect(page?.text.split('\n').length).toBeLessThan(200);
  const folders = [
    ...new Set(CODE.map(({ path }) => /^(?:(?:compiler|runtime)\/)?([^/]+)\//.exec(path)?.[1] ?? '')),
  ];
  expect(folders.length).toBeGreaterThan(18);
  expect(folders.filter((name) => page?.text.includes(name.replace(/^\d-/, '')) !== true)).toEqual([]);
});

test('the lock file says what is installed, and not from where', () => {
  const lock = sourcesIn('.', 'package-lock.json').filter(({ path }) => path === 'package-lock.json');
  expect(lock).toHaveLength(1);
  expect(lock[0]?.text).toContain('"integrity"');
  expect(lock[0]?.text).not.toContain('"resolved"');
  expect(
    sourcesIn('.', '.npmrc')
      .map(({ text }) => text)
      .join(''),
  ).not.toMatch(/registry\s*=/);
});

interface OurImport {
  readonly from: string;
  readonly to: string;
  readonly isType: boolean;
}

/** Gives the imports of files of ours; asserts that they were found. */
function ourImports(files: readonly SourceFile[]): OurImport[] {
  const imports = files.flatMap((file) => importsOf(file).map((one) => ({ from: file.path, ...one })));
  const ours = imports.filter(({ to }) => to.endsWith('.ts'));
  expect(ours.length).toBeGreaterThan(files.length / 2);
  return ours;
}

function top(path: string): string {
  return path.split('/')[0] ?? '';
}

function phases(half: string, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, at) => `${half}/${from + at}-`);
}

/** Tells whether an import within a half goes from a phase to a later one, or to what is not shared with it. */
function isAgainstTheOrder(from: string, to: string): boolean {
  if (top(to) === 'table' || top(from) !== top(to)) return false;
  const beside = Object.entries(BESIDE).find(([place]) => from.startsWith(place));
  if (beside !== undefined) return ![beside[0], ...beside[1]].some((place) => to.startsWith(place));
  const phase = /^\w+\/(\d)-/.exec(from)?.[1];
  // The files at the top of a half see all of it: they are its table of contents.
  if (phase === undefined) return false;
  const allowed = [...phases(top(from), 1, Number(phase)), ...(SHARED[top(from)] ?? [])];
  return !allowed.some((place) => to.startsWith(place));
}
