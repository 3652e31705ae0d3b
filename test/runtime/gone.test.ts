import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readRaw, sendRaw, wholeResponses } from '../support/raw-caller.ts';
import { OK } from '../support/raw-upstream.ts';
import { headOf, SILENCE, startSides } from '../support/sides.ts';

const GET = headOf('/vendor/a');

function openSocket(port: number): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  onTestFinished(() => {
    socket.destroy();
  });
  return socket;
}

describe('the caller is gone: the exchange with the upstream is broken off', () => {
  test.each([
    { when: 'before the answer', caller: GET, line: { cut: true, status: null } },
    {
      when: 'in the middle of the answer',
      caller: GET,
      answer: 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok',
      seen: 'ok',
      line: { cut: true, status: 200 },
    },
    // A caller that ends its side may still read: it is told that its content was not whole.
    {
      when: 'in the middle of its content',
      caller: `${headOf('POST /vendor/a HTTP/1.1', 'Content-Length: 100000')}hello`,
      line: { cut: false, status: 400 },
    },
    {
      when: 'in the middle of chunks',
      caller: `${headOf('POST /vendor/a HTTP/1.1', 'Transfer-Encoding: chunked')}5\r\nhello\r\n`,
      line: { cut: false, status: 400 },
    },
  ])('$when', async ({ caller, answer = SILENCE, seen = '', line }) => {
    const { upstream, gateway } = await startSides({ answer, answerAt: 'head' });
    const socket = openSocket(gateway.port);
    socket.write(caller);
    await upstream.waitForRequests(1);
    if (seen !== '') await readRaw(socket, (text) => text.endsWith(seen));
    socket.destroy();
    await upstream.waitUntil(({ closedSockets }) => closedSockets === 1);
    expect(await gateway.logged(({ msg }) => msg === 'exchange')).toMatchObject(line);
  });
});

test('the caller is gone with requests queued on its socket: each of them is broken off', async () => {
  const { upstream, gateway } = await startSides({ answer: SILENCE, gateway: { requests_in_flight_max: 3 } });
  const socket = openSocket(gateway.port);
  socket.write(headOf('/vendor/1') + headOf('/vendor/2') + headOf('/vendor/3'));
  await upstream.waitForRequests(3);
  socket.destroy();
  await upstream.waitUntil(({ closedSockets }) => closedSockets === 3);
  const lines = () => gateway.log.filter(({ msg }) => msg === 'exchange');
  await gateway.logged(() => lines().length === 3);
  expect(lines()).toMatchObject(Array.from({ length: 3 }, () => ({ cut: true, status: null })));
  // None of them is counted any more: there is room for others.
  expect((await sendRaw(gateway.port, headOf('/nowhere'))).statuses).toEqual([404]);
});

describe('the upstream is gone', () => {
  test.each([
    ['at once', ''],
    ['in the middle of its head', 'HTTP/1.1 200 OK\r\nContent-'],
  ])('before its head, %s: 502', async (_when, bytes) => {
    const { gateway } = await startSides({
      answer: ({ socket }) => {
        socket.end(Buffer.from(bytes));
        return SILENCE;
      },
    });
    const answers = await sendRaw(gateway.port, GET);
    expect(answers.statuses).toEqual([502]);
    expect(answers.bytes).toContain('\r\nGateway-Error: upstream_unreachable\r\n');
  });

  test.each([
    ['with a length', 'Content-Length: 10\r\n\r\nok', 'ok'],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n', '2\r\nok\r\n'],
  ])('in the middle of its content, %s: the caller sees the cut', async (_how, bytes, seen) => {
    const { upstream, gateway } = await startSides({ answer: `HTTP/1.1 200 OK\r\n${bytes}` });
    const caller = openSocket(gateway.port);
    caller.write(GET);
    await readRaw(caller, (text) => text.endsWith(`\r\n\r\n${seen}`));
    upstream.requests[0]?.socket.destroy();
    const rest = await readRaw(caller, () => false);
    expect([rest.bytes, rest.closed]).toEqual(['', true]);
    expect(await gateway.logged(({ msg }) => msg === 'exchange')).toMatchObject({ cut: true, status: 200 });
  });

  test('between two requests: the next one is sent on a new socket', async () => {
    const { upstream, gateway } = await startSides({ answer: OK });
    expect((await sendRaw(gateway.port, GET)).statuses).toEqual([200]);
    upstream.requests[0]?.socket.destroy();
    await upstream.waitUntil(({ closedSockets }) => closedSockets === 1);
    // The gateway has read the end of that socket when it has answered once more.
    await sendRaw(gateway.port, 'GET /probe HTTP/1.1\r\nHost: gw\r\n\r\n');
    expect((await sendRaw(gateway.port, GET)).statuses).toEqual([200]);
    expect(upstream.sockets).toBe(2);
  });
});

describe('an upstream that answers once too often', () => {
  const TWO = `${OK}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`;

  test('its second answer reaches nobody, though the next request waits for that socket', async () => {
    let asked = 0;
    const { upstream, gateway } = await startSides({
      connection: { upstream_sockets_max: 1 },
      answer: () => (asked++ === 0 ? TWO : OK),
    });
    // Pipelined, so that the second is queued before the first is answered.
    const answers = await sendRaw(
      gateway.port,
      headOf('/vendor/1') + headOf('/vendor/2'),
      (text) => wholeResponses(text) === 2,
    );
    expect(answers.statuses).toEqual([200, 200]);
    expect(answers.bytes).not.toContain('evil');
    expect(upstream.requests.map(({ head }) => head.split(' ')[1])).toEqual(['/1', '/2']);
    expect(upstream.sockets).toBe(2);
  });
});
