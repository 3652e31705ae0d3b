import { describe, expect, test } from 'vitest';
import { carryOut, exchangeRaw, head } from '../support/attack.ts';
import { startGateway } from '../support/gateway.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { CREDENTIALS, TEST_KEY } from '../support/table.ts';

/**
 * An upstream that wants to speak for the gateway, or to another caller: whatever it answers, a caller
 * gets one answer with one framing, without the gateway's own header, or a problem.
 */
async function answerTo(answer: string): Promise<{ head: string; body: string; whole: string }> {
  const { bytes } = await carryOut({
    name: 'answer',
    send: head('GET /vendor/a HTTP/1.1'),
    connection: { credential: CREDENTIALS.bearer },
    answer: ({ head: asked, socket }) => {
      if (asked.includes('/marker')) return 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
      return () => {
        socket.write(Buffer.from(answer, 'latin1'));
        if (!/content-length|transfer-encoding|204|304/i.test(answer)) socket.end();
      };
    },
    statuses: [0],
  });
  const end = bytes.indexOf('\r\n\r\n');
  return { head: bytes.slice(0, end + 2), body: bytes.slice(end + 4), whole: bytes };
}

const PROTOCOL: [name: string, answer: string][] = [
  ['both framings', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello'],
  ['a length list', 'HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello'],
  ['a length with a sign', 'HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello'],
  ['a bare line feed', 'HTTP/1.1 200 OK\nContent-Length: 5\n\nhello'],
  ['a line feed in a value', 'HTTP/1.1 200 OK\r\nX: a\nSet-Cookie: b\r\nContent-Length: 0\r\n\r\n'],
  ['a carriage return in a value', 'HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b\r\nContent-Length: 0\r\n\r\n'],
  ['a NUL in a value', 'HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n'],
  ['a folded line', 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n'],
  ['a space before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello'],
  ['a space within a name', 'HTTP/1.1 200 OK\r\nX Y: 5\r\nContent-Length: 0\r\n\r\n'],
  ['no name', 'HTTP/1.1 200 OK\r\n: 5\r\nContent-Length: 0\r\n\r\n'],
  ['no HTTP', 'SSH-2.0-OpenSSH_9.9 transfer-encoding\r\n\r\n'],
  ['HTTP/2', 'HTTP/2 200\r\nContent-Length: 0\r\n\r\n'],
  [
    '101 unasked',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\nX: content-length\r\n\r\n',
  ],
  ['a status of two digits', 'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n'],
  ['a head over the limit', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(70_000)}\r\nContent-Length: 0\r\n\r\n`],
];

describe('what is not an answer', () => {
  test.each(PROTOCOL)('%s: 502', async (_name, answer) => {
    const { head: got } = await answerTo(answer);
    expect(got).toMatch(/^HTTP\/1\.1 502 .*\r\nGateway-Error: upstream_protocol\r\n/s);
  });
});

const SPOOFED =
  'Gateway-Error: caller_unauthenticated\r\ngateway-anything: a\r\nGateway_Error: b\r\nGateway.Error: c\r\nAlt-Svc: h3=":443"\r\nStrict-Transport-Security: max-age=1\r\nClear-Site-Data: "*"\r\nService-Worker-Allowed: /\r\nConnection: X-Hop, close\r\nX-Hop: a\r\nKeep-Alive: timeout=1\r\nProxy-Authenticate: Basic\r\nTrailer: X\r\nUpgrade: h2c\r\n';

describe('names that only look like framing frame nothing', () => {
  const EVIL = 'abcHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil';

  test.each(['Content_Length: 3', 'Content.Length: 3', 'content_length: 0', 'Transfer_Encoding: gzip'])(
    '%s',
    async (field) => {
      const length = `Content-Length: ${EVIL.length}`;
      for (const fields of [`${field}\r\n${length}`, `${length}\r\n${field}`]) {
        const { head: got, body } = await answerTo(`HTTP/1.1 200 OK\r\n${fields}\r\n\r\n${EVIL}`);
        expect(got.match(/^(?:content|transfer).*$/gim)).toEqual([length]);
        expect(body).toBe(EVIL);
      }
      const chunks = `${EVIL.length.toString(16)}\r\n${EVIL}\r\n0\r\n\r\n`;
      const { head: got, body } = await answerTo(
        `HTTP/1.1 200 OK\r\n${field}\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
      );
      expect(got.match(/^(?:content|transfer).*$/gim)).toEqual(['Transfer-Encoding: chunked']);
      expect(body).toBe(chunks);
    },
  );
});

