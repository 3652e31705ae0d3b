import type { OAuth2Plan } from '../../table/types.ts';
import { oauth2Plan } from '../support/oauth-plan.ts';
import { VALID } from './valid-table.ts';

const AT = 'gateway.d/test.yaml:1:1';
const SECRET = { env: 'SECRET', at: AT };

/** A plan of OAuth 2 with these members. */
function oauth2(more: Partial<OAuth2Plan>): unknown {
  return { kind: 'oauth2', oauth2: oauth2Plan('https://idp.example', more) };
}

const CREDENTIAL = 'connections.0.credential';
/** A place of its JSON, what is put there (undefined: nothing), and the message with which it is refused. */
export const REJECTED: [path: string, value: unknown, message: string][] = [
  [
    CREDENTIAL,
    { kind: 'header', name: 'X-A', prefix: '', suffix: '', secret: { grant: 'credential', at: AT } },
    'connections aaa.credential: expected a credential that is declared, for there are no grants',
  ],
  [
    CREDENTIAL,
    { kind: 'basic', username: { grant: 'username', at: AT }, password: null },
    'connections aaa.credential: expected a credential that is declared, for there are no grants',
  ],
  [
    CREDENTIAL,
    { kind: 'header', name: 'X-A', prefix: '', suffix: '', secret: { grant: 'other', at: AT } },
    'connections[0].credential.secret.grant: expected one of credential, username, password',
  ],
  [
    CREDENTIAL,
    oauth2({ send: { in: 'header', name: 'Host', prefix: '', suffix: '' } }),
    'connections aaa.credential: expected a header that may carry a key, not Host',
  ],
  [
    CREDENTIAL,
    oauth2({ send: { in: 'header', name: 'X-A', prefix: 'a\r\n', suffix: '' } }),
    'connections aaa.credential: expected a prefix and suffix that a header may have',
  ],
  [
    CREDENTIAL,
    oauth2({ send: { in: 'header', name: 'X-Token', prefix: '', suffix: '' } }),
    'connections aaa.headers.owned: expected x-token among the owned names',
  ],
  [
    CREDENTIAL,
    oauth2({ token_url: 'file:///token' }),
    'connections aaa.credential: expected URLs that are http or https',
  ],
  [
    CREDENTIAL,
    oauth2({ refresh_url: 'https://{a b}:x' }),
    'connections aaa.credential: expected URLs that are http or https',
  ],
  ['format', 1, 'the table has format 1, this program reads 3: compile it again with this version'],
  [
    'format',
    undefined,
    'the table has format undefined, this program reads 3: compile it again with this version',
  ],
  ['extra', 1, '.extra: expected no member of that name'],
  ['gateway', [], 'gateway: expected an object'],
  ['gateway.extra', 1, 'gateway.extra: expected no member of that name'],
  ['gateway.listen.port', -1, 'gateway.listen.port: expected an integer from 0 to 65535'],
  ['gateway.listen.port', 65_536, 'gateway.listen.port: expected an integer from 0 to 65535'],
  ['gateway.listen.host', 1, 'gateway.listen.host: expected a string'],
  [
    'gateway.limits.headers_max_count',
    0,
    'gateway.limits.headers_max_count: expected an integer of at least 1',
  ],
  [
    'gateway.limits.headers_max_count',
    1.5,
    'gateway.limits.headers_max_count: expected an integer of at least 1',
  ],
  [
    'gateway.limits.headers_timeout_ms',
    2 ** 31,
    'gateway.limits.headers_timeout_ms: expected an integer from 1 to 2147483647',
  ],
  [
    'gateway.rate_limit.requests_per_second',
    0,
    'gateway.rate_limit.requests_per_second: expected a number above zero',
  ],
  ['gateway.rate_limit.store', 'disk', 'gateway.rate_limit.store: expected a list'],
  ['gateway.metrics', 'all', 'gateway.metrics: expected one of admin, public'],
  ['gateway.audit.sink', 'file', 'gateway.audit.sink: expected one of store, jsonl, both, none'],
  ['gateway.audit.mode', 'later', 'gateway.audit.mode: expected one of async, sync'],
  ['gateway.audit.file', null, 'gateway.audit.file: expected a string'],
  ['gateway.audit.retention_ms', 0, 'gateway.audit.retention_ms: expected an integer of at least 1'],
  ['gateway.audit.parameters', 'yes', 'gateway.audit.parameters: expected true or false'],
  ['gateway.audit.redact_names', 'a', 'gateway.audit.redact_names: expected a list'],
  ['gateway.store.0', 1, 'gateway.store[0]: expected a secret reference'],
  ['connections', {}, 'connections: expected a list'],
  ['connections.0', null, 'connections[0]: expected an object'],
  ['connections.0.name', 'Aaa', 'connections[0].name: expected a connection name'],
  ['connections.0.name', 'mcp', 'connections[0].name: expected a connection name'],
  ['connections.0.name', 'zzz', 'connections bbb: expected names in order, each once'],
  ['connections.1.name', 'aaa', 'connections aaa: expected names in order, each once'],
  ['connections.0.at', 'nowhere', 'connections[0].at: expected file:line:column'],
  ['connections.0.forwarded', 'yes', 'connections[0].forwarded: expected true or false'],
  ['connections.0.forwarded', undefined, 'connections[0].forwarded: expected true or false'],
  ['connections.0.variables', [['a']], 'connections[0].variables[0]: expected an object'],
  [
    'connections.0.upstream.origin',
    'https://a@b.example',
    'connections[0].upstream.origin: expected an http or https origin',
  ],
  [
    'connections.0.upstream.origin',
    'ftp://b.example',
    'connections[0].upstream.origin: expected an http or https origin',
  ],
  [
    'connections.0.upstream.origin',
    'https://b.example/',
    'connections[0].upstream.origin: expected an http or https origin',
  ],
  ...['v1', '/v1/', '//v1', '/v1?x', '/v1#x', '/a b', '/a\\b', '/..', '/a/%2e%2e', '/é', '/%zz', '/a\n'].map(
    (path): [string, unknown, string] => [
      'connections.0.upstream.base_path',
      path,
      'connections[0].upstream.base_path: expected an absolute path without a trailing slash',
    ],
  ),
  [
    'connections.0.upstream.mtls_client_key_pem',
    { text: 'x', at: AT },
    'connections[0].upstream.mtls_client_key_pem: expected a secret reference',
  ],
  [
    CREDENTIAL,
    'x',
    'connections[0].credential.kind: expected one of none, header, query, path, basic, oauth2, oauth1, mcp',
  ],
  [
    `${CREDENTIAL}.kind`,
    'magic',
    'connections[0].credential.kind: expected one of none, header, query, path, basic, oauth2, oauth1, mcp',
  ],
  [`${CREDENTIAL}.name`, 'X Y', 'connections[0].credential.name: expected a header name (RFC 9110 token)'],
  [
    `${CREDENTIAL}.name`,
    'Host',
    'connections aaa.credential: expected a header that may carry a key, not Host',
  ],
  [
    `${CREDENTIAL}.name`,
    'X-Static',
    'connections aaa.headers.set X-Static: expected a name that may be set (credential)',
  ],
  [`${CREDENTIAL}.name`, 'X-Other', 'connections aaa.headers.owned: expected x-other among the owned names'],
  [
    `${CREDENTIAL}.prefix`,
    'a\r\nX: y',
    'connections aaa.credential: expected a prefix and suffix that a header may have',
  ],
  [
    `${CREDENTIAL}.suffix`,
    ' ',
    'connections aaa.credential: expected a prefix and suffix that a header may have',
  ],
  [
    `${CREDENTIAL}.secret`,
    { literal: 'x', at: AT },
    'connections[0].credential.secret: expected a secret reference',
  ],
  [
    `${CREDENTIAL}.secret`,
    { ...SECRET, more: 1 },
    'connections[0].credential.secret.more: expected no member of that name',
  ],
  [`${CREDENTIAL}.secret`, null, 'connections[0].credential.secret: expected a secret reference'],
  [CREDENTIAL, { kind: 'none' }, 'connections aaa.credential: expected the plan of auth_mode api_key'],
  ['connections.3.auth_mode', 'bearer', 'connections ddd.credential: expected the plan of auth_mode bearer'],
  [
    'connections.1.credential.name',
    '',
    'connections[1].credential.name: expected the name of a query parameter',
  ],
  [
    'connections.1.credential.name',
    '\ud800',
    'connections[1].credential.name: expected the name of a query parameter',
  ],
  [
    'connections.1.credential.prefix',
    '\udc00',
    'connections[1].credential.prefix: expected text without half surrogate pairs',
  ],
  [
    'connections.2.headers.owned',
    [],
    'connections ccc.headers.owned: expected authorization among the owned names',
  ],
  [
    'connections.0.headers.set.0.name',
    'X\nY',
    'connections[0].headers.set[0].name: expected a header name (RFC 9110 token)',
  ],
  [
    'connections.0.headers.set.0.value',
    { text: 'a\nb', at: AT },
    'connections aaa.headers.set X-Static: expected a header value',
  ],
  [
    'connections.0.headers.set.0.value',
    'a',
    'connections[0].headers.set[0].value: expected a secret reference',
  ],
  [
    'connections.0.headers.set.0.name',
    'X-Unowned',
    'connections aaa.headers.owned: expected x-unowned among the owned names',
  ],
  [
    'connections.0.headers.defaults.0.name',
    'X_Static',
    'connections aaa.headers.defaults X_Static: expected a name that no layer above owns',
  ],
  [
    'connections.0.headers.defaults.1',
    { name: 'x_default', value: SECRET },
    'connections aaa.headers.defaults x_default: expected each name once',
  ],
  ...[
    ['Authorization', 'credential'],
    ['x-api-key', 'credential'],
    ['X_Vendor_Key', 'credential'],
    ['Gateway-Error', 'gateway'],
    ['Maton-Connection', 'gateway'],
    ['Cookie', 'cookie'],
    ['Content-Length', 'framing'],
    ['Transfer_Encoding', 'framing'],
    ['Host', 'framing'],
    ['Expect', 'framing'],
    ['Trailer', 'framing'],
    ['Connection', 'hop_by_hop'],
    ['TE', 'hop_by_hop'],
    ['Keep-Alive', 'hop_by_hop'],
    ['Proxy-Connection', 'hop_by_hop'],
    ['Upgrade', 'hop_by_hop'],
  ].map(([name, why]): [string, unknown, string] => [
    'connections.0.headers.defaults.0.name',
    name,
    `connections aaa.headers.defaults ${name}: expected a name that may be set (${why})`,
  ]),
  [
    'connections.0.limits.call_timeout_ms',
    0,
    'connections[0].limits.call_timeout_ms: expected an integer from 1 to 2147483647',
  ],
  [
    'connections.0.limits.body_max_bytes',
    '1',
    'connections[0].limits.body_max_bytes: expected an integer of at least 1',
  ],
  [
    'connections.0.catalog.descriptions.0.prefix',
    'v1',
    'connections[0].catalog.descriptions[0].prefix: expected an absolute path without a trailing slash',
  ],
  ['callers.0.key', {}, 'callers[0].key.secret: expected a secret reference'],
  ['callers.0.access', 1, 'callers tester.access: expected an index of access'],
  ['callers.1', VALID.callers[0], 'callers tester: expected names in order, each once'],
  ['personas.1', VALID.personas[0], 'personas all: expected names in order, each once'],
];
