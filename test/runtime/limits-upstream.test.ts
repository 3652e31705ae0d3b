import { connect } from 'node:net';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { readRaw, sendRaw } from '../support/raw-caller.ts';
import { OK } from '../support/raw-upstream.ts';
import { codeOf, headOf, SILENCE, startSides } from '../support/sides.ts';
import { stuckListener } from '../support/stuck-listener.ts';

const closed = (): boolean => false;

test('call_timeout: 504 upstream_timeout', async () => {
  const { gateway, upstream } = await startSides({ connection: { call_timeout_ms: 100 }, answer: SILENCE });
  const answers = await sendRaw(gateway.port, headOf('/vendor/a'));
  expect([answers.statuses, codeOf(answers.bytes)]).toEqual([[504], 'upstream_timeout']);
  expect(upstream.requests).toHaveLength(1);
  await upstream.waitUntil(({ closedSockets }) => closedSockets === 1);
});

test('upstream_headers_max: 502 upstream_protocol', async () => {
  const { gateway } = await startSides({
    connection: { upstream_headers_max_bytes: 256 },
    answer: `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(400)}\r\nContent-Length: 0\r\n\r\n`,
  });
  const answers = await sendRaw(gateway.port, headOf('/vendor/a'));
  expect([answers.statuses, codeOf(answers.bytes)]).toEqual([[502], 'upstream_protocol']);
});

test('body_idle_timeout: an upstream that stops reading is not the fault of the caller', async () => {
  const { gateway } = await startSides({
    gateway: { body_idle_timeout_ms: 500 },
    connection: { call_timeout_ms: 2_000 },
    answerAt: 'head',
    answer: ({ socket }) => {
      socket.pause();
      return SILENCE;
    },
  });
  const content = Buffer.alloc(16 * 1024 * 1024);
  const head = Buffer.from(headOf('POST /vendor/a HTTP/1.1', `Content-Length: ${content.length}`));
  const answers = await sendRaw(gateway.port, Buffer.concat([head, content]));
  expect([answers.statuses, codeOf(answers.bytes)]).toEqual([[504], 'upstream_timeout']);
});

const notLinux =
  process.platform === 'linux' ? '' : ' (not tried: only Linux drops what a full accept queue cannot hold)';
test.skipIf(notLinux !== '')(`connect_timeout: 502 upstream_unreachable${notLinux}`, async () => {
  const port = await stuckListener();
  const gateway = await startGateway({
    connections: { vendor: { base_url: `http://127.0.0.1:${port}`, limits: { connect_timeout_ms: 100 } } },
  });
  const answers = await sendRaw(gateway.port, headOf('/vendor/a'));
  expect([answers.statuses, codeOf(answers.bytes)]).toEqual([[502], 'upstream_unreachable']);
  const line = await gateway.logged(({ msg }) => msg === 'exchange');
  expect(line['error']).toBe('UND_ERR_CONNECT_TIMEOUT');
});

test('call_timeout: the wait for a socket counts', async () => {
  const { gateway, upstream } = await startSides({
    connection: { call_timeout_ms: 500, upstream_sockets_max: 1 },
    answer: ({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n');
      return SILENCE;
    },
  });
  const first = connect(gateway.port, '127.0.0.1');
  onTestFinished(() => {
    first.destroy();
  });
  first.write(headOf('/vendor/first'));
  await readRaw(first, (text) => text.includes('\r\n\r\n'));
  const second = await sendRaw(gateway.port, headOf('/vendor/second'));
  expect([second.statuses, codeOf(second.bytes)]).toEqual([[504], 'upstream_timeout']);
  expect(upstream.received()).not.toContain('/second');
});

test('upstream_idle_timeout: the answer is cut, so that the caller sees it', async () => {
  const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n';
  const { gateway } = await startSides({ connection: { upstream_idle_timeout_ms: 100 }, answer: head });
  const answers = await sendRaw(gateway.port, headOf('/vendor/a'), closed);
  expect([answers.statuses, answers.closed]).toEqual([[200], true]);
  expect(answers.bytes.endsWith('\r\n\r\n2\r\nok\r\n')).toBe(true);
  const line = await gateway.logged(({ msg }) => msg === 'exchange');
  expect([line['cut'], line['error']]).toEqual([true, 'UND_ERR_BODY_TIMEOUT']);
});

test('upstream_sockets_max: what is over it is queued, and sent in order', async () => {
  const { gateway, upstream } = await startSides({
    connection: { upstream_sockets_max: 1 },
    answer: SILENCE,
  });
  const first = sendRaw(gateway.port, headOf('/vendor/first'));
  await upstream.waitForRequests(1);
  const second = sendRaw(gateway.port, headOf('/vendor/second'));
  // A request to another path of the gateway is answered behind the second on the same event loop.
  expect((await sendRaw(gateway.port, headOf('/nowhere'))).statuses).toEqual([404]);
  expect(upstream.requests).toHaveLength(1);
  upstream.requests[0]?.socket.write(OK);
  expect((await first).statuses).toEqual([200]);
  await upstream.waitForRequests(2);
  upstream.requests[1]?.socket.write(OK);
  expect((await second).statuses).toEqual([200]);
  expect([upstream.sockets, upstream.requests.map(({ head }) => head.split(' ')[1])]).toEqual([
    1,
    ['/first', '/second'],
  ]);
});

test('upstream_queue_max: 503 overloaded with Retry-After', async () => {
  const { gateway, upstream } = await startSides({
    connection: { upstream_sockets_max: 1, upstream_queue_max: 1 },
    answer: SILENCE,
  });
  const socket = connect(gateway.port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  // Pipelined, so that the queue is full before the third is looked at.
  socket.write(headOf('/vendor/first') + headOf('/vendor/second'));
  await upstream.waitForRequests(1);
  const third = await sendRaw(gateway.port, headOf('/vendor/third'));
  expect([third.statuses, codeOf(third.bytes)]).toEqual([[503], 'overloaded']);
  expect(third.bytes).toContain('\r\nRetry-After: 1\r\n');
  expect(third.bytes).toContain('(upstream_queue_max)');
});

test('upstream_queue_max: a caller that gives up counts until its request has left the queue', async () => {
  const { gateway, upstream } = await startSides({
    connection: { upstream_sockets_max: 1, upstream_queue_max: 1 },
    answer: SILENCE,
  });
  const first = sendRaw(gateway.port, headOf('/vendor/first'));
  await upstream.waitForRequests(1);
  const second = connect(gateway.port, '127.0.0.1');
  await once(second, 'connect');
  second.write(headOf('/vendor/second'));
  // Answered behind the second on the same event loop, so the second is queued by then.
  expect((await sendRaw(gateway.port, headOf('/nowhere'))).statuses).toEqual([404]);
  second.destroy();
  await gateway.logged(({ msg, cut }) => msg === 'exchange' && cut === true);
  const third = await sendRaw(gateway.port, headOf('/vendor/third'));
  expect([third.statuses, codeOf(third.bytes)]).toEqual([[503], 'overloaded']);
  upstream.requests[0]?.socket.write(OK);
  expect((await first).statuses).toEqual([200]);
  const fourth = sendRaw(gateway.port, headOf('/vendor/fourth'));
  await upstream.waitForRequests(2);
  upstream.requests[1]?.socket.write(OK);
  expect((await fourth).statuses).toEqual([200]);
  expect(upstream.received()).not.toContain('/second');
});
