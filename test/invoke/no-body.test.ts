import { expect, test } from 'vitest';
import { answerOf, startInvoking } from '../support/invoking.ts';
import { sendRaw } from '../support/raw-caller.ts';
import type { RawAnswer } from '../support/raw-upstream.ts';
import { headOf, SILENCE } from '../support/sides.ts';

// What is told where a body is not, or no answer came.

const GET = { method: 'GET', path: '/a' };

const UNTOLD: Record<string, readonly [answer: Buffer, detail: string]> = {
  'an image': [
    answerOf('201 Created', 'image/png', Buffer.from([1, 2, 3])),
    'the call was made and the upstream answered 201: do not repeat it to be sure. The body is no text (image/png, 3 bytes) and is not told; invoke-raw streams it',
  ],
  'bytes of which nothing is said': [
    answerOf('200 OK', '', Buffer.from([0x50, 0x4b, 0, 1])),
    'the call was made and the upstream answered 200: do not repeat it to be sure. The body is no text (no Content-Type, 4 bytes) and is not told; invoke-raw streams it',
  ],
  'a coding that nobody here decodes': [
    answerOf('200 OK', 'text/plain', 'x', 'Content-Encoding: zstd'),
    'the call was made and the upstream answered 200: do not repeat it to be sure. The body is in a Content-Encoding that is not decoded here (text/plain) and is not told; invoke-raw streams it',
  ],
};

test.each(Object.entries(UNTOLD))('not told: %s', async (_name, [answer, detail]) => {
  const { upstream, invoke } = await startInvoking({ answer });
  const called = await invoke({ method: 'POST', path: '/a' });
  expect([called.status, called.code, called.detail]).toEqual([415, 'body_not_inlineable', detail]);
  expect(upstream.requests.length).toBe(1);
});

const FAILURES: Record<string, readonly [answer: RawAnswer, status: number, code: string]> = {
  'what is no HTTP': ['nonsense\r\n\r\n', 502, 'upstream_protocol'],
  'a closed socket': [({ socket }) => void socket.end(), 502, 'upstream_unreachable'],
  'no answer in time': [() => {}, 504, 'upstream_timeout'],
};

test.each(Object.entries(FAILURES))('no answer: %s', async (_name, [answer, status, code]) => {
  const { invoke } = await startInvoking({ answer });
  const called = await invoke({ ...GET, timeout_seconds: 1 });
  expect([called.status, called.code]).toEqual([status, code]);
});

test('a call may take longer than call_timeout, if it says so', async () => {
  const { upstream, gateway, invoke } = await startInvoking({
    connection: { limits: { call_timeout_ms: 100 } },
    answer: SILENCE,
  });
  const calling = invoke({ ...GET, timeout_seconds: 30 });
  const [first] = await upstream.waitForRequests(1);
  // Another request that came later and is over its time by now.
  expect((await sendRaw(gateway.port, headOf('/vendor/b'))).statuses).toEqual([504]);
  first?.socket.write(answerOf('200 OK', 'application/json', '1'));
  const called = await calling;
  expect([called.status, called.answer['body']]).toEqual([200, 1]);
});
