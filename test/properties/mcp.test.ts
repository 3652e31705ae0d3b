import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Invoking } from '../support/invoking.ts';
import { sendRaw } from '../support/raw-caller.ts';
import { checkSent, startRuled } from '../support/ruled.ts';
import { strictRequests } from '../support/strict-requests.ts';
import { TEST_KEY } from '../support/table.ts';
import { callsOfModels } from './odd-calls.ts';
import { RUNS } from './runs.ts';

let sides: Invoking;

beforeAll(async () => {
  sides = await startRuled();
});

afterAll(() => sides.gateway.serving.close());

/** What a tool call came to: an answer of the upstream has no code. */
interface Told {
  readonly code: string | null;
  readonly status: unknown;
}

/** Calls `api_invoke_endpoint` as bytes: a client of the SDK would check what it is to send. */
async function callTool(given: object): Promise<Told> {
  const { port } = sides.gateway;
  const params = { name: 'api_invoke_endpoint', arguments: given };
  const content = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
  const head = [
    'POST /mcp HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    `X-API-Key: ${TEST_KEY}`,
    'Accept: application/json, text/event-stream',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(content)}`,
    'Connection: close',
  ].join('\r\n');
  const { bytes, statuses } = await sendRaw(port, Buffer.from(`${head}\r\n\r\n${content}`, 'utf8'));
  expect(statuses).toEqual([200]);
  const { result } = JSON.parse(bytes.slice(bytes.indexOf('\r\n\r\n') + 4)) as {
    result: { isError?: boolean; content: { text: string }[]; structuredContent?: { status: unknown } };
  };
  const told = JSON.parse(result.content[0]?.text ?? '{}') as { error?: { code: string } };
  return {
    code: result.isError === true ? (told.error?.code ?? 'none') : null,
    status: result.structuredContent?.status,
  };
}

/** What a model may be told in place of an answer: never that something went wrong here. */
const REFUSALS = [
  'request_invalid',
  'target_invalid',
  'target_too_large',
  'headers_too_large',
  'forbidden',
  'operation_unknown',
  'route_unknown',
  'method_not_allowed',
  'connection_missing',
];

test('no argument of a model, however odd, sends a header, host or path that the rules refuse', async () => {
  let sent = 0;
  await fc.assert(
    fc.asyncProperty(callsOfModels, async (given) => {
      const before = sides.upstream.requests.length;
      const { code, status } = await callTool(given);
      const requests = sides.upstream.requests.slice(before);
      expect(requests.length).toBe(code === null ? 1 : 0);
      expect(code === null ? [200] : REFUSALS).toContain(code ?? status);
      for (const { head } of requests) checkSent(sides, head);
      sent += requests.length;
    }),
    { numRuns: RUNS / 2 },
  );
  // The property was not held by refusing everything.
  expect(sent).toBeGreaterThan(RUNS / 20);
  expect(strictRequests(sides.upstream.received()).length).toBe(sides.upstream.requests.length);
});
