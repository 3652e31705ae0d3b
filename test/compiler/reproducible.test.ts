import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  readFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { encodeTable } from '../../table/encode.ts';
import { compileCase, FIXTURES } from './check.ts';

const CASE = join(FIXTURES, 'accept', 'catalogs');
const temporary = mkdtempSync(join(tmpdir(), 'gw-same-'));

afterAll(() => {
  rmSync(temporary, { recursive: true, force: true });
});

async function digestOf(folder: string): Promise<string> {
  const { table } = await compileCase(folder);
  if (table === null) throw new Error('the case does not compile');
  return encodeTable(table).digest;
}

function filesOf(folder: string, under = ''): string[] {
  return readdirSync(join(folder, under)).flatMap((name) => {
    const path = join(under, name);
    return statSync(join(folder, path)).isDirectory() ? filesOf(folder, path) : [path];
  });
}

test('the same bytes in another folder', async () => {
  const other = join(temporary, 'some where', 'élsewhere');
  cpSync(CASE, other, { recursive: true });
  expect(await digestOf(other)).toBe(await digestOf(CASE));
});

test('the same bytes whatever the order in which files were made', async () => {
  const other = join(temporary, 'reversed');
  const files = filesOf(CASE).sort().toReversed();
  expect(files.length).toBeGreaterThan(5);
  for (const file of files) {
    mkdirSync(dirname(join(other, file)), { recursive: true });
    writeFileSync(join(other, file), readFileSync(join(CASE, file)));
  }
  expect(await digestOf(other)).toBe(await digestOf(CASE));
});

test.each([
  ['UTC', 'C'],
  ['Asia/Kathmandu', 'tr_TR.UTF-8'],
  ['America/St_Johns', 'sv_SE.UTF-8'],
])('the same bytes in time zone %s and locale %s', async (zone, locale) => {
  const script = join(temporary, 'digest.mts');
  const root = join(FIXTURES, '..', '..');
  writeFileSync(
    script,
    `import { compile } from ${JSON.stringify(join(root, 'compiler/compile.ts'))};
import { readWorkspace } from ${JSON.stringify(join(root, 'compiler/1-read/read-workspace.ts'))};
import { encodeTable } from ${JSON.stringify(join(root, 'table/encode.ts'))};
const folder = ${JSON.stringify(CASE)};
const { table } = await compile(readWorkspace(folder, folder + '/builtin'), { literalSecrets: 'error' });
if (table !== null) process.stdout.write(encodeTable(table).digest);
`,
  );
  const printed = execFileSync(process.execPath, ['--import', 'tsx', script], {
    cwd: root,
    env: { ...process.env, TZ: zone, LANG: locale, LC_ALL: locale },
    encoding: 'utf8',
  });
  expect(printed).toBe(await digestOf(CASE));
});
