import { expect, test } from 'vitest';
import { bearers, said, tokens } from '../support/client-tokens.ts';
import { headAs, startGranted as start, tokensOf } from '../support/granted.ts';
import { sendRaw } from '../support/raw-caller.ts';

// An upstream that answers 401 to the access token of a grant: one refresh and one more request, where that can be.

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
