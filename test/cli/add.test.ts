import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf } from '../support/folder.ts';
import type { Files } from '../support/folder.ts';
import { gw } from '../support/gw-process.ts';
import type { Ran } from '../support/run-program.ts';

const ALLOWED = 'personas: { all: { connections: { allow: ["*"] } } }\n';

function add(cwd: string, ...parameters: string[]): Promise<Ran> {
  return gw(['add', ...parameters], { cwd });
}

interface Case {
  readonly parameters: readonly string[];
  readonly files?: Files;
  readonly written: string;
  readonly stderr: string;
}

const SCHEMA = '# yaml-language-server: $schema=../node_modules/gw/docs/schema/gateway.schema.json\n';

const CASES: Readonly<Record<string, Case>> = {
  'one credential': {
    parameters: ['chargebee', '--var', 'subdomain=acme'],
    written: `${SCHEMA}# Chargebee: https://apidocs.chargebee.com/docs/api
# Guide: node_modules/gw/docs/catalogs/chargebee.md
connections:
  chargebee: # serves /chargebee/…
    catalog: chargebee
    credential: \${env:CHARGEBEE_CREDENTIAL}
    variables:
      subdomain: acme # The name of the Chargebee site; matches [a-z0-9][a-z0-9-]*
`,
    stderr: `good to know:
  Bodies are forms.
next:
  export CHARGEBEE_CREDENTIAL=…   # where gw serve runs
  gw check
  gw compile   # and start gw serve, or let it load the new table
  gw call GET /chargebee/api/v2/business_entities
`,
  },
  'what is to be filled in, under another name, and no persona that allows it': {
    parameters: ['jira', '--as', 'tickets'],
    files: { 'gateway.d/a.yaml': 'personas: { none: { connections: { allow: ["*"], deny: [tickets] } } }\n' },
    written: `${SCHEMA}# Jira: https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/
# Guide: node_modules/gw/docs/catalogs/jira.md
connections:
  tickets: # serves /tickets/…
    # Other ways to authenticate: bearer (a token obtained elsewhere), oauth2 (somebody signs in).
    catalog: jira
    username: \${env:TICKETS_USERNAME}
    password: \${env:TICKETS_PASSWORD}
    variables:
      # cloud_id: … # The id of the site that stands for :cloudId in paths
      site: # to be filled in. The name of the site, for Basic authentication; matches [a-z0-9][a-z0-9-]*
`,
    stderr: `good to know:
  With OAuth, paths are /ex/jira/:cloudId/rest/api/3/…; with Basic authentication /rest/api/3/….
  With Basic authentication the user name is an e-mail address, the password an API token.
next:
  fill in site in gateway.d/tickets.yaml
  export TICKETS_USERNAME=… TICKETS_PASSWORD=…   # where gw serve runs
  allow it to a persona, none does yet: personas: { NAME: { connections: { allow: [tickets] } } }
  gw check
  gw compile   # and start gw serve, or let it load the new table
  gw ops list tickets   # its operations, as callers write them
`,
  },
  'a token obtained elsewhere, with the secret that a variable is': {
    parameters: ['google-ads'],
    written: `${SCHEMA}# Google Ads: https://developers.google.com/google-ads/api/docs/start
# Guide: node_modules/gw/docs/catalogs/google-ads.md
connections:
  google-ads: # serves /google-ads/…
    # An access token that was obtained elsewhere: nothing refreshes it.
    # Other ways to authenticate: oauth2 (somebody signs in).
    catalog: google-ads
    credential: \${env:GOOGLE_ADS_CREDENTIAL}
    variables:
      developer_token: \${env:GOOGLE_ADS_DEVELOPER_TOKEN} # The developer token of the manager account; it is the operator's, beside what each user grants
      # login_customer_id: … # The manager account through which customers are reached, ten digits; matches [0-9]{10}
`,
    stderr: `next:
  export GOOGLE_ADS_CREDENTIAL=… GOOGLE_ADS_DEVELOPER_TOKEN=…   # where gw serve runs
  gw check
  gw compile   # and start gw serve, or let it load the new table
  gw call METHOD /google-ads/…   # behind it, the API's own path (https://developers.google.com/google-ads/api/docs/start)
`,
  },
  'a way by which somebody signs in': {
    parameters: ['xero', '--auth', 'oauth2'],
    written: `${SCHEMA}# Xero: https://developer.xero.com/documentation/api/accounting/overview
# Guide: node_modules/gw/docs/catalogs/xero.md
connections:
  xero: # serves /xero/…
    # Somebody signs in before the first call: gw connect.
    # Other ways to authenticate: bearer (a token obtained elsewhere).
    catalog: xero
    oauth2_client_id: \${env:XERO_CLIENT_ID}
    oauth2_client_secret: \${env:XERO_CLIENT_SECRET}
    # variables:
    #   tenant_id: … # The id of the organization
`,
    stderr: `good to know:
  One sign-in may cover several organizations; each connection calls one of them.
next:
  register at the vendor, as redirect URI: http://127.0.0.1:8081/api/v1/admin/oauth/callback   # set gateway.control_url where people reach it by another name
  export XERO_CLIENT_ID=… XERO_CLIENT_SECRET=…   # where gw serve runs
  gw check
  gw compile   # and start gw serve, or let it load the new table
  gw connect xero --shared   # as an admin, once; or write grants: true, and each account signs in
  gw call METHOD /xero/…   # behind it, the API's own path (https://developer.xero.com/documentation/api/accounting/overview)
`,
  },
  "a version of the folder's own catalog, whose texts hold what YAML could take for its own": {
    parameters: ['shop@2', '--var', 'place=x # not a comment: "really"'],
    files: {
      'gateway.d/a.yaml': ALLOWED,
      'catalogs/shop/catalog.yaml': `catalog: shop
title: "Shop\\n: # of\\u2028things"
default_version: "1"
base_url: https://api.shop.example
variables: { place: { doc: "a\\nb" } }
query: { place: "{place}" }
auth: { api_key: { in: header, name: X-Key, value: "{credential}" }, bearer: {} }
versions:
  "1": {}
  "2": { descriptions: { main: { document: shop.yaml } } }
`,
      'catalogs/shop/shop.yaml':
        'openapi: 3.1.0\ninfo: { title: Shop, version: "2" }\npaths: { /a: { get: { responses: { "200": { description: A } } } } }\n',
    },
    written: `${SCHEMA}# Shop : # of things
connections:
  shop: # serves /shop/…
    # Other ways to authenticate: bearer.
    catalog: "shop@2"
    auth_mode: api_key
    credential: \${env:SHOP_CREDENTIAL}
    variables:
      place: "x # not a comment: \\"really\\"" # a b
`,
    stderr: `next:
  export SHOP_CREDENTIAL=…   # where gw serve runs
  gw check
  gw compile   # and start gw serve, or let it load the new table
  gw ops list shop   # its operations, as callers write them
`,
  },
};

