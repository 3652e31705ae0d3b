import { expect, test } from 'vitest';
import { startCatalogs } from '../support/catalog-gateway.ts';
import { arrivalOf, filled, rowOfConnection } from '../support/catalog-rows.ts';
import type { CatalogRow } from '../support/catalog-rows.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { isInstalled, runProgram } from '../support/run-program.ts';
import { jsonAnswer, onlyRequest } from '../support/seen-request.ts';
import type { SeenRequest } from '../support/seen-request.ts';
import { GATEWAY_KEY, startFromYaml } from '../support/yaml-gateway.ts';

interface Example {
  /** A connection of test/catalogs/expected.tsv, which tells the vendor's host and fields. */
  readonly connection: string;
  /** Behind `http://gateway/{connection}`. */
  readonly path: string;
  /** A Python expression; without one the request is a GET. */
  readonly content?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The content that the upstream saw. */
  readonly body?: string;
}

// As people write them for the vendors, with nothing changed but the host and the key: their connections are to shipped
// catalogs.
const EXAMPLES: Record<string, Example> = {
  'Slack, post a message': {
    connection: 'slack',
    path: '/api/chat.postMessage',
    content: "{'channel': 'C0123456', 'text': 'Hello from gateway!'}",
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
    body: '{"channel": "C0123456", "text": "Hello from gateway!"}',
  },
  'HubSpot, create a contact': {
    connection: 'hubspot',
    path: '/crm/v3/objects/contacts',
    content: "{'properties': {'email': 'john@example.com', 'firstname': 'John', 'lastname': 'Doe'}}",
    headers: { 'Content-Type': 'application/json' },
    body: '{"properties": {"email": "john@example.com", "firstname": "John", "lastname": "Doe"}}',
  },
  'Google Sheets, get values': {
    connection: 'google-sheets',
    path: '/v4/spreadsheets/122BS1sFN2RKL8AOUQjkLdubzOwgqzPT64KfZ2rvYI4M/values/Sheet1!A1:B2',
  },
  'Salesforce, a SOQL query': {
    connection: 'salesforce',
    path: '/services/data/v64.0/query?q=SELECT+Id,Name+FROM+Contact+LIMIT+10',
  },
  'Airtable, list tables': { connection: 'airtable', path: '/v0/meta/bases/appgqan2NzWGP5sBK/tables' },
  'Notion, query a database': {
    connection: 'notion',
    path: '/v1/data_sources/23702dc5-9a3b-8001-9e1c-000b5af0a980/query',
    content: '{}',
    headers: { 'Content-Type': 'application/json', 'Notion-Version': '2025-09-03' },
    body: '{}',
  },
  'Stripe, list customers': { connection: 'stripe', path: '/v1/customers?limit=10' },
};

const present = isInstalled('python3');
const withRequests = isInstalled('python3', ['-c', 'import requests']);

test.each(present ? Object.entries(EXAMPLES) : [])('urllib: %s', async (_name, example) => {
  const row = rowOfConnection(example.connection);
  const { gateway, upstream } = await startCatalogs([row], {
    answer: jsonAnswer({ ok: true, from: example.connection }),
  });

  const ran = await runProgram('python3', ['-'], {
    input: script(gateway.base, example),
    env: { PATH: process.env['PATH'], MATON_API_KEY: GATEWAY_KEY },
  });

  expect(ran).toEqual({
    code: 0,
    stdout: `{\n  "ok": true,\n  "from": "${example.connection}"\n}\n`,
    stderr: '',
  });
  const seen = await onlyRequest(upstream);
  const method = example.content === undefined ? 'GET' : 'POST';
  expect(seen.line).toBe(`${method} ${example.path} HTTP/1.1`);
  expectVendorFields(seen, row);
  for (const [name, value] of Object.entries(example.headers ?? {}))
    expect(seen.field(name)).toEqual([value]);
  expect(seen.body).toBe(example.body ?? '');
});

test.each(withRequests ? ['Slack, post a message'] : [])('requests: %s', async () => {
  const row = rowOfConnection('slack');
  const { gateway, upstream } = await startCatalogs([row], { answer: jsonAnswer({ ok: true }) });
  const ran = await runProgram('python3', ['-'], {
    input: `import os, requests
response = requests.post('${gateway.base}/slack/api/chat.postMessage',
    headers={'Authorization': f'Bearer {os.environ["MATON_API_KEY"]}'},
    json={'channel': 'C0123456', 'text': 'Hello!'})
print(response.status_code, response.json())
`,
    env: { PATH: process.env['PATH'], MATON_API_KEY: GATEWAY_KEY },
  });
  expect(ran).toEqual({ code: 0, stdout: "200 {'ok': True}\n", stderr: '' });
  const seen = await onlyRequest(upstream);
  expect(seen.line).toBe('POST /api/chat.postMessage HTTP/1.1');
  expectVendorFields(seen, row);
  expect(JSON.parse(seen.content)).toEqual({ channel: 'C0123456', text: 'Hello!' });
});

/** Holds that a request bears the host and the fields of its row. */
function expectVendorFields(seen: SeenRequest, row: CatalogRow): void {
  expect(seen.field('Host')).toEqual([arrivalOf(row)?.host]);
  for (const field of row.fields) {
    const [name = '', ...value] = filled(field, row).split(': ');
    expect(seen.field(name)).toEqual([value.join(': ')]);
  }
}

test.each(present ? ['the upstream’s own status and body'] : [])(
  'urllib raises HTTPError with %s',
  async () => {
    const upstream = await rawUpstream(jsonAnswer({ error: 'no such thing' }, { status: 404 }));
    const gateway = await startFromYaml(
      `connections:\n  vendor: { base_url: ${upstream.origin}, auth_mode: bearer, credential: "\${env:VENDOR}" }\n`,
      { VENDOR: 'vendor-credential' },
    );
    const ran = await runProgram('python3', ['-'], {
      input: `import urllib.request, urllib.error
req = urllib.request.Request('${gateway.base}/vendor/nothing')
req.add_header('Authorization', 'Bearer ${GATEWAY_KEY}')
try:
    urllib.request.urlopen(req)
except urllib.error.HTTPError as e:
    print(e.code, e.headers.get('Gateway-Error'), e.read().decode())
`,
    });
    expect(ran.stdout).toBe('404 None {"error":"no such thing"}\n');
  },
);

test.each([...(present ? [] : ['python3']), ...(withRequests ? [] : ['requests for python3'])])(
  'NOT RUN: there is no %s on this machine',
  () => {
    expect(present && withRequests).toBe(false);
  },
);

function script(base: string, { connection, path, content, headers = {} }: Example): string {
  const url = `'${base}/${connection}${path}'`;
  return [
    'import urllib.request, os, json',
    ...(content === undefined
      ? [`req = urllib.request.Request(${url})`]
      : [
          `data = json.dumps(${content}).encode()`,
          `req = urllib.request.Request(${url}, data=data, method='POST')`,
        ]),
    `req.add_header('Authorization', f'Bearer {os.environ["MATON_API_KEY"]}')`,
    ...Object.entries(headers).map(([name, value]) => `req.add_header('${name}', '${value}')`),
    'print(json.dumps(json.load(urllib.request.urlopen(req)), indent=2))',
    '',
  ].join('\n');
}
