import { expect, test } from 'vitest';
import { decodeTable } from '../../table/decode.ts';
import { encodeTable } from '../../table/encode.ts';
import { BLOCK_BYTES } from '../../table/operations.ts';
import type { DescriptionEntry, RecordsFile } from '../../table/operations.ts';
import { checkMatchNode } from '../../table/records/check-match-node.ts';
import { hashBlock } from '../../table/records/encode-records.ts';
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

const NODES: [what: string, node: unknown, expected: RegExp][] = [
  ['no node', 1, /a node of a matcher/],
  ['a node with a part too few', [{}, [], 0], /a node of a matcher/],
  ['literals that are no mapping', [[], [], 0, {}], /an object/],
  ['patterns that are no list', [{}, {}, 0, {}], /a list of patterns/],
  ['a pattern without literals', [{}, [[[], 0]], 0, {}], /a pattern with its literals/],
  ['a pattern that is no list', [{}, [1], 0, {}], /a pattern with its literals/],
  ['an operation that is not there', [{}, [], 0, { GET: 7 }], /operation numbers below 7/],
  ['a fault further down', [{ a: [{}, [], [{}, [], 0, { GET: -1 }], {}] }, [], 0, {}], /operation numbers/],
];

test.each(NODES)('a matcher is refused that is or has %s', (_what, node, expected) => {
  expect(() => checkMatchNode(node, 7, 'the matcher')).toThrow(expected);
});

/** A file of one description whose every part is the whole file. */
function fileOf(content: Buffer): { file: RecordsFile; whole: DescriptionEntry } {
  const blocks: string[] = [];
  for (let at = 0; at < content.length; at += BLOCK_BYTES)
    blocks.push(hashBlock(content.subarray(at, at + BLOCK_BYTES)));
  const all = [0, content.length] as const;
  const whole = { ...(entry as DescriptionEntry), segment: all, list: all, search: all };
  return { file: { bytes: content.length, blocks }, whole };
}

test('a part that is no JSON is refused by its name', () => {
  const content = Buffer.from('{');
  const { file, whole } = fileOf(content);
  expect(() => recordsInMemory(file, content).list(whole)).toThrow('the list of main is not JSON');
});

test('a part over many blocks is read whole, an empty one without a block; few blocks are kept', () => {
  const content = Buffer.alloc(40 * BLOCK_BYTES + 5, 'text ');
  const { file, whole } = fileOf(content);
  const read: number[] = [];
  const records = openRecords(file, (offset, length) => {
    read.push(offset / BLOCK_BYTES);
    return content.subarray(offset, offset + length);
  });
  expect(records.search({ ...whole, search: [0, 0] })).toEqual(Buffer.alloc(0));
  expect(read).toEqual([]);
  expect(records.search({ ...whole, search: [BLOCK_BYTES - 2, 4] })).toEqual(
    content.subarray(BLOCK_BYTES - 2, BLOCK_BYTES + 2),
  );
  expect(read).toEqual([0, 1]);
  expect(records.search(whole)).toEqual(content);
  expect(read).toHaveLength(41);
  // The first blocks have made room for the last.
  records.search({ ...whole, search: [0, 1] });
  expect(read).toHaveLength(42);
});
