-- Statements that SQLite and PostgreSQL both understand. Times are milliseconds since the epoch. Ids and digests
-- are hexadecimal of one form each, so that every collation sorts them alike.

CREATE TABLE gw_grants (
  id TEXT PRIMARY KEY,
  connection TEXT NOT NULL,
  account TEXT,
  method TEXT NOT NULL,
  status TEXT NOT NULL,
  reason TEXT,
  credential TEXT,
  variables TEXT NOT NULL,
  expires_at BIGINT,
  refresh_expires_at BIGINT,
  refreshed_at BIGINT,
  authenticated_at BIGINT,
  authenticated_by TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  revision BIGINT NOT NULL
);
CREATE INDEX gw_grants_by_owner ON gw_grants (connection, account, created_at, id);
CREATE INDEX gw_grants_by_age ON gw_grants (created_at, id);
CREATE INDEX gw_grants_by_expiry ON gw_grants (expires_at) WHERE status = 'ACTIVE';
CREATE INDEX gw_grants_by_refresh_expiry ON gw_grants (refresh_expires_at) WHERE status = 'ACTIVE';

CREATE TABLE gw_oauth_states (
  digest TEXT PRIMARY KEY,
  grant_id TEXT NOT NULL REFERENCES gw_grants (id) ON DELETE CASCADE,
  content TEXT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX gw_oauth_states_by_grant ON gw_oauth_states (grant_id);
CREATE INDEX gw_oauth_states_by_expiry ON gw_oauth_states (expires_at);

CREATE TABLE gw_connect_sessions (
  digest TEXT PRIMARY KEY,
  grant_id TEXT NOT NULL REFERENCES gw_grants (id) ON DELETE CASCADE,
  used_at BIGINT,
  expires_at BIGINT NOT NULL
);
CREATE INDEX gw_connect_sessions_by_grant ON gw_connect_sessions (grant_id);
CREATE INDEX gw_connect_sessions_by_expiry ON gw_connect_sessions (expires_at);

-- No reference to the grant: its history outlives it.
CREATE TABLE gw_grant_events (
  id TEXT PRIMARY KEY,
  occurred_at BIGINT NOT NULL,
  grant_id TEXT NOT NULL,
  connection TEXT NOT NULL,
  type TEXT NOT NULL,
  actor TEXT,
  idp_host TEXT,
  detail TEXT
);
CREATE INDEX gw_grant_events_by_grant ON gw_grant_events (grant_id, id);
CREATE INDEX gw_grant_events_by_connection ON gw_grant_events (connection, id);
CREATE INDEX gw_grant_events_by_time ON gw_grant_events (occurred_at);
