import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { bearers, said, tokens } from '../support/client-tokens.ts';
import { startGateway } from '../support/gateway.ts';
import { GRANTS_ENVIRONMENT, headAs, startGranted as start, tokensOf } from '../support/granted.ts';
import { hasPostgres } from '../support/postgres-server.ts';
import { sendRaw } from '../support/raw-caller.ts';
import type { RawAnswers } from '../support/raw-caller.ts';
import { codeOf } from '../support/sides.ts';
import { ABSENT, serverOfFile } from '../support/stores.ts';

// A store that is away for a while: what is known goes on, everything else is told to wait, and it heals by itself.

const HOUR = 3_600_000;
const ACME = headAs('acme', '/vendor/a');
const ZETA = headAs('zeta', '/vendor/a');

const realNow = performance.now.bind(performance);
let jumped_ms = 0;
beforeEach(() => {
  jumped_ms = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => realNow() + jumped_ms);
});
afterEach(() => vi.restoreAllMocks());

/** Lets the clock that lists and pauses go by jump forward. */
function later(ms: number): void {
  jumped_ms += ms;
}

/** Sends a request until it is answered with this status. */
async function until(status: number, send: () => Promise<RawAnswers>): Promise<RawAnswers> {
  for (;;) {
    later(10_000);
    const answer = await send();
    if (answer.statuses[0] === status) return answer;
  }
}

describe.each([[hasPostgres ? 'postgres' : `postgres: ${ABSENT}`]])('%s', () => {
  test.runIf(hasPostgres)('what is known goes on, the rest is 503, and it heals', async () => {
    const server = await serverOfFile();
    const { gateway, grant, upstream } = await start({ store: 'postgres' });
    await grant();
    await grant({ account: 'zeta', credential: tokensOf('of zeta') });
    await sendRaw(gateway.port, ACME);
    await server.stop();
    // The list is a moment old: it would be read again.
    later(2000);
    for (let round = 0; round < 3; round += 1)
      expect((await sendRaw(gateway.port, ACME)).statuses).toEqual([200]);
    const unknown = await sendRaw(gateway.port, ZETA);
    expect([unknown.statuses, codeOf(unknown.bytes)]).toEqual([[503], 'store_unavailable']);
    expect(unknown.bytes).toMatch(/\r\nRetry-After: [1-9]\d*\r\n/);
    // What is known is not known for ever.
    later(11 * 60_000);
    expect((await sendRaw(gateway.port, ACME)).statuses).toEqual([503]);
    await server.start();
    await until(200, () => sendRaw(gateway.port, ZETA));
    expect(bearers(upstream)).toEqual(['token-0', 'token-0', 'token-0', 'token-0', 'of zeta']);
  });

  test.runIf(hasPostgres)('away at the start: it serves, and finds the store when it comes', async () => {
    const server = await serverOfFile();
    const url = await server.database();
    const { gateway, grant, spec, clock } = await start({ url });
    await grant();
    await server.stop();
    const other = await startGateway(spec, {
      environment: GRANTS_ENVIRONMENT,
      oauth: { now: () => clock.now },
    });
    expect((await other.logged(({ level }) => level === 40))['msg']).toContain(
      'the store of grants is not to be had',
    );
    const answer = await sendRaw(other.port, ACME);
    expect([answer.statuses, codeOf(answer.bytes)]).toEqual([[503], 'store_unavailable']);
    await server.start();
    await until(200, () => sendRaw(other.port, ACME));
    await until(200, () => sendRaw(gateway.port, ACME));
  });

  test.runIf(hasPostgres)(
    'away at the start, and of another key when it comes: 503, and the log says which',
    async () => {
      const server = await serverOfFile();
      const { grant, spec } = await start({ url: await server.database() });
      await grant();
      await server.stop();
      const environment = { ...GRANTS_ENVIRONMENT, GW_ENCRYPTION_KEY: '22'.repeat(32) };
      const other = await startGateway(spec, { environment });
      await server.start();
      for (;;) {
        later(10_000);
        const { statuses, bytes } = await sendRaw(other.port, ACME);
        expect([statuses, codeOf(bytes)]).toEqual([[503], 'store_unavailable']);
        if (bytes.includes('\r\nRetry-After: 10\r\n')) break;
      }
      const { error } = await other.logged(({ level, error: told }) => level === 50 && told !== undefined);
      expect(error).toMatch(
        /cannot be opened: \d+ sealed with the key [0-9a-f]{8}; keys given: [0-9a-f]{8}$/,
      );
    },
  );

  test.runIf(hasPostgres)(
    'tokens that cannot be written are used, told, and written when that can be',
    async () => {
      const server = await serverOfFile();
      let answered = 0;
      const { gateway, grant, store, upstream, idp, clock } = await start({
        store: 'postgres',
        idp: ({ socket }) => {
          answered += 1;
          // The server has rotated the token; only then the store goes away.
          void server
            .stop()
            .then(() =>
              socket.write(said('{"access_token":"token-1","refresh_token":"refresh-1","expires_in":3600}')),
            );
        },
      });
      const { id } = await grant();
      clock.now += HOUR;
      expect((await sendRaw(gateway.port, ACME)).statuses).toEqual([200]);
      const told = await gateway.logged(({ rotated }) => rotated === true);
      expect(told).toMatchObject({ level: 50, connection: 'vendor', grant: id });
      later(2000);
      expect((await sendRaw(gateway.port, ACME)).statuses).toEqual([200]);
      expect(bearers(upstream)).toEqual(['token-1', 'token-1']);
      await server.start();
      await gateway.logged(({ msg }) => msg === 'tokens that could not be written are written');
      expect((await store.get(id))?.credential?.reveal()).toMatchObject({
        access_token: 'token-1',
        refresh_token: 'refresh-1',
      });
      await vi.waitFor(async () => {
        const types = (await store.events({ grant_id: id }, 30)).map(({ type }) => type);
        expect(types).toEqual(['refresh_succeeded', 'refresh_rotation_persistence_failed']);
      });
      expect([answered, idp.requests.length]).toEqual([1, 1]);
    },
  );

  test.runIf(hasPostgres)('without the store no refresh token is spent', async () => {
    const server = await serverOfFile();
    const { gateway, grant, idp, clock, upstream } = await start({ store: 'postgres', idp: tokens() });
    await grant();
    await sendRaw(gateway.port, ACME);
    await server.stop();
    clock.now += HOUR;
    const answer = await sendRaw(gateway.port, ACME);
    expect([answer.statuses, codeOf(answer.bytes)]).toEqual([[503], 'store_unavailable']);
    expect(idp.requests).toEqual([]);
    await server.start();
    await until(200, () => sendRaw(gateway.port, ACME));
    expect(bearers(upstream)).toEqual(['token-0', 'token-1']);
  });
});