test.each(Object.entries(CASES))('%s', async (_name, { parameters, files, written, stderr }) => {
  const cwd = folderOf(files ?? { 'gateway.d/a.yaml': ALLOWED });
  const ran = await add(cwd, ...parameters);
  const path = `gateway.d/${/connections:\n {2}([a-z-]+):/.exec(written)?.[1] ?? ''}.yaml`;
  expect(ran).toEqual({ code: 0, stdout: `${path}\n`, stderr });
  expect(readFileSync(join(cwd, path), 'utf8')).toBe(written);
});

test('steps for another folder name it', async () => {
  const cwd = folderOf({ 'my files/gateway.d/a.yaml': ALLOWED });
  const ran = await add(cwd, 'granola', '--dir', 'my files');
  expect([ran.code, ran.stdout]).toEqual([0, 'my files/gateway.d/granola.yaml\n']);
  expect(ran.stderr).toContain("  gw check --dir 'my files'\n  gw compile --dir 'my files'   # and start");
});

interface Refusal {
  readonly parameters: readonly string[];
  readonly files?: Files;
  readonly code: number;
  readonly stderr: string;
}

const TAKEN = 'already; nothing was written. Give the new one another name: --as stripe-2\n';

const REFUSALS: Readonly<Record<string, Refusal>> = {
  'a name that another file has': {
    parameters: ['stripe'],
    files: { 'gateway.d/a.yaml': 'connections: { stripe: { catalog: stripe } }\n' },
    code: 1,
    stderr: `gw add: gateway.d/a.yaml has a connection stripe ${TAKEN}`,
  },
  'a file that is there': {
    parameters: ['stripe'],
    files: { 'gateway.d/stripe.yaml': '' },
    code: 1,
    stderr: `gw add: gateway.d/stripe.yaml is there already; nothing was written. Give the new one another name: --as stripe-2\n`,
  },
  'no folder to write to': {
    parameters: ['stripe'],
    files: {},
    code: 1,
    stderr: 'gw add: there is no folder gateway.d in .; begin one with gw init, or pass --dir\n',
  },
  'a catalog with faults': {
    parameters: ['shop'],
    files: {
      'gateway.d/a.yaml': ALLOWED,
      'catalogs/shop/catalog.yaml':
        'catalog: shop\nbase_url: https://{place}.example\nauth: { bearer: {} }\n',
    },
    code: 1,
    stderr: 'gw add: the catalog shop has faults; gw check shows them\n',
  },
  'a way that the catalog does not offer': {
    parameters: ['stripe', '--auth', 'oauth1'],
    code: 2,
    stderr: 'gw: --auth: the catalog stripe offers basic, bearer, oauth2, not "oauth1"\n',
  },
  'a version that it does not have': {
    parameters: ['stripe@2025-01'],
    code: 2,
    stderr: 'gw: the catalog stripe has no version "2025-01": it has no versions\n',
  },
  'a variable that it does not have': {
    parameters: ['chargebee', '--var', 'subdomian=acme'],
    code: 2,
    stderr: 'gw: the catalog "chargebee" has no variable "subdomian"; did you mean "subdomain"?\n',
  },
  'a value that does not fit': {
    parameters: ['grafana', '--var', 'host=https://grafana.example'],
    code: 2,
    stderr:
      'gw: the value of "host" is no host name; write it without scheme and path, such as `shop.example.com`; a port may follow, letters beyond ASCII are written as `xn--…`\n',
  },
  'a secret that is written out is not repeated': {
    parameters: ['google-ads', '--var', 'developer_token=hunter2'],
    code: 2,
    stderr:
      'gw: "developer_token" is a secret, and is written out; write ${env:NAME} or ${file:PATH}; if it was committed, revoke it\n',
  },
  'a name that leads out of the folder': {
    parameters: ['stripe', '--as', '../stripe'],
    code: 2,
    stderr:
      'gw: --as: a connection cannot be named "../stripe": write a lower-case letter, then up to 63 of a-z, 0-9, "_" and "-"\n',
  },
  'a name that the gateway keeps': {
    parameters: ['stripe', '--as', 'api'],
    code: 2,
    stderr:
      'gw: --as: the gateway keeps the name "api" for itself; choose a name other than "mcp", "api", "connections", "connect", "portal", "healthz", "readyz", "metrics" or "oauth"\n',
  },
  'a family': {
    parameters: ['google', '--as', 'mail'],
    code: 2,
    stderr: 'gw: there is no catalog "google"\n',
  },
};

