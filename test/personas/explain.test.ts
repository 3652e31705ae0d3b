import { expect, test } from 'vitest';
import { folderOf } from '../support/folder.ts';
import { gw } from '../support/gw-process.ts';

const FOLDER = {
  'gateway.d/a.yaml': `callers:
  ada: { key: "\${env:ADA_KEY}", personas: [reader] }
  ben: { key: "\${env:BEN_KEY}", account: acme, personas: [nobody] }
personas:
  reader:
    connections: { allow: ["*"] }
  nobody:
    connections: { allow: [maps] }
    tools: { allow: ["*"], deny: [api_invoke_endpoint] }
    grants: manage
connections:
  maps: { base_url: https://maps.example, auth_mode: none }
`,
};

interface Case {
  readonly parameters: readonly string[];
  readonly code: number;
  readonly stdout: string;
}

const CASES: Record<string, Case> = {
  'by a tool that the personas do not give': {
    parameters: ['GET', '/maps/x', '--tool', 'api_invoke_endpoint'],
    code: 1,
    stdout: `GET /maps/x
connection   maps (gateway.d/a.yaml:12:3)
caller       ada (gateway.d/a.yaml:2:3), account ada, personas reader
  refused    403 forbidden: your personas do not give this tool
caller       ben (gateway.d/a.yaml:3:3), account acme, personas nobody
  refused    403 forbidden: your personas do not give this tool (persona nobody, gateway.d/a.yaml:9:35)
headers      not sent upstream, in this order:
  none
upstream     not called: GET https://maps.example/x
`,
  },
  'by a tool that they give': {
    parameters: ['GET', '/maps/x', '--tool', 'api_list_endpoints', '--caller', 'ben'],
    code: 0,
    stdout: `GET /maps/x
connection   maps (gateway.d/a.yaml:12:3)
caller       ben (gateway.d/a.yaml:3:3), account acme, personas nobody
  allowed    by persona nobody, gateway.d/a.yaml:8:28
headers      sent upstream, in this order:
  none
upstream     GET https://maps.example/x
`,
  },
  'who may use a tool, and manage grants': {
    parameters: ['--tool', 'api_list_endpoints', '--grants'],
    code: 0,
    stdout: `tool         api_list_endpoints
caller       ada (gateway.d/a.yaml:2:3), account ada, personas reader
  refused    403 forbidden: your personas do not give this tool
caller       ben (gateway.d/a.yaml:3:3), account acme, personas nobody
  allowed    by persona nobody, gateway.d/a.yaml:9:22
grants       create and delete
caller       ada (gateway.d/a.yaml:2:3), account ada, personas reader
  refused    403 forbidden: your personas use the account's grants and do not manage them
caller       ben (gateway.d/a.yaml:3:3), account acme, personas nobody
  allowed    by persona nobody, gateway.d/a.yaml:10:5
`,
  },
  'a tool for one caller': {
    parameters: ['--tool', 'api_list_endpoints', '--caller', 'ada'],
    code: 1,
    stdout: `tool         api_list_endpoints
caller       ada (gateway.d/a.yaml:2:3), account ada, personas reader
  refused    403 forbidden: your personas do not give this tool
`,
  },
};

test.each(Object.entries(CASES))('%s', async (_name, { parameters, code, stdout }) => {
  const ran = await gw(['explain', ...parameters], { cwd: folderOf(FOLDER) });
  expect(ran).toEqual({ code, stdout, stderr: '' });
});

test.each([
  [[], 'explain takes a method and a path, or --tool, or --grants'],
  [['GET'], 'explain takes a path behind the method'],
  [['GET', '/maps/x', '--grants'], '--grants is asked without a method and a path'],
  [
    ['--tool', 'api_run'],
    '--tool takes one of api_get_endpoint_schema, api_invoke_endpoint, api_list_endpoints, not "api_run"',
  ],
])('%j is wrong usage', async (parameters, message) => {
  const ran = await gw(['explain', ...parameters], { cwd: folderOf(FOLDER) });
  expect(ran).toEqual({ code: 2, stdout: '', stderr: `gw: ${message}\n` });
});
