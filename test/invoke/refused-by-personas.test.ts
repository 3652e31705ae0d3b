import { test } from 'vitest';
import { checkRefused, get, messages, post } from '../support/refused-calls.ts';
import type { Refused } from '../support/refused-calls.ts';
import { CREDENTIALS, gives, rule } from '../support/table.ts';

// What personas and expose refuse, whichever way a call names it.

const PERSONAS: Record<string, Refused> = {
  'a connection that is not given': {
    call: get({}),
    spec: { table: { access: { vendor: null } } },
    says: ['forbidden', 'your personas do not give this connection'],
  },
  'a connection that is not given, without a word on its descriptions': {
    call: { operation_id: 'GET /files', spec: 'nothing' },
    spec: { table: { access: { vendor: null } } },
    says: ['forbidden', 'your personas do not give this connection'],
  },
  'a connection that is not given, without a word on its headers': {
    call: get({ headers: { 'X-Vendor-Key': 'mine' }, query_params: { '': 1 } }),
    spec: { connection: { credential: CREDENTIALS.header }, table: { access: { vendor: null } } },
    says: ['forbidden', 'your personas do not give this connection'],
  },
  'a method that is denied': {
    call: { operation_id: 'DELETE /users/{email}', path_params: { email: 'a' } },
    spec: { table: { access: { vendor: { denies: [rule('deny', ['DELETE'], [])] } } } },
    says: ['forbidden', 'a rule of your personas denies this method and path'],
  },
  'an operation that is denied, without a word on its parameters': {
    call: { operation_id: 'DELETE /users/{email}' },
    spec: { table: { access: { vendor: { denies: [rule('deny', ['DELETE'], [])] } } } },
    says: ['forbidden', 'a rule of your personas denies this method and path'],
  },
  'a value that is denied': {
    call: messages({ email: 'root@x', id: '1' }),
    spec: { table: { access: { vendor: { denies: [rule('deny', [], ['/users/root@x/**'])] } } } },
    says: ['forbidden', 'a rule of your personas denies this method and path'],
  },
  'a slash in a value, past a deny of what comes of it': {
    call: messages({ email: 'a', id: '1/admin' }),
    spec: { table: { access: { vendor: { denies: [rule('deny', [], ['/users/*/messages/*/admin'])] } } } },
    says: ['forbidden', 'a rule of your personas denies this method and path'],
  },
  'a slash in a value, past an allow of one segment': {
    call: messages({ email: 'a', id: '1/admin' }),
    spec: {
      table: {
        access: {
          vendor: {
            allows: [gives([rule('allow', [], ['/users/*/messages/*'])])],
          },
        },
      },
    },
    says: ['forbidden', 'no rule of your personas allows this method and path'],
  },
  'an encoded slash in a path that was given': {
    call: { method: 'GET', path: '/users/a%2Fb' },
    spec: { table: { access: { vendor: { denies: [rule('deny', [], ['/admin'])] } } } },
    says: [
      'target_invalid',
      'the path has %2F, which path rules on this connection do not allow (allow_encoded_slash)',
    ],
  },
  'a method override': {
    call: post({}, { headers: { 'X-HTTP-Method-Override': 'DELETE' } }),
    spec: { table: { access: { vendor: { denies: [rule('deny', ['DELETE'], [])] } } } },
    says: [
      'forbidden',
      'the header x-http-method-override is not allowed on a connection with rules on methods or paths',
    ],
  },
  'a path that is not exposed': {
    call: { method: 'GET', path: '/other' },
    spec: { connection: { expose: 'operations' } },
    says: [
      'operation_unknown',
      'vendor exposes the operations of its description only, and the path is in none',
    ],
  },
};

test.each([PERSONAS].flatMap((rows) => Object.entries(rows)))('%s', (_name, row) => checkRefused(row));
