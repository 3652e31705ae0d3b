import { createHash } from 'node:crypto';
import { seal } from '../../sealing/envelope.ts';
import type { ConnectSession } from '../grant.ts';
import { ReferenceGone } from '../../store/database.ts';
import type { Row } from '../../store/database.ts';
import type { GrantStore } from './grant-store.ts';
import { placeOf, STATES } from './sealed-columns.ts';
import type { StoreParts } from './stored-grants.ts';

/** How long a browser may take from the start of a flow to its callback. */
const STATE_MS = 10 * 60_000;
/** How long a link to the connect page works. */
const SESSION_MS = 30 * 60_000;

type ConnectSteps = Pick<
  GrantStore,
  'putState' | 'takeState' | 'putSession' | 'session' | 'useUpSession' | 'revokeSessions'
>;

/**
 * Gives the part of the store that keeps how far a sign-in has come. States and tokens are kept as digests: whoever
 * reads the database cannot go on in another's place.
 */
export function connectSteps({ database, keys, openValue, now }: StoreParts): ConnectSteps {
  return {
    putState: async (state, { grant_id, content }) => {
      const row = { digest: digestOf(state), grant_id };
      const sealed = seal(content.reveal(), placeOf(STATES, row, 'content'), keys);
      return unlessGone(async () => {
        await database.write(
          'INSERT INTO gw_oauth_states (digest, grant_id, content, expires_at) VALUES (?, ?, ?, ?)',
          [row.digest, grant_id, sealed, now() + STATE_MS],
        );
        return 'kept' as const;
      });
    },
    takeState: async (state) => {
      const [row] = await database.write(
        `DELETE FROM gw_oauth_states WHERE digest = ? AND expires_at > ?
         RETURNING digest, grant_id, content, expires_at`,
        [digestOf(state), now()],
      );
      if (row === undefined) return null;
      const content = openValue(String(row['content']), placeOf(STATES, row, 'content'));
      if (content === null) return null;
      return { grant_id: String(row['grant_id']), content, expires_at: Number(row['expires_at']) };
    },
    putSession: (token, grant_id) =>
      unlessGone(async () => {
        const expires_at = now() + SESSION_MS;
        await database.write(
          'INSERT INTO gw_connect_sessions (digest, grant_id, expires_at) VALUES (?, ?, ?)',
          [digestOf(token), grant_id, expires_at],
        );
        return { grant_id, state: 'open' as const, expires_at };
      }),
    session: async (token) => {
      const [row] = await database.read(
        'SELECT grant_id, used_at, expires_at FROM gw_connect_sessions WHERE digest = ?',
        [digestOf(token)],
      );
      return row === undefined ? null : sessionOf(row, now());
    },
    useUpSession: async (token) => {
      const used = await database.write(
        `UPDATE gw_connect_sessions SET used_at = ?
         WHERE digest = ? AND used_at IS NULL AND expires_at > ? RETURNING digest`,
        [now(), digestOf(token), now()],
      );
      return used.length > 0;
    },
    revokeSessions: async (grantId) =>
      void (await database.write('DELETE FROM gw_connect_sessions WHERE grant_id = ?', [grantId])),
  };
}

function sessionOf(row: Row, now: number): ConnectSession {
  const expires_at = Number(row['expires_at']);
  const unused = expires_at > now ? 'open' : 'expired';
  return { grant_id: String(row['grant_id']), state: row['used_at'] === null ? unused : 'used', expires_at };
}

async function unlessGone<T>(insert: () => Promise<T>): Promise<T | 'gone'> {
  try {
    return await insert();
  } catch (error) {
    if (error instanceof ReferenceGone) return 'gone';
    throw error;
  }
}

/** States and tokens hold 256 random bits: there is nothing that a slower digest would make harder. */
function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
