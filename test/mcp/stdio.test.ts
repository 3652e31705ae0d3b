import { expect, test } from 'vitest';
import { gw } from '../support/gw-process.ts';
import { startFromYaml } from '../support/yaml-gateway.ts';

// What `gw mcp` says where there is nothing to pass on; what it passes on is in end-to-end.test.ts.

test('gw mcp without a key is wrong usage, and standard output stays empty', async () => {
  const ran = await gw(['mcp'], { input: '' });
  expect(ran).toEqual({ code: 2, stdout: '', stderr: 'gw: set GW_KEY to your gateway key\n' });
});

test('what the gateway refuses is an answer to the message', async () => {
  const gateway = await startFromYaml(
    'connections: { vendor: { base_url: "http://127.0.0.1:9", auth_mode: none } }\n',
    {},
  );
  const { code, stdout } = await gw(['mcp', '--url', gateway.base], {
    env: { GW_KEY: 'wrong' },
    input: '{"jsonrpc":"2.0","id":7,"method":"ping"}\nnot JSON\n',
  });
  expect(code).toBe(0);
  const answers = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: unknown; error: { code: number } });
  expect(answers.map(({ id, error }) => [id, error.code])).toEqual([
    [7, -32_000],
    [null, -32_700],
  ]);
});
