import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { bearers, tokens } from '../support/client-tokens.ts';
import { headAs, startGranted, tokensOf } from '../support/granted.ts';
import { sendRaw } from '../support/raw-caller.ts';
import type { RawAnswers } from '../support/raw-caller.ts';
import { codeOf } from '../support/sides.ts';
import { storeProcess } from '../support/store-process.ts';
import { ABSENT, storeUrl } from '../support/stores.ts';
import { lockedStore } from '../support/locked-store.ts';
import { hasPostgres } from '../support/postgres-server.ts';

// A store into which nothing can be written for a while: another program has it locked, its disk is full, it is a
// standby. What has to be written is refused and told to come again; no refresh token is spent, for what replaces it
// would be kept by nobody; and everything goes on when it is free.

const HOUR = 3_600_000;

/** Gives what is in the way, and the function that takes it away. */
const LOCKS: [title: string, present: boolean, lock: (url: string) => Promise<() => Promise<unknown>>][] = [
  [
    'sqlite, by another process',
    true,
    async (url) => {
      const { child, word } = await storeProcess({ url, order: 'lock', id: '', file: '', keys: [0x11] });
      expect(word).toBe('locked');
      return () => {
        child.send('stop');
        return once(child, 'exit');
      };
    },
  ],
  [
    hasPostgres ? 'postgres, by another session' : `postgres: ${ABSENT}`,
    hasPostgres,
    async (url) => {
      const locked = await lockedStore(url);
      return () => locked.release();
    },
  ],
];

describe.each(LOCKS)('%s', (title, present, lock) => {
  test.runIf(present)('no refresh token is spent, and it heals', { timeout: 30_000 }, async () => {
    const url = await storeUrl(title.startsWith('sqlite') ? 'sqlite' : 'postgres');
    const { gateway, grant, store, idp, upstream, clock } = await startGranted({ url, idp: tokens() });
    const { id } = await grant();
    await grant({ account: 'zeta', credential: tokensOf('of zeta'), expires_at: null });
    clock.now += HOUR;
    const release = await lock(url);
    const send = (account: 'acme' | 'zeta'): Promise<RawAnswers> =>
      sendRaw(gateway.port, headAs(account, '/vendor/a'));
    // Who reads waits for nobody.
    expect((await send('zeta')).statuses).toEqual([200]);
    const answers = await Promise.all([send('acme'), send('acme'), send('acme')]);
    for (const { statuses, bytes } of answers) {
      expect([statuses, codeOf(bytes)]).toEqual([[503], 'store_unavailable']);
      expect(bytes).toMatch(/\r\nRetry-After: [1-9]\d*\r\n/);
    }
    expect(idp.requests).toEqual([]);
    await release();
    expect((await send('acme')).statuses).toEqual([200]);
    expect(bearers(upstream)).toEqual(['of zeta', 'token-1']);
    expect(idp.requests).toHaveLength(1);
    expect((await store.get(id))?.credential?.reveal()).toMatchObject({ access_token: 'token-1' });
    expect(gateway.log.filter(({ level }) => Number(level) > 40)).toEqual([]);
  });
});
