import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { runProgram } from '../support/run-program.ts';
import type { Ran } from '../support/run-program.ts';

// The ports that the demo likes are taken in both tests, by the test or by whatever else runs here: a
// test that needed them free would fail beside another one.

const DEMO = join(inject('built'), 'dist/demo/demo.js');

test('the demo shows what the upstream saw and what came back, and ends', async () => {
  await take([4010, 8080, 8081]);
  const ran = await runProgram(process.execPath, [DEMO, '--once']);
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  expectExchange(ran);
});

test('without --once it stays up until it is interrupted, with curl lines to try', async () => {
  await take([8080]);
  const child = spawn(process.execPath, [DEMO], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'close');
  const stdout = await new Promise<string>((resolve) => {
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      if (printed.includes('no key: 401\n')) resolve(printed);
    });
  });
  const [line = ''] = /curl -H .*\/library\/books$/m.exec(stdout) ?? [];
  const [, key, url] = /^curl -H "Authorization: Bearer (\S+)" (\S+)$/.exec(line) ?? [];
  const response = await fetch(String(url), { headers: { Authorization: `Bearer ${key}` } });
  expect(await response.json()).toMatchObject({ books: [{ id: '2' }, { id: '1' }] });
  expect((await fetch(String(url))).status).toBe(401);
  child.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
});

function expectExchange({ stdout }: Ran): void {
  const vendorKey = /It wants the key (sample_[0-9a-f]+)\./.exec(stdout)?.[1];
  expect(stdout).toMatch(/compiled 1 connection, 1 catalog, 4 operations; table [0-9a-f]{64}\n/);
  const [, saw = '', back = ''] = /What the upstream saw:\n(.*)What came back:\n(.*)$/s.exec(stdout) ?? [];
  const lines = saw.split('\n').map((line) => line.trim());
  expect(lines[0]).toBe('GET /v1/books?limit=1 HTTP/1.1');
  expect(lines.filter((line) => /^(?:authorization|library-version|x-library-branch):/i.test(line))).toEqual([
    'Library-Version: 2',
    'X-Library-Branch: harbour',
    `Authorization: Bearer ${vendorKey}`,
  ]);
  expect(back).toMatch(/^ *HTTP\/1\.1 200\n/);
  expect(back).toContain('{"books":[{"id":"2","title":"Lights along the Coast","author":"B. Keeper"}]}');
  expect(back).not.toContain(String(vendorKey));
}

/** Listens on these ports of 127.0.0.1; where another program does, that is as good. */
async function take(ports: readonly number[]): Promise<void> {
  for (const port of ports) {
    const server = createServer();
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => {
      server.once('error', () => resolve()).listen(port, '127.0.0.1', resolve);
    });
  }
}
