import { expect, test } from 'vitest';
import { folderOf } from '../support/folder.ts';
import { gw } from '../support/gw-process.ts';

const FOLDER = {
  'gateway.d/10-access.yaml': `callers:
  ada: { key: "\${env:ADA_KEY}", personas: [reader] }
  ben: { key: "\${env:BEN_KEY}", account: acme, personas: [nobody] }
personas:
  reader:
    connections: { allow: ["*"] }
    routes:
      - { connection: books, methods: [GET], paths: ["/books/**"], action: allow }
      - { connection: books, methods: [GET], paths: ["/books/secret"], action: deny }
  nobody:
    connections: { allow: [maps] }
`,
  'gateway.d/20-connections.yaml': `connections:
  books:
    catalog: shop
    credential: \${env:BOOKS_KEY}
    static_headers:
      X-Branch: harbour
      X-Signed: \${file:/run/secrets/signed}
  maps:
    base_url: https://maps.example/api
    auth_mode: api_key
    api_key_placement: query
    api_key_param: key
    credential: \${env:MAPS_KEY}
  signin:
    base_url: https://signin.example
    auth_mode: oauth2_client_credentials
    oauth2_token_url: https://signin.example/token
    oauth2_client_id: id
    oauth2_client_secret: \${env:SIGNIN_SECRET}
  chat:
    catalog: chat
    credential: \${env:BOOKS_KEY}
    variables: { site: acme, org: "\${env:MAPS_KEY}", room: "\${env:ADA_KEY}" }
  queried:
    catalog: queried
    oauth2_client_id: id
    oauth2_client_secret: \${env:SIGNIN_SECRET}
  each:
    base_url: https://each.example
    auth_mode: bearer
    grants: true
`,
  'catalogs/queried/catalog.yaml': `catalog: queried
base_url: https://queried.example
auth:
  oauth2_client_credentials:
    token_url: https://queried.example/token
    send: { in: query, name: t }
`,
  'catalogs/shop/catalog.yaml': `catalog: shop
base_url: https://api.shop.example/v2
default_headers: { Shop-Version: "3" }
auth: { bearer: {} }
versions:
  "3": { descriptions: { main: { document: shop.json } } }
`,
  'catalogs/chat/catalog.yaml': `catalog: chat
base_url: https://{site}.chat.example
variables: { site: { doc: a }, org: { doc: b, from: secret }, room: { doc: c, from: secret } }
path:
  replace: { ":room": "{room}" }
  prepend: /api
  unless_present: true
hosts: [{ base_url: "https://{room}.up.example/v2", methods: [POST], paths: ["/api/**"] }]
query: { org: "o {org}" }
auth: { api_key: { in: path, name: ":token", value: "bot{credential}" } }
`,
  'catalogs/shop/shop.json': JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'Shop', version: '3' },
    paths: { '/books/{id}': { get: { operationId: 'getBook', responses: {} } } },
  }),
};

/** What stands where a secret would: none of these is in the table, so none may be shown. */
const SECRETS = {
  ADA_KEY: 'ada-secret',
  BEN_KEY: 'ben-secret',
  BOOKS_KEY: 'books-secret',
  MAPS_KEY: 'maps-secret',
  SIGNIN_SECRET: 'signin-secret',
};

interface Case {
  readonly parameters: readonly string[];
  readonly code: number;
  readonly stdout: string;
}

