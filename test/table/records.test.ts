import { expect, test } from 'vitest';
import { decodeTable } from '../../table/decode.ts';
import { encodeTable } from '../../table/encode.ts';
import { BLOCK_BYTES } from '../../table/operations.ts';
import { openRecords, recordsInMemory } from '../../table/records/open-records.ts';
import { TableError } from '../../table/shape.ts';
import type { Table } from '../../table/types.ts';
import { describe } from '../support/described.ts';
import { builtTable } from '../support/table.ts';
import type { BuiltTable } from '../support/table.ts';

const OPERATIONS = Array.from({ length: 500 }, (_, at) => ({
  id: `GET /things/${at}/{id}`,
  parameters: [
    { name: 'id', in: 'path' as const, description: `${at} `.repeat(60), schema: { maximum: at % 7 } },
  ],
}));

function built(): BuiltTable {
  const vendor = { base_url: 'http://127.0.0.1:1', described: describe(OPERATIONS) };
  return builtTable({ connections: { vendor } });
}

const { table, bytes } = built();
const [entry] = table.descriptions;
if (entry === undefined) throw new Error('there is no description');

test('what was written is read, by number', () => {
  const records = recordsInMemory(table.records, bytes);
  expect(bytes.length).toBeGreaterThan(2 * BLOCK_BYTES);
  expect(records.list(entry).ids).toEqual(OPERATIONS.map(({ id }) => id));
  for (const at of [0, 250, 499]) {
    const record = records.operation(entry, at);
    expect([record.id, record.path]).toEqual([`GET /things/${at}/{id}`, `/things/${at}/{id}`]);
    expect(records.schema(entry, record.parameters[0]?.schema ?? -1)).toEqual({ maximum: at % 7 });
  }
  for (const number of [-1, 500, 0.5, Number.NaN])
    expect(() => records.operation(entry, number)).toThrow(TableError);
});

test('the same records are the same bytes', () => {
  expect(built().bytes.equals(bytes)).toBe(true);
});

test('a block is read when it is asked for, and not again', () => {
  const read: number[] = [];
  const records = openRecords(table.records, (offset, length) => {
    read.push(offset / BLOCK_BYTES);
    return bytes.subarray(offset, offset + length);
  });
  records.operation(entry, 0);
  records.operation(entry, 0);
  expect(read.length).toBeLessThan(3);
  expect(new Set(read).size).toBe(read.length);
});

test.each([
  ['changed', (copy: Buffer) => copy.fill(0x20, copy.length - 1)],
  ['cut', (copy: Buffer) => copy.subarray(0, -1)],
])('a file that was %s is noticed by the block', (_what, spoil) => {
  const records = recordsInMemory(table.records, spoil(Buffer.from(bytes)));
  expect(records.matcher(entry)).toHaveLength(4);
  expect(() => records.search(entry)).toThrow(/block \d+ of the operation records has another digest/);
});

const SPOILED: [what: string, spoil: (table: Table) => Table, expected: RegExp][] = [
  ['too few blocks', (one) => ({ ...one, records: { ...one.records, blocks: [] } }), /a hash for each/],
  [
    'a segment behind the end',
    (one) => entryWith(one, { segment: [1, one.records.bytes] }),
    /segment: expected an extent within/,
  ],
  [
    'a part behind its segment',
    (one) => entryWith(one, { list: [0, one.records.bytes + 1] }),
    /list: expected an extent within/,
  ],
  [
    'fewer records than operations',
    (one) => entryWith(one, { operations: 501 }),
    /an extent for each of 501 operations/,
  ],
  ['half a schema', (one) => entryWith(one, { schemas: [0, 7] }), /whole extents/],
  ['another description', (one) => entryWith(one, { name: 'other' }), /the index of its description/],
];

function entryWith(one: Table, change: Partial<Table['descriptions'][number]>): Table {
  return { ...one, descriptions: one.descriptions.map((description) => ({ ...description, ...change })) };
}

test.each(SPOILED)('a table is refused that has %s', (_what, spoil, expected) => {
  const encoded = encodeTable(spoil(table));
  expect(() => decodeTable(encoded.bytes, encoded.digest)).toThrow(expected);
});

test('a table is refused that would check nothing', () => {
  const unchecked = builtTable({
    connections: { vendor: { base_url: 'http://127.0.0.1:1', validate: 'enforce' } },
  });
  const encoded = encodeTable(unchecked.table);
  expect(() => decodeTable(encoded.bytes, encoded.digest)).toThrow(
    /a description, which validate and expose need/,
  );
});