describe('what an upstream may not say', () => {
  test('no header of the gateway, of its origin or of one hop is relayed', async () => {
    const { head: got, body } = await answerTo(
      `HTTP/1.1 401 No\r\n${SPOOFED}X-Kept: 1\r\nContent-Length: 2\r\n\r\nok`,
    );
    const names = got
      .split('\r\n')
      .slice(1, -1)
      .map((line) => line.split(':')[0]);
    expect(names.filter((name) => !['Date', 'Connection', 'Keep-Alive'].includes(name ?? ''))).toEqual([
      'X-Kept',
      'Content-Length',
    ]);
    expect(got).toMatch(/^HTTP\/1\.1 401 No\r\n/);
    expect(body).toBe('ok');
  });

  test('nor in trailers', async () => {
    const { whole } = await answerTo(
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n${SPOOFED.replace(/(?:Connection|Upgrade): .*\r\n/g, '')}Set-Cookie: a=b\r\nHost: x\r\nX-Kept: 1\r\n\r\n`,
    );
    expect(whole).toMatch(/0\r\nX-Hop: a\r\nX-Kept: 1\r\n\r\n$/);
  });

  test.each([
    ['<b>\t: x', '<b>\t: x'],
    ['', ''],
    // undici gives it decoded as UTF-8: what cannot be written back as it came is left out.
    ['\xff', ''],
    ['\xe5\x98\x8a\xe5\x98\x8dSet-Cookie: a=b', ''],
  ])('the reason phrase %j keeps to its line', async (reason, relayed) => {
    const { head: got } = await answerTo(`HTTP/1.1 200 ${reason}\r\nContent-Length: 0\r\n\r\n`);
    expect(got.split('\r\n')[0]).toBe(`HTTP/1.1 200 ${relayed}`);
  });

  test('header bytes from 0x80 on arrive as they were', async () => {
    const { head: got } = await answerTo('HTTP/1.1 200 OK\r\nX: \x80\xe9\xff\r\nContent-Length: 0\r\n\r\n');
    expect(got).toContain('\r\nX: \x80\xe9\xff\r\n');
  });

  test('content behind 204 and 304 is no second answer', async () => {
    for (const status of [204, 304]) {
      const { whole } = await answerTo(
        `HTTP/1.1 ${status} x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhidden`,
      );
      expect(whole).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(whole).not.toContain('hidden');
    }
  });
});

test('what an upstream sends behind an answer is nobody’s', async () => {
  const upstream = await rawUpstream(({ head: asked }) =>
    asked.includes('/first')
      ? 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirstHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhidden'
      : 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond',
  );
  const gateway = await startGateway({
    connections: { vendor: { base_url: upstream.origin, limits: { upstream_sockets_max: 1 } } },
  });
  const ask = (path: string) =>
    exchangeRaw(gateway.port, head(`GET /vendor/${path} HTTP/1.1`).replace('{key}', TEST_KEY), 1);
  const answers = await Promise.all([ask('first'), ask('second'), ask('second'), ask('second')]);
  expect(answers.map((answer) => answer.slice(answer.indexOf('\r\n\r\n') + 4))).toEqual([
    'first',
    'second',
    'second',
    'second',
  ]);
});
