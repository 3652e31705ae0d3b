import { test } from 'vitest';
import type { InvokingSpec } from '../support/invoking.ts';
import { checkRefused, get, invalid, post } from '../support/refused-calls.ts';
import type { Refused } from '../support/refused-calls.ts';
import { CREDENTIALS } from '../support/table.ts';

// Headers that a call cannot have, and who has them.

const header = (name: string, why: string, spec?: InvokingSpec, value = 'v'): Refused => ({
  call: get({ headers: { [name]: value } }),
  says: invalid(`headers ${JSON.stringify(name)}: ${why}`),
  ...(spec === undefined ? {} : { spec }),
});
const HOP = 'to be left out: it is hop-by-hop, and concerns one socket alone';
const FRAME = 'to be left out: the gateway frames and addresses the request';
const TELLS = 'to be left out: the gateway alone says whom it forwards for';

const HEADERS: Record<string, Refused> = {
  Authorization: header('authorization', 'to be left out: authentication is the business of the connection'),
  'X-API-Key': header('X_Api_Key', 'to be left out: authentication is the business of the connection'),
  'the key of the connection': header(
    'x-vendor-KEY',
    'to be left out: the authentication of the connection sets it',
    {
      connection: { credential: CREDENTIALS.header },
    },
  ),
  'a static header, folded': header(
    'X_Static.Name',
    'to be left out: static_headers of the connection set it',
    {
      connection: { static_headers: { 'X-Static-Name': '$SECRET' } },
    },
  ),
  Cookie: header('Cookie', 'to be left out: the connection forwards no cookies (cookies)'),
  'Gateway-*': header(
    'Gateway-Connection',
    'to be left out: it is for the gateway; a grant is named by grant',
  ),
  'Maton-Connection': header(
    'Maton-Connection',
    'to be left out: it is for the gateway; a grant is named by grant',
  ),
  ...Object.fromEntries(
    [
      'Connection',
      'Keep-Alive',
      'Proxy-Authenticate',
      'Proxy-Authorization',
      'Proxy-Connection',
      'TE',
      'Upgrade',
    ].map((name) => [name, header(name, HOP)]),
  ),
  ...Object.fromEntries(
    ['Host', 'Content-Length', 'Transfer-Encoding', 'Trailer', 'Expect'].map((name) => [
      name,
      header(name, FRAME),
    ]),
  ),
  ...Object.fromEntries(['X-Forwarded-For', 'Forwarded', 'Via'].map((name) => [name, header(name, TELLS)])),
  'a name with a space': header('X A', 'a name of letters, digits and hyphens (RFC 9110 5.1)'),
  'a name with a colon': header('X:A', 'a name of letters, digits and hyphens (RFC 9110 5.1)'),
  'a name with CR and LF': header('X\r\nA', 'a name of letters, digits and hyphens (RFC 9110 5.1)'),
  'no name': header('', 'a name of letters, digits and hyphens (RFC 9110 5.1)'),
  'a value with CR and LF': header('X-A', 'a value without CR, LF and NUL', {}, 'secret-value\r\nX-B: 1'),
  'a value with LF': header('X-A', 'a value without CR, LF and NUL', {}, 'a\nb'),
  'a value with NUL': header('X-A', 'a value without CR, LF and NUL', {}, 'a\0b'),
  'a value with a control character': header('X-A', 'a value without control characters', {}, 'a\x01b'),
  'a value beyond Latin-1': header('X-A', 'a value in Latin-1', {}, 'a\u20ac'),
  'a value with space at an edge': header('X-A', 'a value without space at its edges', {}, ' a'),
  'a value that is no text': {
    call: get({ headers: { 'X-A': ['a'] } }),
    says: invalid('headers "X-A": text'),
  },
  'one name in two spellings': {
    call: get({ headers: { 'X-A': '1', x_a: '2' } }),
    says: invalid('headers "x_a": to be given once: another name is the same but for case or punctuation'),
  },
  'a media type that is none': {
    call: post({ a: 1 }, { headers: { 'Content-Type': 'json' } }),
    says: invalid('headers "Content-Type": a media type'),
  },
};

test.each([HEADERS].flatMap((rows) => Object.entries(rows)))('%s', (_name, row) => checkRefused(row));
