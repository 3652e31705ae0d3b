import { once } from 'node:events';
import { connect } from 'node:net';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRaw } from '../support/raw-caller.ts';
import { startGateway } from '../support/gateway.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import type { RawUpstream } from '../support/raw-upstream.ts';
import { strictRequests } from '../support/strict-requests.ts';
import { TEST_KEY } from '../support/table.ts';
import { RUNS } from './runs.ts';

const METHODS = [
  'GET',
  'POST',
  'PUT',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'G\tT',
  'post',
  'PRI',
];
const TARGETS = [
  '/vendor/a',
  '/vendor/a?b=c',
  '/vendor//x',
  'http://gw/vendor/a',
  '*',
  '/vendor/ a',
  '/vendor/\xe9',
];
const VERSIONS = [
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/1.2',
  'HTTP/2.0',
  'http/1.1',
  '',
];
const FIELDS = [
  'Content-Length: 5',
  'Content-Length: 0',
  'Content-Length: 11',
  'content-length:5',
  'Content-Length: 5,5',
  'Content-Length: +5',
  'Content_Length: 5',
  'Content-Length : 5',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding:chunked',
  'transfer-encoding: Chunked',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked, identity',
  'Transfer_Encoding: chunked',
  'Transfer-Encoding : chunked',
  ' Transfer-Encoding: chunked',
  'Transfer-Encoding:\x0bchunked',
  'Host: other',
  'Connection: close',
  'Connection: Content-Length, Transfer-Encoding',
  'Expect: 100-continue',
  'Upgrade: h2c',
  'X: y\nContent-Length: 5',
  'X: y\rContent-Length: 5',
  'TE: trailers',
  'Trailer: Content-Length',
];
const HIDDEN = 'GET /vendor/hidden HTTP/1.1\r\nHost: gw\r\n\r\n';
const BODIES = [
  '',
  'hello',
  'hello world',
  '5\r\nhello\r\n0\r\n\r\n',
  '5;x=y\r\nhello\r\n0\r\nX: y\r\n\r\n',
  '5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n',
  '5\nhello\r\n0\r\n\r\n',
  '0\r\n\r\n',
  `0\r\n\r\n${HIDDEN}`,
  `hello${HIDDEN}`,
  `0\r\nContent-Length: 5\r\n\r\n`,
];

const request = fc
  .record({
    method: fc.constantFrom(...METHODS.slice(0, 4), ...METHODS),
    target: fc.constantFrom(...TARGETS.slice(0, 3), ...TARGETS),
    version: fc.constantFrom(...VERSIONS),
    fields: fc.array(fc.constantFrom(...FIELDS, ...FIELDS.slice(0, 2), ...FIELDS.slice(8, 10)), {
      maxLength: 3,
    }),
    body: fc.constantFrom(...BODIES),
  })
  .map(({ method, target, version, fields, body }) =>
    [`${method} ${target} ${version}`, 'Host: gw', `X-API-Key: ${TEST_KEY}`, ...fields, '', body].join(
      '\r\n',
    ),
  );

/** Requests in good form, so that what is hidden stands behind something that is read. */
const sound = fc
  .tuple(
    fc.constantFrom(...METHODS.slice(0, 4)),
    fc.constantFrom(
      '\r\n',
      'Content-Length: 5\r\n\r\nhello',
      `Content-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`,
      'Transfer-Encoding: chunked\r\n\r\n5;x\r\nhello\r\n0\r\nX: y\r\n\r\n',
      `Transfer-Encoding: chunked\r\n\r\n${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`,
    ),
  )
  .map(([method, rest]) => `${method} /vendor/a HTTP/1.1\r\nHost: gw\r\nX-API-Key: ${TEST_KEY}\r\n${rest}`);

const MUTANTS = [
  '\r',
  '\n',
  '\r\n',
  ' ',
  '\t',
  '\0',
  ':',
  ';',
  ',',
  '0',
  '\x80',
  '\x0b',
  '\r\n\r\n',
  'chunked',
  '5',
];
const mutation = fc.record({
  at: fc.nat(),
  cut: fc.nat({ max: 3 }),
  put: fc.constantFrom('', ...MUTANTS),
});

const streams = fc
  .record({
    requests: fc.array(fc.oneof(request, sound), { minLength: 1, maxLength: 3 }),
    mutations: fc.array(mutation, { maxLength: 3 }),
  })
  .map(({ requests, mutations }) =>
    mutations.reduce((text, { at, cut, put }) => {
      const place = at % text.length;
      return text.slice(0, place) + put + text.slice(place + cut);
    }, requests.join('')),
  );

