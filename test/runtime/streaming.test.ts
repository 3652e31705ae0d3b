import { createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { gatewayProcess } from '../support/gateway-process.ts';
import { startGateway } from '../support/gateway.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import type { RawAnswer, RawRequest, RawUpstream, RawUpstreamOptions } from '../support/raw-upstream.ts';
import { readRaw, sendRaw } from '../support/raw-caller.ts';
import { TEST_KEY } from '../support/table.ts';

const MIB = 1024 * 1024;
const BLOCK = Buffer.from(Uint8Array.from({ length: 64 * 1024 }, (_, at) => (at * 31) % 251));
const HEADERS = { 'X-API-Key': TEST_KEY };
const SILENCE: RawAnswer = () => {};

/** Writes BLOCK again and again, as fast as the other side takes it. */
async function pour(sink: Writable, bytes: number): Promise<void> {
  for (let sent = 0; sent < bytes; sent += BLOCK.length) {
    if (!sink.write(BLOCK)) await once(sink, 'drain');
  }
}

/** Reads to the end. Gives the length, and whether every byte is the one that was poured. */
async function drink(source: IncomingMessage): Promise<{ bytes: number; intact: boolean }> {
  const twice = Buffer.concat([BLOCK, BLOCK]);
  let bytes = 0;
  let intact = true;
  for await (const piece of source) {
    const chunk = piece as Buffer;
    for (let at = 0; at < chunk.length; at += BLOCK.length) {
      const part = chunk.subarray(at, at + BLOCK.length);
      const from = (bytes + at) % BLOCK.length;
      intact &&= twice.subarray(from, from + part.length).equals(part);
    }
    bytes += chunk.length;
  }
  return { bytes, intact };
}

/** An upstream that takes what it is sent and tells its size, and that pours as much as the path says. */
async function largeUpstream(): Promise<number> {
  const server = createServer((request, response) => {
    const size = Number(request.url?.slice(1));
    if (request.method === 'GET') {
      response.writeHead(200, { 'Content-Length': size });
      void pour(response, size).then(() => response.end());
    } else {
      void drink(request).then((drunk) => response.end(JSON.stringify(drunk)));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function upload(port: number, bytes: number): Promise<unknown> {
  const request = httpRequest({
    port,
    host: '127.0.0.1',
    path: '/vendor/0',
    method: 'POST',
    headers: HEADERS,
  });
  const answered = once(request, 'response') as Promise<[IncomingMessage]>;
  await pour(request, bytes);
  request.end();
  const [response] = await answered;
  let text = '';
  for await (const piece of response) text += String(piece);
  return JSON.parse(text);
}

async function download(port: number, bytes: number): Promise<unknown> {
  const request = httpRequest({ port, host: '127.0.0.1', path: `/vendor/${bytes}`, headers: HEADERS }).end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return drink(response);
}

const ADDED_MIB_MAX = 64;
const LARGE = 1024 * MIB;
const elsewhere = process.platform === 'linux' ? '' : ' (memory not measured: no /proc here)';

describe.each([
  ['upload, chunked', upload],
  ['download, with a length', download],
] as const)('1 GiB: %s', (_name, transfer) => {
  test(`arrives whole in under ${ADDED_MIB_MAX} MiB of added memory${elsewhere}`, async () => {
    const upstream = await largeUpstream();
    const gateway = await gatewayProcess({
      connections: { vendor: { base_url: `http://127.0.0.1:${upstream}` } },
    });
    await transfer(gateway.port, 64 * MIB);
    gateway.resetPeak();
    const before = gateway.memory().now;
    expect(await transfer(gateway.port, LARGE)).toEqual({ bytes: LARGE, intact: true });
    expect(gateway.memory().peak - before).toBeLessThan(ADDED_MIB_MAX);
  }, 180_000);
});

interface Sides {
  readonly upstream: RawUpstream;
  readonly port: number;
  readonly logged: (matches: (line: Record<string, unknown>) => boolean) => Promise<Record<string, unknown>>;
}

async function start(
  answer: RawAnswer | ((request: RawRequest) => RawAnswer),
  options: RawUpstreamOptions = {},
): Promise<Sides> {
  const upstream = await rawUpstream(answer, false, options);
  const gateway = await startGateway({ connections: { vendor: { base_url: upstream.origin } } });
  return { upstream, port: gateway.port, logged: (matches) => gateway.logged(matches) };
}

function openSocket(port: number): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  onTestFinished(() => {
    socket.destroy();
  });
  return socket;
}

function head(line: string, ...fields: string[]): string {
  return [line, 'Host: gw', `X-API-Key: ${TEST_KEY}`, ...fields, '', ''].join('\r\n');
}

/** Waits until a number has stood still while the gateway answered many other requests. */
async function standstill(port: number, count: () => number): Promise<number> {
  let before = -1;
  for (let same = 0; same < 50; same += 1) {
    if (count() !== before) same = 0;
    before = count();
    await sendRaw(port, 'GET /probe HTTP/1.1\r\nHost: gw\r\n\r\n');
  }
  return before;
}

describe('backpressure', () => {
  const TOTAL = 256 * MIB;
  const BUFFERED_MAX = 64 * MIB;

  test('a caller that does not read makes the upstream stop being read', async () => {
    let sent = 0;
    const { port } = await start(({ socket }) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${TOTAL}\r\n\r\n`);
      const more = (): void => {
        while (sent < TOTAL) {
          sent += BLOCK.length;
          if (!socket.write(BLOCK)) return;
        }
      };
      socket.on('drain', more);
      more();
      return SILENCE;
    });
    const caller = openSocket(port);
    caller.write(head('GET /vendor/a HTTP/1.1'));
    const [first] = (await once(caller, 'data')) as [Buffer];
    caller.pause();
    expect(await standstill(port, () => sent)).toBeLessThan(BUFFERED_MAX);
    let bytes = first.length;
    caller.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    await new Promise<void>((resolve) => {
      caller.on('data', () => {
        if (bytes >= TOTAL) resolve();
      });
      caller.resume();
    });
    expect(sent).toBe(TOTAL);
  });

  test('an upstream that does not read makes the caller stop being read', async () => {
    let held: Socket | undefined;
    const { port } = await start(
      ({ socket }) => {
        held = socket;
        socket.pause();
        return SILENCE;
      },
      { answerAt: 'head' },
    );
    const caller = openSocket(port);
    let sent = 0;
    const more = (): void => {
      while (sent < TOTAL) {
        sent += BLOCK.length;
        if (!caller.write(BLOCK)) return;
      }
    };
    caller.write(head('POST /vendor/a HTTP/1.1', `Content-Length: ${TOTAL}`));
    caller.on('drain', more);
    more();
    expect(await standstill(port, () => sent)).toBeLessThan(BUFFERED_MAX);
    held?.resume();
    await new Promise<void>((resolve) => {
      caller.on('drain', () => {
        if (sent >= TOTAL) resolve();
      });
    });
  });
});

test('a large answer that is queued behind a slow one on its socket arrives whole', async () => {
  const size = 32 * MIB;
  let slow: Socket | undefined;
  let sent = 0;
  const { port } = await start(({ head: asked, socket }) => {
    if (asked.startsWith('GET /slow ')) {
      slow = socket;
      return SILENCE;
    }
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
    const more = (): void => {
      while (sent < size) {
        sent += BLOCK.length;
        if (!socket.write(BLOCK)) return;
      }
    };
    socket.on('drain', more);
    more();
    return SILENCE;
  });
  const caller = openSocket(port);
  caller.write(head('GET /vendor/slow HTTP/1.1') + head('GET /vendor/large HTTP/1.1', 'Connection: close'));
  expect(await standstill(port, () => (slow === undefined ? -1 : sent))).toBeLessThan(size);
  slow?.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow');
  const answers = await readRaw(caller, () => false);
  const [first = '', second = ''] = answers.bytes.split('HTTP/1.1 200 OK\r\n').slice(1);
  expect(first.endsWith('slow')).toBe(true);
  expect(second.length - second.indexOf('\r\n\r\n') - 4).toBe(size);
});

test('server-sent events arrive one by one, each before the next is sent', async () => {
  const { upstream, port } = await start(
    'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n',
  );
  const caller = openSocket(port);
  caller.write(head('GET /vendor/events HTTP/1.1', 'Accept: text/event-stream'));
  const opened = await readRaw(caller, (text) => text.endsWith('\r\n\r\n'));
  expect(opened.bytes).toContain('\r\nContent-Type: text/event-stream\r\n');
  const stream = upstream.requests[0]?.socket;
  for (const event of ['data: one\n\n', ': keep\n\n', 'event: x\ndata: two\n\n']) {
    const chunk = `${event.length.toString(16)}\r\n${event}\r\n`;
    stream?.write(chunk);
    expect((await readRaw(caller, (text) => text.length >= chunk.length)).bytes).toBe(chunk);
  }
  stream?.write('0\r\n\r\n');
  expect((await readRaw(caller, (text) => text.length >= 5)).bytes).toBe('0\r\n\r\n');
});

test('content of a request arrives chunk by chunk, each before the next is sent', async () => {
  const { upstream, port } = await start(SILENCE, { answerAt: 'head' });
  const caller = openSocket(port);
  caller.write(head('POST /vendor/a HTTP/1.1', 'Transfer-Encoding: chunked'));
  for (const word of ['one', 'two', 'three']) {
    const chunk = `${word.length.toString(16)}\r\n${word}\r\n`;
    caller.write(chunk);
    await upstream.waitUntil(() => upstream.received().includes(chunk.trimEnd()));
  }
  caller.write('0\r\n\r\n');
  await upstream.waitUntil(() => upstream.received().endsWith('\r\n0\r\n\r\n'));
  expect(upstream.received()).toContain('\r\n\r\n3\r\none\r\n3\r\ntwo\r\n5\r\nthree\r\n0\r\n\r\n');
});