test.each(Object.entries(REFUSALS))('refused: %s', async (_name, { parameters, files, code, stderr }) => {
  const before = files ?? { 'gateway.d/a.yaml': ALLOWED };
  const cwd = folderOf(before);
  expect(await add(cwd, ...parameters)).toEqual({ code, stdout: '', stderr });
  const after = readdirSync(cwd, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.yaml'),
  );
  expect(after.sort()).toEqual(Object.keys(before).sort());
  for (const [path, text] of Object.entries(before)) expect(readFileSync(join(cwd, path), 'utf8')).toBe(text);
});

test('lists: all, those with a word in name, title or host, and the nearest where there is none', async () => {
  const cwd = folderOf();
  const all = await add(cwd);
  expect([all.code, all.stderr]).toEqual([0, '']);
  expect(all.stdout.split('\n').length).toBeGreaterThan(138);
  expect(all.stdout).toMatch(/^stripe +Stripe +basic bearer oauth2$/m);
  expect(all.stdout).not.toMatch(/^google +/m);

  const found = await add(cwd, 'Google', 'cal');
  expect(found).toEqual({
    code: 0,
    stdout: 'google-calendar  Google Calendar  bearer oauth2\n',
    stderr: '',
  });
  // By the host of its API alone.
  expect((await add(cwd, 'btapi', 'facebook')).code).toBe(1);
  expect((await add(cwd, 'facebook')).stdout).toMatch(/^whatsapp-business /);

  expect(await add(cwd, 'strpie')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'gw add: no catalog has "strpie"; did you mean stripe?; gw add lists all\n',
  });
  const json = JSON.parse((await add(cwd, 'telegram', 'bot', '--format', 'json')).stdout) as unknown;
  expect(json).toEqual({ catalogs: [] });
});
