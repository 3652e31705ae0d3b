import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { check, head, seen } from '../support/attack.ts';
import type { Attack } from '../support/attack.ts';
import { readRaw, sendRaw } from '../support/raw-caller.ts';
import { headOf, SILENCE, startSides } from '../support/sides.ts';

/** Behind a message that is not trusted, nothing on that socket is a request (RFC 9112 9.6, 11.2). */
const NEXT = head('GET /vendor/next HTTP/1.1');
/** Without a key in it, whose length a test cannot know. */
const HIDDEN = 'GET /vendor/hidden HTTP/1.1\r\nHost: gw\r\n\r\n';
const NEXT_SEEN = seen('GET /v1/next HTTP/1.1');
const CONNECT = 'CONNECT gw:80 HTTP/1.1\r\nHost: gw:80\r\n\r\n';

const ENDED: [name: string, first: string, status: number, code: string][] = [
  ['a bad target', head('GET /vendor/../a HTTP/1.1'), 400, 'target_invalid'],
  [
    'both framings',
    `${head('POST /vendor/a HTTP/1.1', 'Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    400,
    'message_malformed',
  ],
  ['xchunked', head('POST /vendor/a HTTP/1.1', 'Transfer-Encoding: xchunked'), 400, 'message_malformed'],
  [
    'Transfer_Encoding',
    head('POST /vendor/a HTTP/1.1', 'Transfer_Encoding: chunked'),
    400,
    'message_malformed',
  ],
  [
    'Content_Length',
    head('POST /vendor/a HTTP/1.1', `Content_Length: ${NEXT.length}`),
    400,
    'message_malformed',
  ],
  ['two Hosts', head('GET /vendor/a HTTP/1.1', 'Host: gw'), 400, 'message_malformed'],
  ['two keys', head('GET /vendor/a HTTP/1.1', 'X-API-Key: b'), 400, 'message_malformed'],
  [
    'HTTP/1.0 chunked',
    head('POST /vendor/a HTTP/1.0', 'Transfer-Encoding: chunked'),
    400,
    'message_malformed',
  ],
  ['TRACE', head('TRACE /vendor/a HTTP/1.1'), 501, 'method_unsupported'],
  ['CONNECT', head('CONNECT gw:80 HTTP/1.1'), 501, 'method_unsupported'],
  [
    'a bad chunk',
    `${head('POST /vendor/a HTTP/1.1', 'Transfer-Encoding: chunked')}zz\r\n`,
    400,
    'message_malformed',
  ],
  ['no HTTP at all', '\x16\x03\x01\x02\r\n\r\n', 501, 'method_unsupported'],
];

const GOES_ON: Attack[] = [
  {
    name: 'an unknown connection',
    send: `${head('GET /nobody/a HTTP/1.1')}${NEXT}`,
    statuses: [404, 200],
    codes: ['route_unknown'],
    upstream: NEXT_SEEN,
  },
  {
    name: 'no key, with content',
    send: `POST /vendor/a HTTP/1.1\r\nHost: gw\r\nContent-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}${NEXT}`,
    statuses: [401, 200],
    codes: ['caller_unauthenticated'],
    upstream: NEXT_SEEN,
  },
];

describe('pipelined behind', () => {
  test.each(ENDED)('%s: never looked at', async (name, first, status, code) => {
    await check({ name, send: first + NEXT + NEXT, statuses: [status], codes: [code] });
  });

  test.each(GOES_ON)('$name: a request of its own', async (attack) => {
    await check(attack);
  });

  test.each([
    ['garbage', '\0\0\0\r\n\r\n'],
    ['CONNECT', CONNECT],
    [
      'a second framing',
      `${head('POST /vendor/b HTTP/1.1', 'Content-Length: 1', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    ],
  ])('%s behind a request under way waits for its answer, and ends the socket', async (name, behind) => {
    await check({
      name,
      send: NEXT + behind + NEXT,
      statuses: [200],
      upstream: NEXT_SEEN,
    });
  });

  // node lets go of the socket of a CONNECT: nobody would hear of its errors, its room or its end.
  test('CONNECT behind a request whose answer does not come ends the socket', async () => {
    const { gateway, upstream } = await startSides({ answer: SILENCE });
    const socket = connect(gateway.port, '127.0.0.1');
    socket.write(headOf('/vendor/a'));
    await upstream.waitForRequests(1);
    socket.write(CONNECT);
    expect(await readRaw(socket, () => false)).toMatchObject({ bytes: '', closed: true });
    await upstream.waitUntil(({ closedSockets }) => closedSockets === 1);
  });

  test.each([
    ['a request under way', headOf('/vendor/a')],
    ['a refused one', 'GET /vendor/a HTTP/1.1\r\nHost: gw\r\n\r\n'],
  ])('CONNECT behind %s, then a reset: the gateway goes on', async (_name, first) => {
    const { gateway } = await startSides({ answer: SILENCE });
    for (const wait_ms of [0, 0, 5, 10, 20]) {
      const socket = connect(gateway.port, '127.0.0.1').on('error', () => {});
      await once(socket, 'connect');
      socket.write(first + CONNECT);
      await setTimeout(wait_ms);
      socket.resetAndDestroy();
    }
    expect((await sendRaw(gateway.port, headOf('/nowhere'))).statuses).toEqual([404]);
  });

  test('answers keep the order of their requests', async () => {
    await check({
      name: 'order',
      send: head('GET /nobody/a HTTP/1.1') + NEXT + head('GET /vendor/.. HTTP/1.1') + NEXT,
      statuses: [404, 200, 400],
      codes: ['route_unknown', 'target_invalid'],
      upstream: NEXT_SEEN,
    });
  });
});
