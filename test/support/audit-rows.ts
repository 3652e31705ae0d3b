import { onTestFinished } from 'vitest';
import type { AuditRow } from '../../runtime/observe/audit/audit-row.ts';
import { openAuditStore } from '../../runtime/observe/audit/audit-store.ts';
import type { AuditStore } from '../../runtime/observe/audit/audit-store.ts';
import { Hidden } from '../../runtime/hidden.ts';

/** Opens the audit rows of a store; they are closed when the test ends. */
export async function openedAudit(url: string): Promise<AuditStore> {
  const store = await openAuditStore(new Hidden(url));
  onTestFinished(() => store.close());
  return store;
}

/** Gives every row of a store, oldest first. */
export async function allRows(url: string): Promise<readonly AuditRow[]> {
  const store = await openAuditStore(new Hidden(url));
  const rows = await store.events({ filters: {}, sort: 'oldest', after: null, limit: 100_000 });
  await store.close();
  return rows;
}

/** A row with everything that a test does not give. */
export function rowWith(given: Partial<AuditRow> & Pick<AuditRow, 'id'>): AuditRow {
  return {
    occurred_at: 1_800_000_000_000,
    duration_ms: 12.5,
    caller: 'tester',
    account: 'acme',
    persona: 'all',
    door: 'passthrough',
    connection: 'vendor',
    grant_id: null,
    operation: null,
    method: 'GET',
    template: null,
    path: '/a',
    upstream_status: 200,
    status: 200,
    outcome: 'ok',
    request_bytes: 0,
    response_bytes: 2,
    table_digest: '0'.repeat(64),
    request_id: 'r-0',
    trace_id: null,
    rule: null,
    parameters: null,
    ...given,
  };
}
