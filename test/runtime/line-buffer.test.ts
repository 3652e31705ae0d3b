import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lineBuffer } from '../../runtime/observe/line-buffer.ts';

test('every line is written once, in order, however many there are', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gw-lines-'));
  const file = openSync(join(folder, 'log'), 'a');
  onTestFinished(() => {
    closeSync(file);
    rmSync(folder, { recursive: true });
  });
  const buffer = lineBuffer(file);
  const lines = Array.from({ length: 20_000 }, (_, at) => `line ${at} ü\n`);
  for (const line of lines.slice(0, 10_000)) buffer.write(line);
  await buffer.flush();
  expect(readFileSync(join(folder, 'log'), 'utf8')).toBe(lines.slice(0, 10_000).join(''));
  for (const line of lines.slice(10_000)) buffer.write(line);
  await Promise.all([buffer.flush(), buffer.flush()]);
  expect(readFileSync(join(folder, 'log'), 'utf8')).toBe(lines.join(''));
});

test('a flush of nothing resolves', async () => {
  await expect(lineBuffer(1).flush()).resolves.toBeUndefined();
});

test('what is left at the exit is written then', () => {
  const module = join(import.meta.dirname, '../../runtime/observe/line-buffer.ts');
  const script = `import { lineBuffer } from ${JSON.stringify(module)};
    const buffer = lineBuffer(1);
    buffer.write('one\\n');
    buffer.write('two\\n');
    process.exit(0);`;
  const run = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    encoding: 'utf8',
    cwd: join(import.meta.dirname, '../..'),
  });
  expect([run.stdout, run.stderr, run.status]).toEqual(['one\ntwo\n', '', 0]);
});
