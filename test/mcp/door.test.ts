import { expect, test } from 'vitest';
import { GATEWAY_KEY, startFromYaml } from '../support/yaml-gateway.ts';
import type { YamlGateway } from '../support/yaml-gateway.ts';
import { startGateway } from '../support/gateway.ts';
import { TEST_KEY } from '../support/table.ts';
import { sendRaw } from '../support/raw-caller.ts';

// The front door of MCP as bytes: who gets in, with what, and how it is answered.

const PING = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
const ACCEPT = 'Accept: application/json, text/event-stream';

interface Case {
  readonly what: string;
  readonly line?: string;
  /** `PORT` stands for that of the gateway. */
  readonly host?: string;
  readonly fields?: readonly string[];
  readonly body?: string;
  readonly status: number;
  /** Of a problem. */
  readonly code?: string;
  /** What the content holds. */
  readonly holds?: string;
  /** What the head holds. */
  readonly head?: string;
}

const CASES: readonly Case[] = [
  {
    what: 'a message',
    status: 200,
    holds: '{"result":{},"jsonrpc":"2.0","id":1}',
    head: 'Content-Type: application/json',
  },
  { what: 'with a slash behind', line: 'POST /mcp/ HTTP/1.1', status: 200 },
  { what: 'a path below', line: 'POST /mcp/tools HTTP/1.1', status: 404, code: 'route_unknown' },
  {
    what: 'GET: nothing is sent without being asked for',
    line: 'GET /mcp HTTP/1.1',
    status: 405,
    code: 'method_not_allowed',
    head: 'Allow: POST',
  },
  {
    what: 'DELETE: no session is kept',
    line: 'DELETE /mcp HTTP/1.1',
    status: 405,
    code: 'method_not_allowed',
  },
  {
    what: 'no key',
    fields: [ACCEPT],
    status: 401,
    code: 'caller_unauthenticated',
    head: 'WWW-Authenticate: Bearer',
  },
  { what: 'the address by name', host: 'localhost:PORT', status: 200 },
  { what: 'the public URL', host: 'gateway.example', status: 200 },
  { what: 'the public URL with its port', host: 'Gateway.Example:443', status: 200 },
  {
    what: 'a name that was led here (DNS rebinding)',
    host: 'evil.example:PORT',
    status: 403,
    code: 'forbidden',
  },
  { what: 'the address with another port', host: '127.0.0.1:1', status: 403, code: 'forbidden' },
  { what: 'our own origin', fields: ['Origin: https://gateway.example'], status: 200 },
  { what: 'the origin of the address', fields: ['Origin: http://localhost:PORT'], status: 200 },
  { what: 'a page of elsewhere', fields: ['Origin: https://evil.example'], status: 403, code: 'forbidden' },
  {
    what: 'a page of elsewhere, without encryption',
    fields: ['Origin: http://gateway.example'],
    status: 403,
    code: 'forbidden',
  },
  { what: 'a page of nowhere', fields: ['Origin: null'], status: 403, code: 'forbidden' },
  { what: 'no JSON', body: '{"jsonrpc":', status: 400, holds: '"code":-32700' },
  { what: 'no JSON-RPC', body: '{"a":1}', status: 400, holds: '"code":-32700' },
  { what: 'no content', body: '', status: 400, holds: '"code":-32700' },
  { what: 'several messages', body: ` [${PING},${PING}]`, status: 400, holds: '"code":-32600' },
  {
    what: 'a method that is not there',
    body: PING.replace('ping', 'prompts/list'),
    status: 200,
    holds: '"code":-32601',
  },
  { what: 'a notification', body: '{"jsonrpc":"2.0","method":"notifications/initialized"}', status: 202 },
  {
    what: 'a version that is not spoken',
    fields: ['MCP-Protocol-Version: 1999-01-01'],
    status: 400,
    holds: 'nsupported protocol version',
  },
  { what: 'a session that nobody opened: it is a label', fields: ['Mcp-Session-Id: x'], status: 200 },
  {
    what: 'content that is not JSON',
    fields: ['Content-Type: text/plain'],
    status: 415,
    holds: '"code":-32000',
  },
  {
    what: 'more than a message may have',
    body: `{"a":"${'x'.repeat(4096)}"}`,
    status: 413,
    code: 'body_too_large',
  },
];

async function ask(gateway: YamlGateway, given: Case): Promise<string> {
  const { line = 'POST /mcp HTTP/1.1', host = '127.0.0.1:PORT', body = PING } = given;
  const withKey = given.code === 'caller_unauthenticated' ? [] : [`X-API-Key: ${GATEWAY_KEY}`];
  const type =
    given.fields?.some((one) => one.startsWith('Content-Type')) === true
      ? []
      : ['Content-Type: application/json'];
  const fields = [
    `Host: ${host}`,
    ...withKey,
    ACCEPT,
    ...type,
    ...(given.fields ?? []).filter((one) => one !== ACCEPT),
  ];
  const request = [line, ...fields, `Content-Length: ${body.length}`, 'Connection: close', '', body].join(
    '\r\n',
  );
  const { bytes } = await sendRaw(gateway.port, request.replaceAll('PORT', String(gateway.port)));
  return bytes;
}

test.each(CASES)('$what: $status', async (given) => {
  const gateway = await startFromYaml(
    'gateway: { limits: { invoke_body_max: 1KiB } }\nconnections: { vendor: { base_url: "http://127.0.0.1:9", auth_mode: none } }\n',
    {},
    { publicUrl: 'https://gateway.example' },
  );
  const answer = await ask(gateway, given);
  const [head = '', content = ''] = answer.split('\r\n\r\n');
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${given.status} `));
  expect(head).toContain(
    given.code === undefined ? 'Cache-Control: no-store' : `Gateway-Error: ${given.code}`,
  );
  expect(head).toContain(given.head ?? '');
  expect(content).toContain(given.holds ?? '');
  const [line] = await gateway.exchanges(1);
  expect(line).toMatchObject({ status: given.status, problem: given.code ?? null });
});

test('each message counts for the limit of the account', async () => {
  const gateway = await startGateway({
    connections: {},
    rate_limit: { requests_per_second: 0.01, burst: 2 },
  });
  const ping = [
    'POST /mcp HTTP/1.1',
    `Host: 127.0.0.1:${gateway.port}`,
    `X-API-Key: ${TEST_KEY}`,
    ACCEPT,
    'Content-Type: application/json',
    `Content-Length: ${PING.length}`,
    '',
    PING,
  ].join('\r\n');
  const statuses: (string | undefined)[] = [];
  for (let at = 0; at < 3; at += 1) statuses.push((await sendRaw(gateway.port, ping)).bytes.split(' ')[1]);
  expect(statuses).toEqual(['200', '200', '429']);
});
