import { expect, test } from 'vitest';
import { bearers, said, tokens } from '../support/client-tokens.ts';
import { headAs, startGranted as start, tokensOf } from '../support/granted.ts';
import { sendRaw } from '../support/raw-caller.ts';

// An upstream that answers 401 to the access token of a grant: one refresh and one more request, where that can be.

const HOUR = 3_600_000;
const GET = headAs('acme', '/vendor/a');

const REFUSED = 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno';
const refusing =
  (...tokensRefused: string[]) =>
  ({ head }: { head: string }): string =>
    tokensRefused.some((token) => head.includes(`Bearer ${token}\r\n`)) ? REFUSED : said('fine');

test('one refresh and one resend, byte for byte but for the token', async () => {
  const { gateway, grant, upstream, idp } = await start({ idp: tokens(), upstream: refusing('token-0') });
  await grant();
  const post = headAs('acme', 'POST /vendor/a HTTP/1.1', 'Content-Length: 5') + 'hello';
  expect((await sendRaw(gateway.port, post)).statuses).toEqual([200]);
  expect(bearers(upstream)).toEqual(['token-0', 'token-1']);
  const [first, second] = upstream.requests;
  expect(second?.head).toBe(first?.head.replace('token-0', 'token-1'));
  expect([first?.body, second?.body]).toEqual(['hello', 'hello']);
  expect(idp.requests).toHaveLength(1);
});

test('only once: the second 401 is relayed as it came, and tokens are not asked for with every request', async () => {
  const { gateway, grant, upstream, idp, clock } = await start({
    idp: tokens(),
    upstream: refusing('token-0', 'token-1'),
  });
  await grant();
  const answer = await sendRaw(gateway.port, GET);
  expect(answer.statuses).toEqual([401]);
  expect(answer.bytes).toMatch(/\r\n\r\nno$/);
  await sendRaw(gateway.port, GET);
  expect(bearers(upstream)).toEqual(['token-0', 'token-1', 'token-1']);
  expect(idp.requests).toHaveLength(1);
  clock.now += 30_000;
  expect((await sendRaw(gateway.port, GET)).statuses).toEqual([200]);
  expect(bearers(upstream).slice(3)).toEqual(['token-1', 'token-2']);
});

test('a streamed body is not sent again: the answer is relayed, the next request has another token', async () => {
  const { gateway, grant, upstream, idp } = await start({ idp: tokens(), upstream: refusing('token-0') });
  await grant();
  const chunked =
    headAs('acme', 'POST /vendor/a HTTP/1.1', 'Transfer-Encoding: chunked') + '5\r\nhello\r\n0\r\n\r\n';
  expect((await sendRaw(gateway.port, chunked)).statuses).toEqual([401]);
  await gateway.logged(({ msg }) => msg === 'grant refreshed');
  expect((await sendRaw(gateway.port, GET)).statuses).toEqual([200]);
  expect(bearers(upstream)).toEqual(['token-0', 'token-1']);
  expect(idp.requests).toHaveLength(1);
});

test('without a refresh token the answer stands, and the grant too', async () => {
  const { gateway, grant, idp, store } = await start({ upstream: refusing('token-0') });
  const { id } = await grant({ credential: tokensOf('token-0'), expires_at: null });
  expect((await sendRaw(gateway.port, GET)).statuses).toEqual([401]);
  expect(await store.get(id)).toMatchObject({ status: 'ACTIVE', revision: 1 });
  expect(idp.requests).toEqual([]);
});

test('where another replica was faster its token is taken, and nobody is asked', async () => {
  let refuses: string[] = [];
  const { gateway, grant, upstream, idp, store } = await start({
    upstream: (request) => refusing(...refuses)(request),
  });
  const made = await grant();
  await sendRaw(gateway.port, GET);
  refuses = ['token-0'];
  await store.update(made.id, 1, { credential: tokensOf('theirs', 'refresh-1') });
  expect((await sendRaw(gateway.port, GET)).statuses).toEqual([200]);
  expect(bearers(upstream).at(-1)).toBe('theirs');
  expect(idp.requests).toEqual([]);
});

const post = (...fields: string[]): string => headAs('acme', 'POST /vendor/a HTTP/1.1', ...fields);
const CHUNKED = `${post('Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\n\r\n`;
/** More than is read before it is sent on. */
const LARGE = 'x'.repeat(1024 * 1024);

/** A request, and whether all of it is still there when its answer comes. */
const BODIES: [title: string, request: string, isSentAgain: boolean][] = [
  ['no content', GET, true],
  ['content of no length', post('Content-Length: 0'), true],
  ['small content', `${post('Content-Length: 5')}hello`, true],
  ['content in chunks', CHUNKED, false],
  ['content that is large', `${post(`Content-Length: ${LARGE.length}`)}${LARGE}`, false],
];

test.each(BODIES)(
  'a token of unknown lifetime, long after it was given: %s',
  async (_title, request, isSentAgain) => {
    const { gateway, grant, upstream, idp, store, clock } = await start({
      idp: tokens(''),
      upstream: refusing('token-0'),
    });
    const { id } = await grant({ expires_at: null });
    clock.now += 10_000 * HOUR;
    expect((await sendRaw(gateway.port, request)).statuses).toEqual([isSentAgain ? 200 : 401]);
    await gateway.logged(({ msg }) => msg === 'grant refreshed');
    expect(bearers(upstream)).toEqual(isSentAgain ? ['token-0', 'token-1'] : ['token-0']);
    // What took its place is of unknown lifetime, too: it is used, and nobody is asked again.
    clock.now += 10_000 * HOUR;
    expect((await sendRaw(gateway.port, GET)).statuses).toEqual([200]);
    expect(bearers(upstream).at(-1)).toBe('token-1');
    expect(idp.requests).toHaveLength(1);
    expect(await store.get(id)).toMatchObject({ status: 'ACTIVE', expires_at: null });
  },
);
