import { expect, test } from 'vitest';
import { KEYS, startGranted, tokensOf } from '../support/granted.ts';
import type { GrantedSides } from '../support/granted.ts';
import { callTool, mcpClient } from '../support/mcp-client.ts';
import type { ToolOutcome } from '../support/mcp-client.ts';
import { mcpServer } from './mcp-server.ts';
import type { McpServerOptions, TestMcpServer } from './mcp-server.ts';
import { DISCOVERING, LOOPBACK } from './protected-server.ts';

// Each account, and each of its grants, is told of its own tools.

type Given = Record<string, unknown>;

interface Sides extends GrantedSides {
  readonly server: TestMcpServer;
  readonly ask: (account: keyof typeof KEYS, tool: string, given?: Given) => Promise<ToolOutcome>;
}

/** A server that tells each token of another tool: the token itself would be redacted. */
const TELLING: McpServerOptions = {
  list: (_, authorization = '') => ({
    tools: [{ name: `of-${authorization.split('-').at(-1)}`, inputSchema: {} }],
  }),
  authorize: (authorization = '') =>
    authorization.includes('refused') ? { status: 401, challenge: 'Bearer' } : null,
};

async function start(): Promise<Sides> {
  const server = await mcpServer(TELLING);
  const sides = await startGranted({
    connections: () => ({
      vendor: {
        base_url: server.url,
        auth_mode: 'mcp',
        grants: true,
        credential: { kind: 'mcp', mcp: DISCOVERING },
        allow_private: LOOPBACK,
      },
    }),
  });
  const base = `http://127.0.0.1:${sides.gateway.port}`;
  const clients = { acme: await mcpClient(base, KEYS.acme), zeta: await mcpClient(base, KEYS.zeta) };
  const ask: Sides['ask'] = (account, tool, given = {}) =>
    callTool(clients[account], tool, { connection: 'vendor', ...given });
  return { ...sides, server, ask };
}

const LIST = 'api_list_endpoints';
const ids = ({ structured }: ToolOutcome): readonly string[] =>
  (structured as { operations: { operation_id: string }[] }).operations.map((one) => one.operation_id);
const errorOf = ({ text }: ToolOutcome): Given => {
  const { request_id: _, ...told } = (text as { error: Given }).error;
  return told;
};

test('two accounts, and two grants of one, have their own tools', async () => {
  const { grant, ask, gateway } = await start();
  const first = await grant({ credential: tokensOf('vendor-token-one') });
  const second = await grant({ credential: tokensOf('vendor-token-two'), authenticated_at: 1 });
  await grant({ account: 'zeta', credential: tokensOf('vendor-token-three') });
  for (const _ of [1, 2]) {
    expect(ids(await ask('acme', LIST, { grant: first.id }))).toEqual(['of-one']);
    expect(ids(await ask('acme', LIST, { grant: second.id }))).toEqual(['of-two']);
    expect(ids(await ask('zeta', LIST))).toEqual(['of-three']);
  }
  const base = `http://127.0.0.1:${gateway.port}`;
  const client = await mcpClient(base, KEYS.acme, { 'Gateway-Connection': second.id });
  expect(ids(await callTool(client, LIST, { connection: 'vendor' }))).toEqual(['of-two']);
  const foreign = await ask('zeta', 'api_get_endpoint_schema', { operation_id: 'of-one' });
  expect(errorOf(foreign)).toMatchObject({ code: 'operation_unknown', nearest: ['of-three'] });
  const named = await ask('zeta', LIST, { grant: first.id });
  expect(errorOf(named)).toMatchObject({ code: 'connection_missing' });
});

test('another sign-in under the same grant is asked anew', async () => {
  const { grant, ask, store } = await start();
  const { id, revision } = await grant({ credential: tokensOf('vendor-token-one') });
  expect(ids(await ask('acme', LIST))).toEqual(['of-one']);
  await store.update(id, revision, { credential: tokensOf('vendor-token-two') });
  for (;;) {
    const [tool] = ids(await ask('acme', LIST));
    // A gateway may look at the store a moment late.
    if (tool === 'of-two') break;
    expect(tool).toBe('of-one');
  }
});

test('without a grant, and with one that is broken, a listing says what a call says', async () => {
  const { grant, ask, server } = await start();
  const same = async (): Promise<Given> => {
    const call = errorOf(await ask('acme', 'api_invoke_endpoint', { operation_id: 'of-one' }));
    expect(errorOf(await ask('acme', LIST))).toEqual(call);
    expect(errorOf(await ask('acme', 'api_get_endpoint_schema', { operation_id: 'of-one' }))).toEqual(call);
    return call;
  };
  expect(await same()).toEqual({
    code: 'connection_missing',
    message: 'this account has no grant on vendor yet: connect one through https://control.example',
  });
  await grant({ status: 'EXPIRED', reason: 'invalid_grant', credential: tokensOf('vendor-token-one') });
  expect(await same()).toEqual({
    code: 'credential_broken',
    message:
      'the grant of vendor does not work any more (invalid_grant): connect it anew through https://control.example',
  });
  expect(server.seen).toEqual([]);
});

test('a grant that the server refuses', async () => {
  const { grant, ask } = await start();
  await grant({ credential: tokensOf('vendor-token-refused') });
  expect(errorOf(await ask('acme', LIST))).toEqual({
    code: 'upstream_protocol',
    message:
      'the tools of vendor are not known: its MCP server answered 401; it does not accept the grant: connect it anew through https://control.example',
  });
});
