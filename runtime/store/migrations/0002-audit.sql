-- One row for each exchange, refused ones too. Ids are UUIDs of version 7, made when the row is: they sort by time, so
-- rows are listed and forgotten by id. No index serves what a page of newest rows finds soon enough by itself.

CREATE TABLE gw_audit (
  id TEXT PRIMARY KEY,
  occurred_at BIGINT NOT NULL,
  duration_ms DOUBLE PRECISION,
  caller TEXT,
  account TEXT,
  persona TEXT,
  door TEXT NOT NULL,
  connection TEXT,
  grant_id TEXT,
  operation TEXT,
  method TEXT,
  template TEXT,
  path TEXT,
  upstream_status INTEGER,
  status INTEGER,
  outcome TEXT NOT NULL,
  request_bytes BIGINT NOT NULL,
  response_bytes BIGINT NOT NULL,
  table_digest TEXT NOT NULL,
  request_id TEXT NOT NULL,
  trace_id TEXT,
  rule TEXT,
  parameters TEXT
);
CREATE INDEX gw_audit_by_request ON gw_audit (request_id);
CREATE INDEX gw_audit_by_account ON gw_audit (account, id);
CREATE INDEX gw_audit_by_connection ON gw_audit (connection, id);
