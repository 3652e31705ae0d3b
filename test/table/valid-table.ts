import type { Table, Variable } from '../../table/types.ts';
import { CREDENTIALS, operationsOf, rule, tableOf } from '../support/table.ts';
import type { ConnectionSpec } from '../support/table.ts';

const AT = 'gateway.d/test.yaml:1:1';

const TEXT = { text: 'x', at: AT };
/** A variable of `PLANS`. */
export const SITE: Variable = {
  name: 'site',
  doc: 'The site.',
  value: TEXT,
  source: {
    kind: 'lookup',
    lookup: { url: 'https://x.example', pointer: '/a', list: '', title: null },
    match: null,
  },
  default: null,
  optional: false,
  pattern: '[a-z]+',
  values: [],
};
/** A connection with every plan that variables may stand in. */
const PLANS: ConnectionSpec = {
  base_url: 'https://{site}.example.com/{site}',
  tls: {
    guarded: true,
    hosts: [
      {
        origin: 'https://up.example.com',
        base_path: '',
        guarded: false,
        methods: ['POST'],
        paths: ['/a/**'],
      },
    ],
  },
  credential: CREDENTIALS.query,
  variables: [SITE],
  path: {
    replace: [
      { segment: ':a', value: TEXT },
      { segment: ':b', value: null },
    ],
    prepend: { path: '/{site}', unless_present: true },
  },
  query: [{ name: 'org', value: { parts: ['a', { variable: 'site' }], at: AT } }],
};

/** A table with something of everything. */
export const VALID: Table = tableOf({
  connections: {
    aaa: {
      base_url: 'https://api.example.com/v1',
      credential: CREDENTIALS.header,
      static_headers: { 'X-Static': 'ours' },
      default_headers: { 'X-Default': 'default' },
      described: operationsOf('GET /a/{b}'),
    },
    bbb: { base_url: 'https://api.example.com', credential: CREDENTIALS.query },
    ccc: { base_url: 'https://api.example.com', credential: CREDENTIALS.basic },
    ddd: { base_url: 'https://api.example.com' },
    eee: PLANS,
    fff: { base_url: 'https://api.example.com', credential: CREDENTIALS.path },
  },
  access: { aaa: { denies: [rule('deny', ['GET'], ['/a/**'])] } },
});
