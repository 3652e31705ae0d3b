import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyIdOf, open, seal } from '../../runtime/sealing/envelope.ts';
import type { OpenFault } from '../../runtime/sealing/envelope.ts';
import { Hidden } from '../../runtime/hidden.ts';
import { keyRing, sealingKeys } from '../../runtime/sealing/sealing-keys.ts';
import type { SealingKeys } from '../../runtime/sealing/sealing-keys.ts';
import { folderOf } from '../support/folder.ts';

const OLD = Buffer.alloc(32, 1);
const NEW = Buffer.alloc(32, 2);
const PLACE = 'connections/stripe/credential';

/** Checks what sealed text gives in a place, with these keys. */
function check(
  sealed: string,
  boundTo: string,
  keys: SealingKeys,
  expected: string | { fault: OpenFault },
): void {
  const opened = open(sealed, boundTo, keys);
  expect(opened instanceof Hidden ? opened.reveal() : { fault: opened }).toEqual(expected);
}

test('what was sealed opens where it belongs, whatever it is', () => {
  const keys = keyRing([NEW], 'test');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (value, boundTo) => {
      check(seal(value, boundTo, keys), boundTo, keys, value);
    }),
    { numRuns: 1000 },
  );
});

test('with several keys the first seals and all open', () => {
  const old = keyRing([OLD], 'test');
  const both = keyRing([NEW, OLD], 'test');
  const sealed = seal('secret', PLACE, old);
  check(sealed, PLACE, both, 'secret');
  expect(keyIdOf(seal('secret', PLACE, both))).toBe(keyRing([NEW], 'test').first.id);
  check(sealed, PLACE, keyRing([NEW], 'test'), { fault: 'key_unknown' });
});

test('the same secret is never sealed twice alike', () => {
  const keys = keyRing([NEW], 'test');
  expect(new Set(Array.from({ length: 100 }, () => seal('secret', PLACE, keys))).size).toBe(100);
});

test('sealed text opens in no other place', () => {
  const keys = keyRing([NEW], 'test');
  const sealed = seal('secret', PLACE, keys);
  for (const other of ['connections/stripe/password', 'connections/other/credential', '', `${PLACE} `])
    check(sealed, other, keys, { fault: 'not_authentic' });
});

test('no byte of sealed text can be changed', () => {
  const keys = keyRing([NEW, OLD], 'test');
  const sealed = seal('secret', PLACE, keys);
  const head = sealed.slice(0, sealed.lastIndexOf(':') + 1);
  const body = Buffer.from(sealed.slice(head.length), 'base64');
  for (let bit = 0; bit < body.length * 8; bit += 1) {
    const changed = Buffer.from(body);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    check(head + changed.toString('base64'), PLACE, keys, { fault: 'not_authentic' });
  }
  // The other key's id on the same body.
  const relabelled = sealed.replace(keys.first.id, keyRing([OLD], 'test').first.id);
  check(relabelled, PLACE, keys, { fault: 'not_authentic' });
  check(head + body.subarray(0, 27).toString('base64'), PLACE, keys, { fault: 'malformed' });
  check('sealed:v2:x:AAAA', PLACE, keys, { fault: 'malformed' });
});

const HEX = NEW.toString('hex');
const BASE64 = NEW.toString('base64');

/** What the environment holds, and how many keys that is, or what is said of it. */
const ENVIRONMENTS: readonly [
  name: string,
  environment: Record<string, string>,
  expected: number | null | RegExp,
][] = [
  ['nothing', {}, null],
  ['an empty one', { GW_ENCRYPTION_KEY: '' }, null],
  ['hex', { GW_ENCRYPTION_KEY: HEX }, 1],
  ['hex in capitals', { GW_ENCRYPTION_KEY: HEX.toUpperCase() }, 1],
  ['base64', { GW_ENCRYPTION_KEY: BASE64 }, 1],
  ['base64 without padding', { GW_ENCRYPTION_KEY: BASE64.replace('=', '') }, 1],
  ['the shorter name', { ENCRYPTION_KEY: BASE64 }, 1],
  ['both names alike', { GW_ENCRYPTION_KEY: HEX, ENCRYPTION_KEY: HEX }, 1],
  ['both names, which differ', { GW_ENCRYPTION_KEY: HEX, ENCRYPTION_KEY: BASE64 }, /both set, and differ/],
  ['several', { GW_ENCRYPTION_KEY: ` ${HEX} , ${OLD.toString('base64')}\n` }, 2],
  ['commas alone', { GW_ENCRYPTION_KEY: ',,' }, /holds no key/],
  ['31 bytes', { GW_ENCRYPTION_KEY: randomBytes(31).toString('base64') }, /is no key: 32 bytes/],
  ['33 bytes', { GW_ENCRYPTION_KEY: randomBytes(33).toString('hex') }, /is no key/],
  ['what is no base64', { GW_ENCRYPTION_KEY: `${BASE64.slice(0, -2)}!!` }, /is no key/],
  ['a passphrase', { GW_ENCRYPTION_KEY: 'correct horse battery staple' }, /is no key/],
  [
    'a file that is not there',
    { GW_ENCRYPTION_KEY: 'file:/nowhere/key' },
    /the file \/nowhere\/key cannot be read \(ENOENT\)/,
  ],
  ['a key behind file:', { GW_ENCRYPTION_KEY: `file:${BASE64}` }, /the file that is named cannot be read/],
  [
    'a key with slashes behind file:',
    { GW_ENCRYPTION_KEY: `file:${'ab/'.repeat(14)}a=` },
    /the file that is named cannot be read/,
  ],
  [
    'a key with a slip behind file:',
    { GW_ENCRYPTION_KEY: `file:/${HEX}` },
    /the file that is named cannot be read/,
  ],
];

/** Gives how many keys an environment has, or what is said of it. */
function keysIn(environment: Record<string, string>): number | string | null {
  try {
    return sealingKeys(environment)?.byId.size ?? null;
  } catch (error) {
    return String(error);
  }
}

test.each(ENVIRONMENTS)('the key is %s', (_, environment, expected) => {
  const keys = keysIn(environment);
  const fits = expected instanceof RegExp ? expected.test(String(keys)) : keys === expected;
  expect(fits ? expected : keys).toBe(expected);
  // Whatever was written there may be a key with a slip: it is not repeated.
  const written = Object.values(environment).flatMap((one) => [one, one.replace(/^file:\/?/, '')]);
  const slips = written.filter((one) => one.length > 2 && one !== 'nowhere/key');
  expect(slips.filter((one) => String(keys).includes(one))).toEqual([]);
});

test('keys come from a file, the first of them first', () => {
  const dir = folderOf({});
  const path = join(dir, 'keys');
  writeFileSync(path, `${BASE64}\n${OLD.toString('hex')}\n`);
  const keys = sealingKeys({ GW_ENCRYPTION_KEY: `file:${path}` });
  expect(keys?.first.id).toBe(keyRing([NEW], 'test').first.id);
  expect(keys?.byId.size).toBe(2);
  writeFileSync(path, '\n');
  expect(() => sealingKeys({ GW_ENCRYPTION_KEY: `file:${path}` })).toThrow(/the file .* holds no key/);
});

test('keys print as nothing', () => {
  const keys = keyRing([NEW], 'test');
  expect(JSON.stringify([keys.first, ...keys.byId.values()])).not.toMatch(new RegExp(BASE64.slice(0, 10)));
});