const CASES: Record<string, Case> = {
  'allowed, with every header layer': {
    parameters: [
      'GET',
      '/books/books/7?full=1',
      '--caller',
      'ada',
      '-H',
      'Accept: text/plain',
      '-H',
      'x_branch: mine',
      '-H',
      'Connection: X-Mine',
      '-H',
      'X-Mine: 1',
      '-H',
      'Authorization: Bearer gateway-key',
    ],
    code: 0,
    stdout: `GET /books/books/7?full=1
connection   books (gateway.d/20-connections.yaml:2:3)
catalog      shop@3 (folder)
operation    getBook: GET /books/{id} (description main)
caller       ada (gateway.d/10-access.yaml:2:3), account ada, personas reader
  allowed    by persona reader, gateway.d/10-access.yaml:8:9
headers      sent upstream, in this order:
  Accept: text/plain    from the caller
  (dropped) x_branch: static_headers sets it
  (dropped) Connection: hop-by-hop (RFC 9110 7.6.1)
  (dropped) X-Mine: hop-by-hop (RFC 9110 7.6.1)
  (dropped) Authorization: the credential sets it
  Shop-Version: 3    default_headers (catalogs/shop/catalog.yaml:3:20)
  X-Branch: harbour    static_headers (gateway.d/20-connections.yaml:6:7)
  X-Signed: [\${file:/run/secrets/signed}]    static_headers (gateway.d/20-connections.yaml:7:7)
  Authorization: Bearer [\${env:BOOKS_KEY}]    credential (gateway.d/20-connections.yaml:4:5)
upstream     GET https://api.shop.example/v2/books/7?full=1
`,
  },
  'refused by a deny': {
    parameters: ['GET', '/books/books/secret', '--caller', 'ada'],
    code: 1,
    stdout: `GET /books/books/secret
connection   books (gateway.d/20-connections.yaml:2:3)
catalog      shop@3 (folder)
operation    getBook: GET /books/{id} (description main)
caller       ada (gateway.d/10-access.yaml:2:3), account ada, personas reader
  refused    403 forbidden: a rule of your personas denies this method and path (persona reader, gateway.d/10-access.yaml:9:9)
headers      not sent upstream, in this order:
  Shop-Version: 3    default_headers (catalogs/shop/catalog.yaml:3:20)
  X-Branch: harbour    static_headers (gateway.d/20-connections.yaml:6:7)
  X-Signed: [\${file:/run/secrets/signed}]    static_headers (gateway.d/20-connections.yaml:7:7)
  Authorization: Bearer [\${env:BOOKS_KEY}]    credential (gateway.d/20-connections.yaml:4:5)
upstream     not called: GET https://api.shop.example/v2/books/secret
`,
  },
  'each caller without --caller; the query key is hidden': {
    parameters: ['GET', '/maps/tiles?key=mine&z=3'],
    code: 0,
    stdout: `GET /maps/tiles?key=mine&z=3
connection   maps (gateway.d/20-connections.yaml:8:3)
caller       ada (gateway.d/10-access.yaml:2:3), account ada, personas reader
  allowed    by persona reader, gateway.d/10-access.yaml:6:28
caller       ben (gateway.d/10-access.yaml:3:3), account acme, personas nobody
  allowed    by persona nobody, gateway.d/10-access.yaml:11:28
headers      sent upstream, in this order:
  none
upstream     GET https://maps.example/api/tiles?z=3&key=[\${env:MAPS_KEY}]
`,
  },
  'what a catalog does to a request, secrets shown as where they come from': {
    parameters: ['POST', '/chat/:room/:token/send?org=mine&x', '--caller', 'ada'],
    code: 0,
    stdout: `POST /chat/:room/:token/send?org=mine&x
connection   chat (gateway.d/20-connections.yaml:20:3)
path         /api/[\${env:ADA_KEY}]/:token/send?org=mine&x
catalog      chat (folder)
operation    none: the path is in no description
caller       ada (gateway.d/10-access.yaml:2:3), account ada, personas reader
  allowed    by persona reader, gateway.d/10-access.yaml:6:28
headers      sent upstream, in this order:
  none
upstream     POST https://[\${env:ADA_KEY}].up.example/v2/api/[\${env:ADA_KEY}]/bot[\${env:BOOKS_KEY}]/send?x&org=o [\${env:MAPS_KEY}]
`,
  },
  'a path that lacks the segment of its credential': {
    parameters: ['GET', '/chat/api/list', '--caller', 'ada'],
    code: 1,
    stdout: `GET /chat/api/list
connection   chat (gateway.d/20-connections.yaml:20:3)
catalog      chat (folder)
operation    none: the path is in no description
caller       ada (gateway.d/10-access.yaml:2:3), account ada, personas reader
  allowed    by persona reader, gateway.d/10-access.yaml:6:28
refused      400 target_invalid: the path must have the segment :token once: the credential takes its place
`,
  },
  'no such connection': {
    parameters: ['GET', '/nowhere/x'],
    code: 1,
    stdout: `GET /nowhere/x
refused      404 route_unknown: no connection is named "nowhere"
`,
  },
  'a target that is refused': {
    parameters: ['GET', '/books/../maps/x'],
    code: 1,
    stdout: `GET /books/../maps/x
refused      400 target_invalid: the path has a dot segment, plain or encoded
`,
  },
  'a token that is asked for while serving': {
    parameters: ['GET', '/signin/x', '--caller', 'ada'],
    code: 0,
    stdout: `GET /signin/x
connection   signin (gateway.d/20-connections.yaml:14:3)
caller       ada (gateway.d/10-access.yaml:2:3), account ada, personas reader
  allowed    by persona reader, gateway.d/10-access.yaml:6:28
headers      sent upstream, in this order:
  Authorization: Bearer [access token]    credential (gateway.d/20-connections.yaml:19:5)
upstream     GET https://signin.example/x
`,
  },
  'a token in the query': {
    parameters: ['GET', '/queried/x?t=mine&a', '--caller', 'ada'],
    code: 0,
    stdout: `GET /queried/x?t=mine&a
connection   queried (gateway.d/20-connections.yaml:24:3)
catalog      queried (folder)
operation    none: the path is in no description
caller       ada (gateway.d/10-access.yaml:2:3), account ada, personas reader
  allowed    by persona reader, gateway.d/10-access.yaml:6:28
headers      sent upstream, in this order:
  none
upstream     GET https://queried.example/x?a&t=[access token]
`,
  },
  'a key that each account brings': {
    parameters: ['GET', '/each/x', '--caller', 'ada'],
    code: 0,
    stdout: `GET /each/x
connection   each (gateway.d/20-connections.yaml:28:3)
caller       ada (gateway.d/10-access.yaml:2:3), account ada, personas reader
  allowed    by persona reader, gateway.d/10-access.yaml:6:28
headers      sent upstream, in this order:
  Authorization: Bearer [the credential of an account]    credential (gateway.d/20-connections.yaml:28:3)
upstream     GET https://each.example/x
`,
  },
};

