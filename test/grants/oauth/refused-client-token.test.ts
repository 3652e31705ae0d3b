import { describe, expect, test } from 'vitest';
import {
  bearers,
  GET,
  headsOf,
  said,
  startClientTokens as start,
  tokens,
} from '../../support/client-tokens.ts';
import { sendRaw } from '../../support/raw-caller.ts';
import { OK } from '../../support/raw-upstream.ts';
import type { RawAnswer, RawRequest } from '../../support/raw-upstream.ts';
import { codeOf, headOf } from '../../support/sides.ts';

// An upstream that does not accept the token that it was sent.

describe('an upstream that answers 401', () => {
  const REFUSED = said('no', 'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nX-Told: yes');
  /** Refuses these tokens. */
  const refusing =
    (...refused: string[]) =>
    ({ head }: RawRequest): RawAnswer =>
      refused.some((one) => head.includes(`Bearer ${one}\r\n`)) ? REFUSED : OK;

  const RESENT: [title: string, bytes: string, body: string][] = [
    ['without content', GET, ''],
    ['with content that is whole', `${headOf('POST /vendor/a HTTP/1.1', 'Content-Length: 5')}hello`, 'hello'],
    ['with content of no length', headOf('POST /vendor/a HTTP/1.1', 'Content-Length: 0'), ''],
    ['HEAD', headOf('HEAD /vendor/a HTTP/1.1'), ''],
  ];

  test.each(RESENT)('a request %s goes out once more with a new token', async (_title, bytes, body) => {
    const { gateway, idp, upstream } = await start({ upstream: refusing('token-1') });
    const { statuses, bytes: answer } = await sendRaw(gateway.port, bytes, (text) =>
      text.includes('\r\n\r\n'),
    );
    expect(statuses).toEqual([200]);
    expect(answer).not.toContain('X-Told');
    expect(idp.requests).toHaveLength(2);
    expect(bearers(upstream)).toEqual(['token-1', 'token-2']);
    expect(upstream.requests.map((request) => request.body)).toEqual([body, body]);
    const [first, second] = headsOf(upstream);
    expect(second).toBe(first?.replace('token-1', 'token-2'));
    expect(gateway.log.find(({ msg }) => msg === 'exchange')).toMatchObject({ credential: 'renewed' });
  });

  test('whatever it is sent: one new token, its answer relayed whole, and no more tokens for a while', async () => {
    const { gateway, idp, upstream, clock } = await start({ upstream: REFUSED });
    const { bytes } = await sendRaw(gateway.port, GET);
    expect(bytes).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nX-Told: yes\r\n/);
    expect(bytes.endsWith('\r\n\r\nno')).toBe(true);
    expect(codeOf(bytes)).toBe(null);
    for (let more = 0; more < 3; more += 1)
      expect((await sendRaw(gateway.port, GET)).bytes.endsWith('\r\n\r\nno')).toBe(true);
    expect(idp.requests).toHaveLength(2);
    expect(bearers(upstream)).toEqual(['token-1', 'token-2', 'token-2', 'token-2', 'token-2']);
    clock.now += 30_000;
    await sendRaw(gateway.port, GET);
    expect(idp.requests).toHaveLength(3);
  });

  test('with content that was streamed: nothing is sent again, and the next request has a new token', async () => {
    const { gateway, idp, upstream } = await start({ upstream: refusing('token-1') });
    const streamed = headOf('POST /vendor/a HTTP/1.1', 'Transfer-Encoding: chunked');
    const { bytes } = await sendRaw(gateway.port, `${streamed}5\r\nhello\r\n0\r\n\r\n`);
    expect(bytes).toContain('HTTP/1.1 401 Unauthorized\r\n');
    await idp.waitForRequests(2);
    await gateway.logged(() => gateway.log.filter(({ msg }) => msg === 'access token obtained').length === 2);
    expect(bearers(upstream)).toEqual(['token-1']);
    expect((await sendRaw(gateway.port, GET)).statuses).toEqual([200]);
    expect(bearers(upstream)).toEqual(['token-1', 'token-2']);
  });

  test('to 100 requests at once: one new token, and each goes out once more', async () => {
    const { gateway, idp, upstream } = await start({ upstream: refusing('token-1') });
    const answers = await Promise.all(Array.from({ length: 100 }, () => sendRaw(gateway.port, GET)));
    expect(new Set(answers.map(({ statuses }) => statuses[0]))).toEqual(new Set([200]));
    expect(idp.requests).toHaveLength(2);
    expect(bearers(upstream).filter((token) => token === 'token-2')).toHaveLength(100);
  });

  test.each([
    ['has no new one', said('', 'HTTP/1.1 500 x'), 401],
    ['refuses the client now', said('', 'HTTP/1.1 401 x'), 424],
  ])('while the authorization server %s: its answer is relayed', async (_title, second, next) => {
    let count = 0;
    const { gateway, idp, upstream } = await start({
      idp: () => ((count += 1) === 1 ? tokens()() : second),
      upstream: REFUSED,
    });
    const { bytes } = await sendRaw(gateway.port, GET);
    expect(bytes).toContain('HTTP/1.1 401 Unauthorized\r\n');
    expect(bytes.endsWith('\r\n\r\nno')).toBe(true);
    expect((await sendRaw(gateway.port, GET)).statuses).toEqual([next]);
    expect(idp.requests).toHaveLength(2);
    expect(bearers(upstream)).toEqual(next === 401 ? ['token-1', 'token-1'] : ['token-1']);
  });

  test('a caller that goes away meanwhile: nothing is sent again', async () => {
    const waiting: (() => void)[] = [];
    let count = 0;
    const { gateway, idp, upstream } = await start({
      idp: (request) =>
        (count += 1) === 1 ? tokens()() : () => waiting.push(() => request.socket.write(tokens()())),
      upstream: REFUSED,
    });
    const calling = sendRaw(gateway.port, GET, () => false);
    await idp.waitForRequests(2);
    await gateway.serving.close();
    await calling;
    expect(bearers(upstream)).toEqual(['token-1']);
  });
});
