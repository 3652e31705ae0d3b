import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { answerOf, startInvoking } from '../support/invoking.ts';
import type { Invoking } from '../support/invoking.ts';
import type { RawAnswer } from '../support/raw-upstream.ts';
import { headOf, SILENCE } from '../support/sides.ts';

// The memory that calls hold together: room for one call and a bit of its answer.

const MAX = 64 * 1024 + 100;
const TABLE = { limits: { invoke_memory_max_bytes: MAX } };
const CALL = { method: 'GET', path: '/a' };
const OK = answerOf('200 OK', 'application/json', '{}');

test('a call that finds no room is refused before it is sent, and has it when the other is answered', async () => {
  const { upstream, invoke } = await startInvoking({ table: TABLE, answer: SILENCE });
  const first = invoke(CALL);
  const [request] = await upstream.waitForRequests(1);
  const second = await invoke(CALL);
  expect([second.status, second.code]).toEqual([429, 'memory_budget']);
  expect(second.head).toContain('\r\nRetry-After: 1');
  request?.socket.write(OK);
  expect((await first).status).toBe(200);
  const third = invoke(CALL);
  (await upstream.waitForRequests(2))[1]?.socket.write(OK);
  expect((await third).status).toBe(200);
});

/** How a call may end; nothing of it is held behind that. */
const ENDINGS: Record<
  string,
  { readonly answer: RawAnswer; readonly input?: object; readonly status: number }
> = {
  'an answer': { answer: OK, status: 200 },
  'an answer that finds no room': { answer: answerOf('200 OK', 'text/plain', 'a'.repeat(5000)), status: 200 },
  'what is not told': { answer: answerOf('200 OK', 'image/png', 'x'), status: 415 },
  'an answer that breaks off': {
    answer: ({ socket }) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na'),
    status: 200,
  },
  'no answer': { answer: ({ socket }) => void socket.end(), status: 502 },
  'no answer in time': { answer: SILENCE, input: { timeout_seconds: 1 }, status: 504 },
  'a refusal on the way': { answer: OK, input: { grant: 'x' }, status: 400 },
};

test.each(Object.entries(ENDINGS))('given back behind: %s', async (_name, { answer, input, status }) => {
  let answers = 0;
  const { invoke } = await startInvoking({
    table: TABLE,
    answer: (request) => {
      answers += 1;
      return request.head.startsWith('GET /last') ? OK : answer;
    },
  });
  for (let times = 0; times < 2; times += 1)
    expect((await invoke({ ...CALL, ...input })).status).toBe(status);
  expect((await invoke({ method: 'GET', path: '/last' })).status).toBe(200);
  expect(answers).toBeGreaterThan(0);
});

test('given back when the caller is gone', async () => {
  const sides: Invoking = await startInvoking({ table: TABLE, answer: SILENCE });
  const content = JSON.stringify(CALL);
  const socket = connect(sides.gateway.port, '127.0.0.1');
  socket.write(
    headOf('POST /api/v1/gateway/vendor/invoke HTTP/1.1', `Content-Length: ${content.length}`) + content,
  );
  await sides.upstream.waitForRequests(1);
  socket.destroy();
  await sides.upstream.waitUntil(({ closedSockets }) => closedSockets === 1);
  await sides.gateway.logged(({ msg }) => msg === 'exchange');
  const next = sides.invoke(CALL);
  (await sides.upstream.waitForRequests(2))[1]?.socket.write(OK);
  expect((await next).status).toBe(200);
});

test('an answer that finds no room is cut, and says so', async () => {
  const { invoke } = await startInvoking({
    table: TABLE,
    answer: answerOf('200 OK', 'text/plain', 'a'.repeat(5000)),
  });
  const { answer } = await invoke(CALL);
  expect(answer['body_truncated']).toBe(true);
  expect(answer['hint']).toMatch(
    /^body is the first \d+ bytes, as text \(the memory of all calls is used up \(invoke_memory_max\)\): /,
  );
});