/** Behind whatever was read as the last request, these are no HTTP: the gateway ends the socket by itself. */
const POISON = '\0'.repeat(2_000);

async function send(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(Buffer.from(text + POISON, 'latin1'));
  return (await readRaw(socket, () => false)).bytes;
}

/** The content of chunks, by the most lenient reading; as much as there is. */
function lenientContent(rest: string): string {
  let content = '';
  for (let at = 0; ;) {
    const size = /^([0-9a-f]+)[^\n]*\n/i.exec(rest.slice(at));
    if (size === null || Number.parseInt(size[1] ?? '', 16) === 0) return content;
    at += size[0].length;
    const bytes = Number.parseInt(size[1] ?? '', 16);
    content += rest.slice(at, at + bytes);
    at += bytes + 2;
  }
}

/** Tells whether a content was sent: behind an empty line, as it stands or in chunks. */
function wasSent(content: string, sent: string): boolean {
  return [...sent.matchAll(/(?=\r\n\r\n)/g)].some(({ index }) => {
    const rest = sent.slice(index + 4);
    return rest.startsWith(content) || lenientContent(rest) === content;
  });
}

/** Holds what the upstream got of one stream of bytes against what the caller sent and was told. */
function judge(upstream: RawUpstream, before: number, sent: string, answers: string): void {
  const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
  const forwarded = statuses.filter((status) => status === 200).length;
  const requests = upstream.requests.slice(before);
  expect(requests.length).toBe(forwarded);
  // Answers come in the order of requests: behind one that is not trusted there is none.
  expect(
    statuses.filter((status) => status >= 400 && status !== 401 && status !== 404).length,
  ).toBeLessThanOrEqual(1);
  for (const { head, body } of requests) {
    const [strict, ...more] = strictRequests(head + body);
    expect(more).toEqual([]);
    expect(sent).toContain(`${strict?.method} `);
    const target = strict?.target ?? '';
    // `/vendor` and `/vendor?x` are `/` and `/?x` upstream.
    expect([target, target.slice(1)].some((rest) => sent.includes(`/vendor${rest}`))).toBe(true);
    expect([strict?.content, wasSent(strict?.content ?? '', sent + POISON)]).toEqual([strict?.content, true]);
    expect(
      strict?.fields.filter(([name]) => /^(?:te|trailer|upgrade|expect|keep-alive)$/i.test(name)),
    ).toEqual([]);
  }
}

test('whatever is accepted reaches the upstream as one request with one framing, what is refused does not', async () => {
  const upstream = await rawUpstream('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  const gateway = await startGateway({
    connections: { vendor: { base_url: upstream.origin, limits: { upstream_sockets_max: 1 } } },
    limits: { body_idle_timeout_ms: 200, headers_timeout_ms: 200 },
  });
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(streams, async (sent) => {
      const before = upstream.requests.length;
      judge(upstream, before, sent, await send(gateway.port, sent));
      accepted += upstream.requests.length - before;
    }),
    { numRuns: 2 * RUNS },
  );
  // The property must have looked at both.
  expect(accepted).toBeGreaterThan(RUNS / 10);
  // Nothing but those whole requests was ever written, but for the beginning of a body that broke off.
  const whole = upstream.requests.map(({ head, body }) => head + body);
  const left = whole.reduce((rest, one) => rest.replace(one, () => ''), upstream.received());
  expect(left).not.toMatch(/^GET \/hidden/m);
});

test('a target arrives byte for byte, or is refused', async () => {
  const upstream = await rawUpstream('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  const gateway = await startGateway({ connections: { vendor: { base_url: `${upstream.origin}/v1` } } });
  const character = fc.oneof(
    fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    fc.constantFrom('/', '%41', '%2F', '%C3%A9', '%FF', '%', '..', '\\', '#', '\xe9', '\t', '?'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(character, { maxLength: 12 }), async (characters) => {
      const rest = `/${characters.join('')}`;
      const before = upstream.requests.length;
      const head = `GET /vendor${rest} HTTP/1.1\r\nHost: gw\r\nX-API-Key: ${TEST_KEY}\r\n\r\n`;
      const answers = await send(gateway.port, head);
      const seen = upstream.requests.slice(before).map((one) => one.head.split('\r\n')[0]);
      const status = answers.slice(0, 'HTTP/1.1 200 '.length);
      expect([['HTTP/1.1 200 ', `GET /v1${rest} HTTP/1.1`], ['HTTP/1.1 400 ']]).toContainEqual([
        status,
        ...seen,
      ]);
    }),
    { numRuns: RUNS },
  );
});
