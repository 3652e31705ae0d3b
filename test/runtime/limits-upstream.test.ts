import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { readRaw, sendRaw } from '../support/raw-caller.ts';
import { OK } from '../support/raw-upstream.ts';
import { codeOf, headOf, SILENCE, startSides } from '../support/sides.ts';
import { stuckListener } from '../support/stuck-listener.ts';

const closed = (): boolean => false;

test('call_timeout: 504 upstream_timeout', async () => {
  const { gateway, upstream } = await startSides({ connection: { call_timeout_ms: 1_000 }, answer: SILENCE });
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

test.each([
  ['without content', headOf('/vendor/a')],
  [
    'with chunks',
    `${headOf('POST /vendor/a HTTP/1.1', 'Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\n\r\n`,
  ],
])('call_timeout: interim responses do not put it off, %s', async (_name, caller) => {
  const { gateway, upstream } = await startSides({
    connection: { call_timeout_ms: 200 },
    answer:
      ({ socket }) =>
      () => {
        const more = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'), 20);
        socket.on('close', () => clearInterval(more));
      },
  });
  const answers = await sendRaw(gateway.port, caller);
  expect([answers.statuses, codeOf(answers.bytes)]).toEqual([[504], 'upstream_timeout']);
  await upstream.waitUntil(({ closedSockets }) => closedSockets === 1);
});

test('call_timeout: does not count while content is under way, interim responses or not', async () => {
  const { gateway } = await startSides({
    connection: { call_timeout_ms: 100 },
    answerAt: 'head',
    answer: ({ socket }) => {
      socket.on('data', (chunk: Buffer) => {
        if (chunk.toString().endsWith('0\r\n\r\n')) socket.write(OK);
      });
      return 'HTTP/1.1 103 Early Hints\r\n\r\n';
    },
  });
  const socket = connect(gateway.port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  socket.write(`${headOf('POST /vendor/a HTTP/1.1', 'Transfer-Encoding: chunked')}5\r\nhello\r\n`);
  await setTimeout(350);
  socket.write('0\r\n\r\n');
  expect((await readRaw(socket, (text) => text.endsWith('ok'))).statuses).toEqual([200]);
});

describe('content that its caller breaks off while it waits for a socket', () => {
  const CHUNKS = `${headOf('POST /vendor/queued HTTP/1.1', 'Transfer-Encoding: chunked')}5\r\nhello\r\n`;

  async function queued(limits: { body_idle_timeout_ms?: number } = {}) {
    const sides = await startSides({
      gateway: limits,
      connection: { upstream_sockets_max: 1, body_max_bytes: 10 },
      answer: SILENCE,
    });
    const first = sendRaw(sides.gateway.port, headOf('/vendor/first'));
    await sides.upstream.waitForRequests(1);
    const socket = connect(sides.gateway.port, '127.0.0.1').on('error', () => {});
    onTestFinished(() => {
      socket.destroy();
    });
    await once(socket, 'connect');
    socket.write(CHUNKS);
    // Answered behind it on the same event loop, so it is queued by then.
    expect((await sendRaw(sides.gateway.port, headOf('/nowhere'))).statuses).toEqual([404]);
    return { ...sides, socket, first };
  }

  test.each([
    ['too large', 413, {}, '10\r\n0123456789abcdef\r\n'],
    ['too slow', 408, { body_idle_timeout_ms: 200 }, ''],
  ])('%s: %i at once', async (_how, status, limits, more) => {
    const { upstream, socket, first } = await queued(limits);
    socket.write(more);
    expect((await readRaw(socket, (text) => text.includes('}\n'))).statuses).toEqual([status]);
    upstream.requests[0]?.socket.write(OK);
    expect((await first).statuses).toEqual([200]);
    expect(upstream.received()).not.toContain('/queued');
  });

  test('gone: the gateway goes on', async () => {
    const { gateway, upstream, socket, first } = await queued();
    socket.resetAndDestroy();
    await gateway.logged(({ msg, cut }) => msg === 'exchange' && cut === true);
    upstream.requests[0]?.socket.write(OK);
    expect((await first).statuses).toEqual([200]);
    expect(upstream.received()).not.toContain('/queued');
  });
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
