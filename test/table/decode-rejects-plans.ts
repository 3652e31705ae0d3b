import { SITE } from './valid-table.ts';
import type { REJECTED } from './decode-rejects.ts';

const AT = 'gateway.d/test.yaml:1:1';
const TEXT = { text: 'x', at: AT };
const HALF = { text: '\ud800', at: AT };
const UNKNOWN = { parts: [{ variable: 'nobody' }], at: AT };
const P = 'connections.4';

/** The same for what variables may stand in; `eee` and `fff` of the table. */
export const REJECTED_PLANS: typeof REJECTED = [
  [
    `${P}.upstream.guarded`,
    false,
    'connections eee.upstream.guarded: expected true, for a variable is in the host',
  ],
  [
    `${P}.upstream.hosts.0.origin`,
    'https://{site}.example.com',
    'connections eee.upstream.guarded: expected true, for a variable is in the host',
  ],
  [
    `${P}.upstream.hosts.0.base_path`,
    '/{nobody}',
    'connections eee.upstream: expected the variable nobody among the variables',
  ],
  [
    `${P}.upstream.hosts.0.methods.0`,
    'post',
    'connections[4].upstream.hosts[0].methods[0]: expected a method in upper case',
  ],
  [`${P}.upstream.hosts.0.paths.0`, 'a', 'connections[4].upstream.hosts[0].paths[0]: expected a path glob'],
  [
    `${P}.upstream.origin`,
    'https://{nobody}.example.com',
    'connections eee.upstream: expected the variable nobody among the variables',
  ],
  [`${P}.variables.0.name`, 'Site', 'connections[4].variables[0].name: expected the name of a variable'],
  [`${P}.variables.0.value`, UNKNOWN, 'connections eee.variables site: expected a value without variables'],
  [
    `${P}.variables.0.value`,
    HALF,
    'connections eee.variables site: expected text without half surrogate pairs',
  ],
  [`${P}.variables.1`, SITE, 'connections eee.variables site: expected each name once'],
  [
    `${P}.variables.0.source.kind`,
    'magic',
    'connections[4].variables[0].source.kind: expected one of connection, token_response, callback, lookup',
  ],
  [`${P}.variables.0.source`, null, 'connections[4].variables[0].source: expected an object'],
  [
    `${P}.variables.0.source.lookup.pointer`,
    'a',
    'connections[4].variables[0].source.lookup.pointer: expected a JSON pointer',
  ],
  [`${P}.path.replace.0.segment`, 'a/b', 'connections eee.path.replace a/b: expected a segment of a path'],
  [`${P}.path.replace.0.segment`, '..', 'connections eee.path.replace ..: expected a segment of a path'],
  [
    `${P}.path.replace.0.segment`,
    '%2e%2e',
    'connections eee.path.replace %2e%2e: expected a segment of a path',
  ],
  [`${P}.path.replace.0.segment`, ':b', 'connections eee.path.replace :b: expected each segment once'],
  [
    `${P}.path.replace.0.value.text`,
    '',
    'connections eee.path.replace :a: expected a value that can be a segment of a path',
  ],
  [`${P}.path.replace.0.value`, UNKNOWN, 'connections eee: expected the variable nobody among the variables'],
  [
    `${P}.path.prepend.path`,
    '',
    'connections[4].path.prepend.path: expected a path that can be put in front',
  ],
  [
    `${P}.path.prepend.path`,
    '/a/',
    'connections[4].path.prepend.path: expected a path that can be put in front',
  ],
  [
    `${P}.path.prepend.path`,
    '/{nobody}',
    'connections eee: expected the variable nobody among the variables',
  ],
  [`${P}.query.0.name`, '', 'connections[4].query[0].name: expected the name of a query parameter'],
  [`${P}.query.0.name`, 'api_key', 'connections eee.query api_key: expected each name once'],
  [`${P}.query.1`, { name: 'org', value: TEXT }, 'connections eee.query org: expected each name once'],
  [`${P}.query.0.value`, HALF, 'connections eee.query org: expected text without half surrogate pairs'],
  [
    `${P}.query.0.value.parts.0`,
    '\ud800',
    'connections eee.query org: expected text without half surrogate pairs',
  ],
  [
    `${P}.query.0.value.parts.1.variable`,
    'nobody',
    'connections eee: expected the variable nobody among the variables',
  ],
  [
    `${P}.query.0.value`,
    { parts: [{ variable: 'username' }], at: AT },
    'connections eee: expected the variable username among the variables',
  ],
  [
    'connections.2.credential.username',
    { parts: [{ variable: 'username' }], at: AT },
    'connections ccc.credential: expected the variable username among the variables',
  ],
  [
    'connections.2.credential.password',
    UNKNOWN,
    'connections ccc.credential: expected the variable nobody among the variables',
  ],
  [
    'connections.5.credential.segment',
    '.',
    'connections fff.credential.segment: expected a segment of a path',
  ],
  [
    'connections.5.credential.prefix',
    'a/',
    'connections fff.credential: expected a prefix and suffix that a segment of a path may have',
  ],
  [
    'connections.5.path',
    { replace: [{ segment: ':token', value: null }], prepend: null },
    'connections fff.credential.segment: expected each segment once',
  ],
];
