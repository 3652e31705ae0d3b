import { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { bearers, said } from '../support/client-tokens.ts';
import { headAs, startGranted } from '../support/granted.ts';
import { hasPostgres } from '../support/postgres-server.ts';
import { sendRaw } from '../support/raw-caller.ts';
import { codeOf } from '../support/sides.ts';
import { ABSENT, storeUrl } from '../support/stores.ts';

// The lock of a grant ends with its socket: a server that starts anew, or an operator who ends a session, gives it to
// whoever asks next, while its holder goes on. A refresh token that serves once must not be spent by both.

const HOUR = 3_600_000;

describe.each([[hasPostgres ? 'postgres' : `postgres: ${ABSENT}`]])('%s', () => {
  test.runIf(hasPostgres)('a refresh whose lock ended asks for nothing', { timeout: 30_000 }, async () => {
    const url = await storeUrl('postgres');
    const answer = said('{"access_token":"token-1","refresh_token":"refresh-1","expires_in":3600}');
    const { gateway, grant, idp, upstream, clock } = await startGranted({ url, idp: answer });
    await grant();
    clock.now += HOUR;
    const operator = new Client(url);
    await operator.connect();
    // The refresh has its lock and stands before its first write.
    await operator.query('BEGIN; LOCK TABLE gw_grants IN SHARE MODE');
    const sending = sendRaw(gateway.port, headAs('acme', '/vendor/a'));
    const waits = async (sql: string): Promise<void> => {
      while ((await operator.query(sql)).rows.length === 0);
    };
    await waits(`SELECT 1 FROM pg_stat_activity WHERE application_name = 'gw' AND wait_event_type = 'Lock'`);
    const ended = await operator.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted`,
    );
    expect(ended.rows).toHaveLength(1);
    while ((await operator.query(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory'`)).rows.length > 0);
    await operator.query('COMMIT');
    const { statuses, bytes } = await sending;
    expect([statuses, codeOf(bytes)]).toEqual([[503], 'store_unavailable']);
    expect([idp.requests, upstream.requests]).toEqual([[], []]);
    // Whoever comes when the server is asked again has the lock, and asks once.
    while ((await sendRaw(gateway.port, headAs('acme', '/vendor/a'))).statuses[0] === 503);
    expect(idp.requests).toHaveLength(1);
    expect(bearers(upstream)).toEqual(['token-1']);
    await operator.end();
  });
});
