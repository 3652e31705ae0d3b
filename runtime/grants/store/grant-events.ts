import type { GrantEvent, GrantEventType } from '../grant.ts';
import type { Row } from '../../store/database.ts';
import { eventIds } from '../../store/event-id.ts';
import { textOf } from './grant-rows.ts';
import type { GrantStore } from './grant-store.ts';
import type { StoreParts } from './stored-grants.ts';

const COLUMNS = 'id, occurred_at, grant_id, connection, type, actor, idp_host, detail';

/** How long history is kept. */
const EVENTS_MS = 90 * 24 * 60 * 60_000;
/** How long it can still be told why a link or a callback does not work: longer than it takes to ask. */
const OVER_MS = 24 * 60 * 60_000;

/** Gives the part of the store that keeps history, and forgets it. */
export function grantEvents({
  database,
  now,
}: StoreParts): Pick<GrantStore, 'addEvent' | 'events' | 'prune'> {
  const nextId = eventIds();
  return {
    addEvent: async (event) => {
      const occurred_at = now();
      const whole: GrantEvent = { ...event, id: nextId(occurred_at), occurred_at };
      await database.write(`INSERT INTO gw_grant_events (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, [
        whole.id,
        occurred_at,
        whole.grant_id,
        whole.connection,
        whole.type,
        whole.actor,
        whole.idp_host,
        whole.detail,
      ]);
      return whole;
    },
    events: async (of, limit) => {
      const [column, value] = 'grant_id' in of ? ['grant_id', of.grant_id] : ['connection', of.connection];
      const rows = await database.read(
        `SELECT ${COLUMNS} FROM gw_grant_events WHERE ${column} = ? ORDER BY id DESC LIMIT ?`,
        [value, limit],
      );
      return rows.map(eventOf);
    },
    prune: async () => {
      await database.write('DELETE FROM gw_grant_events WHERE occurred_at <= ?', [now() - EVENTS_MS]);
      await database.write('DELETE FROM gw_oauth_states WHERE expires_at <= ?', [now()]);
      await database.write('DELETE FROM gw_connect_sessions WHERE expires_at <= ?', [now() - OVER_MS]);
    },
  };
}

function eventOf(row: Row): GrantEvent {
  return {
    id: String(row['id']),
    occurred_at: Number(row['occurred_at']),
    grant_id: String(row['grant_id']),
    connection: String(row['connection']),
    type: row['type'] as GrantEventType,
    actor: textOf(row['actor']),
    idp_host: textOf(row['idp_host']),
    detail: textOf(row['detail']),
  };
}
