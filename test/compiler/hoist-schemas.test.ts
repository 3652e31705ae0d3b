import { expect, test } from 'vitest';
import { hoistSchemas } from '../../compiler/5-lower/hoist-schemas.ts';
import type { NormalSchema } from '../../table/operations.ts';

const FREE = 5;
const many = (amount: number, of: NormalSchema = true): Record<string, NormalSchema> =>
  Object.fromEntries(Array.from({ length: amount }, (_, at) => [`p${at}`, of]));
const LARGE = { type: 'object', properties: many(7) };
const SMALL = { type: 'object', properties: many(6) };
const first = { $ref: '#5' };

const ROWS: [what: string, schema: NormalSchema, read: NormalSchema, hoisted?: NormalSchema[]][] = [
  ['what is no object', true, true],
  ['a large schema itself', LARGE, LARGE],
  ['what is small inside', { properties: { a: SMALL } }, { properties: { a: SMALL } }],
  ['a property', { properties: { a: LARGE } }, { properties: { a: first } }, [LARGE]],
  [
    'elements, twice',
    { items: LARGE, prefixItems: [LARGE] },
    { items: first, prefixItems: [first] },
    [LARGE],
  ],
  [
    'members, and what is large in them',
    { additionalProperties: { ...LARGE, items: LARGE }, patternProperties: { a: LARGE } },
    { additionalProperties: { $ref: '#6' }, patternProperties: { a: first } },
    [LARGE, { ...LARGE, items: first }],
  ],
  [
    'alternatives stay, and what is inside them does not',
    { anyOf: [{ ...LARGE, items: LARGE }], allOf: [LARGE], not: LARGE },
    { anyOf: [{ ...LARGE, items: first }], allOf: [LARGE], not: LARGE },
    [LARGE],
  ],
  [
    'a value that only looks like one',
    { const: { properties: { a: LARGE } }, properties: [LARGE], $ref: '#1' },
    { const: { properties: { a: LARGE } }, $ref: '#1' },
  ],
];

test.each(ROWS)('what is large inside has a number of its own: %s', (_what, schema, read, hoisted = []) => {
  const schemaOf = hoistSchemas(() => schema, FREE);
  expect(schemaOf(0)).toEqual(read);
  expect(schemaOf(0)).toBe(schemaOf(0));
  expect(hoisted.map((_, at) => schemaOf(FREE + at))).toEqual(hoisted);
});