test.each(Object.entries(CASES))('%s', async (_name, { parameters, code, stdout }) => {
  const ran = await gw(['explain', ...parameters], { cwd: folderOf(FOLDER), env: SECRETS });
  expect(ran).toEqual({ code, stdout, stderr: '' });
  for (const secret of Object.values(SECRETS)) expect(ran.stdout).not.toContain(secret);
});

test('an unknown caller is wrong usage, and the known ones are named', async () => {
  const ran = await gw(['explain', 'GET', '/maps/x', '--caller', 'zoe'], { cwd: folderOf(FOLDER) });
  expect(ran).toEqual({ code: 2, stdout: '', stderr: 'gw: no caller is named "zoe"; there are: ada, ben\n' });
});

test('a folder that does not compile is told, exit code 1', async () => {
  const dir = folderOf({ ...FOLDER, 'gateway.d/30-faulty.yaml': 'connection: {}\n' });
  const ran = await gw(['explain', 'GET', '/maps/x'], { cwd: dir });
  expect([ran.code, ran.stdout]).toEqual([1, '']);
  expect(ran.stderr).toMatch(/^error GW\d{4}: unknown key "connection"\n/);
});

test('a secret in the path is one segment to rules, whatever the path of its file', async () => {
  const dir = folderOf({
    'gateway.d/gateway.yaml': `callers:
  ada: { key: "\${env:ADA_KEY}", personas: [reader] }
personas:
  reader:
    connections: { allow: [chat] }
    routes:
      - { connection: chat, paths: ["/**"], action: allow }
      - { connection: chat, paths: ["/rooms/*"], action: deny }
connections:
  chat: { catalog: chat, credential: "\${env:A}", variables: { room: "\${file:/run/secrets/room}" } }
`,
    'catalogs/chat/catalog.yaml': `catalog: chat
base_url: https://chat.example
variables: { room: { from: secret } }
path: { replace: { ":room": "{room}" } }
auth: { bearer: {} }
`,
  });
  const { code, stdout } = await gw(['explain', 'GET', '/chat/rooms/:room', '--dir', dir]);
  expect([code, stdout]).toEqual([1, expect.stringContaining('path         /rooms/[${file:…room}]\n')]);
  expect(stdout).toContain('refused    403 forbidden');
});
