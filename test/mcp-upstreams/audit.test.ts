import { expect, test } from 'vitest';
import type { AuditRow } from '../../runtime/observe/audit/audit-row.ts';
import { allRows } from '../support/audit-rows.ts';
import { startGateway } from '../support/gateway.ts';
import { callTool, mcpClient } from '../support/mcp-client.ts';
import { storeUrl } from '../support/stores.ts';
import { CREDENTIALS, TEST_KEY } from '../support/table.ts';
import { mcpServer } from './mcp-server.ts';

// What the gateway asks an MCP server for is part of one exchange: under `sync` its row is there before any of it.

const GIVEN = { a: 2, b: 3 };
const ARGUMENTS = { connection: 'vendor', operation_id: 'add' };

interface Row {
  readonly what: string;
  readonly ask: (base: string) => Promise<unknown>;
  readonly row: Partial<AuditRow>;
  /** What the parameters hold. */
  readonly holds?: string;
}

const called = async (base: string, tool: string, given: object): Promise<unknown> =>
  callTool(await mcpClient(base, TEST_KEY), tool, { ...given });

const ROWS: readonly Row[] = [
  {
    what: 'a call as itself',
    ask: async (base) => {
      const headers = { 'X-API-Key': TEST_KEY };
      const answer = await fetch(`${base}/vendor/add`, {
        method: 'POST',
        headers,
        body: JSON.stringify(GIVEN),
      });
      return answer.arrayBuffer();
    },
    row: { door: 'passthrough', operation: 'add', template: '/add', request_bytes: 13 },
    holds: '"a":2',
  },
  {
    what: 'a call by a model',
    ask: (base) => called(base, 'api_invoke_endpoint', { ...ARGUMENTS, body: GIVEN }),
    row: { door: 'mcp', operation: 'add', template: '/add', request_bytes: 13 },
    holds: '"a":2',
  },
  {
    what: 'a listing',
    ask: (base) => called(base, 'api_list_endpoints', { connection: 'vendor' }),
    row: { door: 'mcp', operation: null, template: null },
  },
  {
    what: 'a schema',
    ask: (base) => called(base, 'api_get_endpoint_schema', ARGUMENTS),
    row: { door: 'mcp', operation: 'add', template: '/add' },
  },
];

test.each(ROWS)('$what', async ({ ask, row, holds = '' }) => {
  const store = await storeUrl('sqlite');
  const begun: (readonly AuditRow[])[] = [];
  const server = await mcpServer({
    authorize: async () => {
      begun.push((await allRows(store)).filter(({ connection }) => connection === 'vendor'));
      return null;
    },
  });
  const { serving, port } = await startGateway({
    store,
    audit: { sink: 'store', mode: 'sync', parameters: true },
    connections: { vendor: { base_url: server.url, auth_mode: 'mcp', credential: CREDENTIALS.bearer } },
  });
  await ask(`http://127.0.0.1:${port}`);
  expect(begun[0]).toMatchObject([{ outcome: 'begun', door: row.door, persona: 'all' }]);
  await serving.close();
  const rows = (await allRows(store)).filter(({ connection }) => connection === 'vendor');
  expect(rows).toMatchObject([{ ...row, outcome: 'ok', upstream_status: 200, path: '/mcp', persona: 'all' }]);
  expect(rows[0]?.parameters ?? '').toContain(holds);
});
