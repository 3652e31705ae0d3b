import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { runProgram } from '../support/run-program.ts';
import { folderOf } from '../support/folder.ts';
import { GW } from '../support/gw-process.ts';
import { bundledPackages } from '../support/loaded-sources.ts';

const BUILT = inject('built');
const ROOT = join(import.meta.dirname, '../..');

test('the licence of each package whose code is in the bundle comes with it', () => {
  const bundled = bundledPackages(BUILT);
  expect(bundled).toEqual(expect.arrayContaining(['commander', 'pino', 'yaml']));
  const texts = readFileSync(join(BUILT, 'dist/THIRD-PARTY.txt'), 'utf8');
  const named = [...texts.matchAll(/^((?:@[\w.-]+\/)?[\w.-]+) \d+\.\d+\.\d+$/gm)].map((match) => match[1]);
  expect(named).toEqual(bundled);
  expect(texts.match(/without fee|free of charge/g)?.length).toBe(bundled.length);
});

test('what the bundle requires of installed packages has a CommonJS form', async () => {
  const texts = readdirSync(join(BUILT, 'dist'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(join(BUILT, 'dist', name), 'utf8'));
  const required = texts.flatMap((text) =>
    [...text.matchAll(/\brequire(?:\$\d+)?\("([\w@][^"]*)"\)/g)].map(([, id]) => id ?? ''),
  );
  const installed = [...new Set(required)].filter((id) => !isBuiltin(id)).toSorted();
  expect(installed).toEqual(
    expect.arrayContaining(['ajv/dist/2020.js', 'js-yaml', 'undici/lib/dispatcher/pool.js']),
  );
  // An ES module would be loaded as well, with a warning.
  const program = `for (const id of ${JSON.stringify(installed)}) require(id)`;
  const ran = await runProgram(process.execPath, ['-e', program], { cwd: ROOT });
  expect(ran).toMatchObject({ code: 0, stderr: '' });
});

test('with source maps, a stack leads to the sources', async () => {
  const cwd = folderOf({ 'throws.mjs': "process.stdout.write = () => { throw new Error('from here'); };\n" });
  const parameters = ['--enable-source-maps', '--import', join(cwd, 'throws.mjs'), GW, 'key', 'create', 'me'];
  const { code, stderr } = await runProgram(process.execPath, parameters, { cwd });
  expect(code).toBe(2);
  expect(stderr).toMatch(/from here[^]+cli\/key\.ts:\d+:\d+/);
});
