import { expect, test } from 'vitest';
import { folderOf } from '../../support/folder.ts';
import { gw } from '../../support/gw-process.ts';

// What is left to do where somebody signs in.

const CALLBACK = '/api/v1/admin/oauth/callback';
const OTHERWISE = '   # set gateway.control_url where people reach it by another name';
const TRELLO = (redirect: string): string => `next:
  register at the vendor, as redirect URI: ${redirect}
  export TRELLO_CLIENT_ID=… TRELLO_CLIENT_SECRET=…   # where gw serve runs
  gw check
  gw compile   # and start gw serve, or let it load the new table
  gw connect trello --shared   # as an admin, once; or write grants: true, and each account signs in
  gw call METHOD /trello/…   # behind it, the API's own path (https://developer.atlassian.com/cloud/trello/rest/api-group-actions/)
`;

const STEPS: readonly [catalog: string, gateway: string, stderr: string][] = [
  ['trello', '', TRELLO(`http://127.0.0.1:8081${CALLBACK}${OTHERWISE}`)],
  ['trello', 'gateway: { control: "[::1]:9" }', TRELLO(`http://[::1]:9${CALLBACK}${OTHERWISE}`)],
  // gw check tells what is wrong with it.
  ['trello', 'gateway: { control: nowhere }', TRELLO(`http://127.0.0.1:8081${CALLBACK}${OTHERWISE}`)],
  [
    'trello',
    'gateway: { control: "0.0.0.0:9", control_url: "https://connect.example/" }',
    TRELLO(`https://connect.example${CALLBACK}`),
  ],
  [
    'notion-mcp',
    '',
    `next:
  gw check
  gw compile   # and start gw serve, or let it load the new table
  gw connect notion-mcp --shared   # as an admin, once; or write grants: true, and each account signs in
  gw call POST /notion-mcp/TOOL -f ARGUMENT=VALUE   # the MCP tool api_list_endpoints lists its tools (docs/mcp-upstreams.md)
`,
  ],
];

test.each(STEPS)('%s with %j', async (catalog, gateway, stderr) => {
  const cwd = folderOf({
    'gateway.d/a.yaml': `personas: { all: { connections: { allow: ["*"] } } }\n${gateway}\n`,
  });
  const ran = await gw(['add', catalog], { cwd });
  expect(ran).toEqual({ code: 0, stdout: `gateway.d/${catalog}.yaml\n`, stderr });
});
