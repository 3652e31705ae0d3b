import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, writeFiles } from '../support/folder.ts';
import { FREE_PORTS, gw, listening, startGw } from '../support/gw-process.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { jsonAnswer, seenRequest } from '../support/seen-request.ts';

test('init, key create, compile, serve and call: a request goes through and back', async () => {
  const upstream = await rawUpstream(jsonAnswer({ hello: 'newcomer' }));
  const dir = folderOf();
  expect(await gw(['init'], { cwd: dir })).toMatchObject({ code: 0 });
  const example = join(dir, 'gateway.d/10-example.yaml');
  writeFileSync(
    example,
    readFileSync(example, 'utf8').replaceAll('https://httpbin.org', `${upstream.origin}/anything`),
  );
  const { stdout } = await gw(['key', 'create', 'bot']);
  const [printed = '', yaml = ''] = stdout.split('# For a file in gateway.d/:\n');
  const botKey = /^gw_\S+$/m.exec(printed)?.[0] ?? '';
  writeFiles(dir, { 'gateway.d/20-bot.yaml': yaml });
  expect(await gw(['compile'], { cwd: dir })).toMatchObject({ code: 0, stderr: '' });
  const running = startGw(['serve', ...FREE_PORTS], { cwd: dir, env: { GW_KEY: 'k'.repeat(40) } });
  const { base } = await listening(running);

  for (const key of ['k'.repeat(40), botKey]) {
    const ran = await gw(['call', 'GET', '/example/get', '-f', 'a=b'], {
      env: { GW_KEY: key, GW_URL: base },
    });
    expect(ran).toEqual({ code: 0, stdout: '{"hello":"newcomer"}', stderr: '' });
  }
  for (const seen of upstream.requests.map(seenRequest)) {
    expect(seen.line).toBe('GET /anything/get?a=b HTTP/1.1');
    expect(seen.field('X-Sent-By')).toEqual(['gw']);
    expect(seen.field('Authorization')).toEqual([]);
  }
  expect(upstream.requests).toHaveLength(2);
  const { caller } = await running.logged(({ msg, caller: name }) => msg === 'exchange' && name === 'bot');
  expect(caller).toBe('bot');

  const refused = await gw(['call', 'GET', '/example/get'], { env: { GW_KEY: 'wrong', GW_URL: base } });
  expect(refused).toMatchObject({
    code: 4,
    stderr: 'gw call: the gateway answered itself: caller_unauthenticated (docs/problems.md)\n',
  });
});
