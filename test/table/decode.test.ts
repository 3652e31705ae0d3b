import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../table/canonical-json.ts';
import { decodeTable } from '../../table/decode.ts';
import { digestOf, encodeTable } from '../../table/encode.ts';
import { TableError } from '../../table/shape.ts';
import { CREDENTIALS } from '../support/table.ts';
import { REJECTED_PLANS } from './decode-rejects-plans.ts';
import { REJECTED_ACCESS } from './decode-rejects-access.ts';
import { REJECTED } from './decode-rejects.ts';
import { VALID } from './valid-table.ts';

const AT = 'gateway.d/test.yaml:1:1';

/** Sets a place of the table's JSON, gives the path by which messages name it. */
function changed(path: string, value: unknown): Uint8Array {
  const table = JSON.parse(encodeTable(VALID).bytes.toString()) as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let place: Record<string, unknown> = table;
  for (const key of keys) place = place[key] as Record<string, unknown>;
  if (value === undefined) delete place[last];
  else place[last] = value;
  return Buffer.from(JSON.stringify(table));
}

function check(bytes: Uint8Array, digest: string, message: string): void {
  const decode = () => decodeTable(bytes, digest);
  expect(decode).toThrow(TableError);
  expect(decode).toThrow(new TableError(message));
}

describe('a table that is not what a table must be', () => {
  test('the table that the cases change is a good one', () => {
    const { bytes, digest } = encodeTable(VALID);
    expect(decodeTable(bytes, digest)).toEqual(VALID);
  });

  test.each([...REJECTED, ...REJECTED_PLANS, ...REJECTED_ACCESS])('%s: %j', (path, value, message) => {
    const bytes = changed(path, value);
    check(bytes, digestOf(bytes), message);
  });

  test('other bytes than the digest names', () => {
    const { bytes, digest } = encodeTable(VALID);
    const cut = bytes.subarray(1);
    check(
      cut,
      digest,
      `the table's bytes have the digest ${digestOf(cut)}, not ${digest}: it was changed or cut`,
    );
  });

  test.each([
    ['no JSON', Buffer.from('{')],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ])('%s', (_name, bytes) => {
    check(bytes, digestOf(bytes), 'the table is not JSON');
  });

  test.each(['null', '1', '[]', '"x"'])('%s', (text) => {
    const bytes = Buffer.from(text);
    check(
      bytes,
      digestOf(bytes),
      'the table has format undefined, this program reads 3: compile it again with this version',
    );
  });

  test('a literal secret is never written', () => {
    const [one] = VALID.connections;
    if (one === undefined) throw new Error('a table of connections');
    const literal = { literal: 'plant', at: AT };
    const table = {
      ...VALID,
      connections: [{ ...one, credential: { ...CREDENTIALS.header, secret: literal } }],
    };
    expect(() => encodeTable(table)).toThrow(
      new Error('a table that holds a literal secret is never written'),
    );
  });
});

describe('canonical JSON', () => {
  test.each([
    [{ b: 1, a: [true, null, 'é\n'], B: -0 }, '{"B":0,"a":[true,null,"é\\n"],"b":1}'],
    [{ '\u{1f600}': 1, '\ufb33': 2 }, '{"\u{1f600}":1,"\ufb33":2}'],
    [1e21, '1e+21'],
  ])('%j', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  test.each([[undefined], [Number.NaN], [{ a: Infinity }], [() => 1], [[undefined]]])(
    '%s has none',
    (value) => {
      expect(() => canonicalJson(value)).toThrow(TypeError);
    },
  );
});
