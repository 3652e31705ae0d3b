import { expect, test } from 'vitest';
import { folderOf } from '../support/folder.ts';
import { gw } from '../support/gw-process.ts';

// What gw explain says of tools, of what is granted, and of first segments that no connection has.

const FOLDER = {
  'gateway.d/10-access.yaml': `callers:
  ada: { key: "\${env:ADA_KEY}", personas: [reader] }
personas:
  reader:
    connections: { allow: ["*"] }
    tools: { allow: [api_list_endpoints] }
    routes:
      - { connection: notes, paths: ["/search"], action: allow }
`,
  'gateway.d/20-connections.yaml': `connections:
  notes: { base_url: "https://notes.example/mcp", auth_mode: mcp, credential: "\${env:NOTES_TOKEN}" }
  each: { base_url: "https://each.example/mcp", auth_mode: mcp, grants: true, static_headers: { Accept: "text/plain" } }
  all: { base_url: "https://all.example/mcp", auth_mode: mcp }
  signed: { catalog: signed, oauth1_client_id: id, oauth1_client_secret: "\${env:SECRET}" }
  consent: { catalog: consent, grants: true, oauth2_client_id: id, oauth2_client_secret: "\${env:SECRET}" }
`,
  'catalogs/signed/catalog.yaml': `catalog: signed
base_url: https://signed.example
auth:
  oauth1:
    request_url: https://signed.example/request
    authorization_url: https://signed.example/authorize
    token_url: https://signed.example/token
`,
  'catalogs/consent/catalog.yaml': `catalog: consent
base_url: https://consent.example
auth:
  oauth2:
    authorization_url: https://consent.example/authorize
    token_url: https://consent.example/token
    send: { in: query, name: t }
`,
};

const ALLOWED = `caller       ada (gateway.d/10-access.yaml:2:3), account ada, personas reader
  allowed    by persona reader, gateway.d/10-access.yaml:`;
const notes = 'connection   notes (gateway.d/20-connections.yaml:2:3)\n';
const OF_MESSAGE = `  Accept: application/json, text/event-stream    of each message (MCP)
  Content-Type: application/json    of each message (MCP)
`;
const NOT_GIVEN = `caller       ada (gateway.d/10-access.yaml:2:3), account ada, personas reader
  refused    403 forbidden: your personas do not give this tool
`;
const DOOR =
  'door         MCP, for language models (docs/mcp.md): the calls that its tools make are explained by METHOD and PATH\n';
const ELSEWHERE =
  'refused      404 route_unknown: paths like this one are served at the control address, not at the one that calls go to (docs/control-api.md)\n';

const CASES: readonly [request: string, code: number, stdout: string][] = [
  [
    'POST /notes/search -H X-Mine:1',
    0,
    `${notes}tool         search (tools/call)
${ALLOWED}8:9
headers      sent upstream, in this order:
  (dropped) X-Mine: no header of a caller goes to an MCP server
${OF_MESSAGE}  Authorization: Bearer [\${env:NOTES_TOKEN}]    credential (gateway.d/20-connections.yaml:2:67)
upstream     POST https://notes.example/mcp
`,
  ],
  [
    'POST /each/a%20b',
    0,
    `connection   each (gateway.d/20-connections.yaml:3:3)
tool         a b (tools/call)
${ALLOWED}5:28
headers      sent upstream, in this order:
  (dropped) Accept: static_headers sets it
  Content-Type: application/json    of each message (MCP)
  Accept: text/plain    static_headers (gateway.d/20-connections.yaml:3:97)
  Authorization: Bearer [access token of an account]    credential (gateway.d/20-connections.yaml:3:3)
upstream     POST https://each.example/mcp
`,
  ],
  [
    'POST /all/x',
    0,
    `connection   all (gateway.d/20-connections.yaml:4:3)
tool         x (tools/call)
${ALLOWED}5:28
headers      sent upstream, in this order:
${OF_MESSAGE}  Authorization: Bearer [access token of the shared grant]    credential (gateway.d/20-connections.yaml:4:3)
upstream     POST https://all.example/mcp
`,
  ],
  [
    'GET /notes/search',
    1,
    `${notes}${ALLOWED}8:9\nrefused      405 method_not_allowed: a tool of an MCP server is called by POST\n`,
  ],
  [
    'POST /notes/search?q=1',
    1,
    `${notes}${ALLOWED}8:9\nrefused      400 request_invalid: a tool takes its arguments in the body, not in a query\n`,
  ],
  [
    'POST /each/a/b',
    1,
    `connection   each (gateway.d/20-connections.yaml:3:3)\n${ALLOWED}5:28\nrefused      404 operation_unknown: the paths of an MCP server are its tools: /{connection}/{tool}\n`,
  ],
  [
    'GET /signed/x',
    0,
    `connection   signed (gateway.d/20-connections.yaml:5:3)
catalog      signed (folder)
operation    none: the path is in no description
${ALLOWED}5:28
headers      sent upstream, in this order:
  Authorization: OAuth [signature by the client and the access token of the shared grant]    credential (gateway.d/20-connections.yaml:5:52)
upstream     GET https://signed.example/x
`,
  ],
  [
    'GET /consent/x?a',
    0,
    `connection   consent (gateway.d/20-connections.yaml:6:3)
catalog      consent (folder)
operation    none: the path is in no description
${ALLOWED}5:28
headers      sent upstream, in this order:
  none
upstream     GET https://consent.example/x?a&t=[access token of an account]
`,
  ],
  [
    'POST /mcp',
    0,
    `${DOOR}tool         api_get_endpoint_schema
${NOT_GIVEN}tool         api_invoke_endpoint
${NOT_GIVEN}tool         api_list_endpoints
${ALLOWED}6:22
`,
  ],
  ['POST /mcp --tool api_invoke_endpoint', 1, `${DOOR}tool         api_invoke_endpoint\n${NOT_GIVEN}`],
  [
    'GET /mcp',
    1,
    'refused      405 method_not_allowed: send MCP messages by POST: no session is kept, and nothing is sent without being asked for\n',
  ],
  ['POST /mcp/tools', 1, 'refused      404 route_unknown: MCP is served at /mcp alone\n'],
  ['GET /connections?app=x', 1, ELSEWHERE],
  ['GET /api/v1/admin/connections', 1, ELSEWHERE],
];

test.each(CASES)('%s', async (request, code, stdout) => {
  const [method = '', path = '', ...flags] = request.split(' ');
  const ran = await gw(['explain', method, path, ...flags], { cwd: folderOf(FOLDER) });
  expect(ran).toEqual({ code, stdout: `${method} ${path}\n${stdout}`, stderr: '' });
});

test('of a call by envelope, the request that it asks for is explained', async () => {
  const ran = await gw(['explain', 'POST', '/api/v1/gateway/notes/invoke'], { cwd: folderOf(FOLDER) });
  expect(ran).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'gw: of a call by envelope, the request that it asks for is explained: gw explain METHOD /CONNECTION/PATH --tool api_invoke_endpoint\n',
  });
});
