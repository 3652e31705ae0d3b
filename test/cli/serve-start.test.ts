import { expect, test } from 'vitest';
import { folderOf } from '../support/folder.ts';
import { FREE_PORTS, gw } from '../support/gw-process.ts';
import { SIMPLE_ENVIRONMENT, simpleFolder } from '../support/simple-folder.ts';

const UPSTREAM = 'https://api.vendor.example';

test('without a table the start fails and says what to do', async () => {
  const ran = await gw(['serve', ...FREE_PORTS], { cwd: folderOf() });
  expect([ran.code, ran.stdout]).toEqual([1, '']);
  expect(ran.stderr).toBe(
    'gw: there is no compiled table here (build/table/digest); run gw compile, or pass --table\n',
  );
});

test('a file or a folder in place of the table is told, without a stack', async () => {
  const cwd = folderOf({ file: '', 'table/digest/a': '' });
  const onFile = await gw(['serve', '--table', 'file', ...FREE_PORTS], { cwd });
  expect([onFile.code, onFile.stderr]).toEqual([
    1,
    'gw: there is no compiled table here (file/digest); run gw compile, or pass --table\n',
  ]);
  const onFolder = await gw(['serve', '--table', 'table', ...FREE_PORTS], { cwd });
  expect([onFolder.code, onFolder.stderr]).toEqual([
    1,
    'gw: the table cannot be read: EISDIR: illegal operation on a directory, read\n',
  ]);
});

test('a host that has no address is wrong usage', async () => {
  const cwd = folderOf(simpleFolder(UPSTREAM));
  await gw(['compile'], { cwd });
  const ran = await gw(['serve', '--listen', 'nowhere.invalid:0'], { cwd, env: SIMPLE_ENVIRONMENT });
  expect(ran.code).toBe(2);
  expect(ran.stderr).toMatch(
    /^gw: cannot listen: getaddrinfo \S+ nowhere\.invalid; pass --listen or --control\n$/,
  );
});
