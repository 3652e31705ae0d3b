import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startKeyAdder } from '../support/key-adder.ts';
import { runProgram } from '../support/run-program.ts';
import { GATEWAY_KEY, startFromYaml } from '../support/yaml-gateway.ts';

// The protocol's own suite. Scenarios that a server of three tools cannot pass stand in the file, each with its reason;
// the suite fails where one does not pass that should, and where one passes that stands there.

const SUITE = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/dist/index.js');
const EXPECTED = join(import.meta.dirname, 'conformance-failures.yaml');

/**
 * What applies to a server that has tools and nothing else. `server-sse-polling` passes too, with nothing to check: an
 * answer is JSON, and no stream that could be polled.
 */
const APPLIES = [
  'server-initialize',
  'ping',
  'tools-list',
  'server-sse-multiple-streams',
  'dns-rebinding-protection',
];

test('the conformance suite of MCP', { timeout: 240_000 }, async () => {
  const adder = await startKeyAdder(GATEWAY_KEY);
  const gateway = await startFromYaml(
    'connections: { vendor: { base_url: "http://127.0.0.1:9", auth_mode: none } }\n',
    {},
    { publicUrl: `http://localhost:${adder.port}` },
  );
  adder.to(gateway.port);
  // It writes its results into the folder that it runs in.
  const cwd = mkdtempSync(join(tmpdir(), 'gw-conformance-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const url = `http://localhost:${adder.port}/mcp`;
  const parameters = ['server', '--url', url, '--suite', 'all', '--expected-failures', EXPECTED];
  const { code, stdout, stderr } = await runProgram(process.execPath, [SUITE, ...parameters], { cwd });
  const passed = [...stdout.matchAll(/^✓ ([\w-]+): (\d+) passed, 0 failed/gm)]
    .filter(([, , checks]) => Number(checks) > 0)
    .map(([, scenario]) => scenario);
  expect([passed, code, code === 0 ? '' : stdout + stderr]).toEqual([expect.arrayContaining(APPLIES), 0, '']);
  const listed = readFileSync(EXPECTED, 'utf8');
  expect(APPLIES.filter((scenario) => listed.includes(`- ${scenario}\n`))).toEqual([]);
});
