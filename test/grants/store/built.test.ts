import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { bundle } from '../../../bundle.ts';
import { folderOf } from '../../support/folder.ts';
import { runProgram } from '../../support/run-program.ts';

const ROOT = join(import.meta.dirname, '../../..');

test('the built program has the migrations with it, and loads the driver that it uses alone', async () => {
  const folder = folderOf();
  await bundle(join(folder, 'dist'), ['runtime/grants/store/open-store', 'runtime/hidden']);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  const at = (name: string): string => JSON.stringify(pathToFileURL(join(folder, 'dist/runtime', name)).href);
  const program = `
    import { createRequire } from 'node:module';
    const { openStore } = await import(${at('grants/store/open-store.js')});
    const { Hidden } = await import(${at('hidden.js')});
    const store = await openStore(new Hidden(${JSON.stringify(`sqlite:${folder}/gw.db`)}), { keys: null, keyMade: () => {} });
    await store.create({ connection: 'stripe', account: null, method: 'OAUTH2' });
    console.log((await store.list({}, { after: null, limit: 5 })).length, await store.health());
    const hasPg = () => Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes('/pg/'));
    console.log(hasPg());
    await import('pg');
    console.log(hasPg());
    await store.close();`;
  const ran = await runProgram(process.execPath, ['--input-type=module', '--eval', program], { cwd: folder });
  expect(ran).toMatchObject({ code: 0, stdout: '1 ready\nfalse\ntrue\n' });
});
