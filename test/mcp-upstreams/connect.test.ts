import { expect, test } from 'vitest';
import { newBrowser } from '../support/browser.ts';
import { controlGateway, KEYS } from '../support/control-gateway.ts';
import type { ControlGateway } from '../support/control-gateway.ts';
import { keptGrant } from '../support/sign-in.ts';
import { mcpServer } from './mcp-server.ts';
import { protectedServer } from './protected-server.ts';

async function gatewayOf(url: string): Promise<ControlGateway> {
  return controlGateway(
    () => `connections:
  notes:
    base_url: ${url}
    auth_mode: mcp
    grants: true
    allow_private: [127.0.0.0/8]
`,
  );
}

function add(gateway: ControlGateway, key: string): Promise<Response> {
  return fetch(`${gateway.data}/notes/add`, {
    method: 'POST',
    headers: { 'X-API-Key': key },
    body: '{"a":2,"b":3}',
  });
}

test('a person connects an MCP server, and its tools are called: register, consent, call, refresh', async () => {
  const { server, provider, refused } = await protectedServer();
  const gateway = await gatewayOf(server.url);
  const missing = await add(gateway, KEYS.one);
  expect([missing.status, missing.headers.get('gateway-error')]).toEqual([400, 'connection_missing']);
  const { id, url } = await gateway.link('one', 'notes');
  const browser = newBrowser();
  const done = await browser.submit(await browser.open(url));
  expect(done.title).toBe('notes is connected');
  const kept = await keptGrant(gateway, id);
  expect(kept).toMatchObject({
    status: 'ACTIVE',
    method: 'MCP',
    credential: { kind: 'oauth2', registered: { issuer: provider.origin, resource: server.url } },
  });
  const asked = new URL(browser.visited.find((at) => at.startsWith(`${provider.origin}/auth`)) ?? '');
  expect(Object.fromEntries(asked.searchParams)).toMatchObject({
    resource: server.url,
    code_challenge_method: 'S256',
    redirect_uri: `${gateway.control}/api/v1/admin/oauth/callback`,
  });
  const called = await add(gateway, KEYS.one);
  expect([called.status, await called.json()]).toMatchObject([200, { structuredContent: { sum: 5 } }]);
  refused.add(String(Reflect.get(kept.credential ?? {}, 'access_token')));
  const again = await add(gateway, KEYS.one);
  expect(again.status).toBe(200);
  const foreign = await add(gateway, KEYS.two);
  expect([foreign.status, foreign.headers.get('gateway-error')]).toEqual([400, 'connection_missing']);
});

test('a server that does not say where to sign in', async () => {
  const server = await mcpServer({ authorize: () => ({ status: 401, challenge: 'Bearer' }) });
  const gateway = await gatewayOf(server.url);
  const { id, url } = await gateway.link('one', 'notes');
  const browser = newBrowser();
  const done = await browser.submit(await browser.open(url));
  expect(done.title).toBe('notes is not connected');
  expect(await keptGrant(gateway, id)).toMatchObject({ status: 'FAILED', reason: 'registration_failed' });
});
