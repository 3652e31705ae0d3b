import { expect, test } from 'vitest';
import type { NormalSchema } from '../../table/operations.ts';
import { compileSchemas } from '../../table/validators/compile-schema.ts';
import { linearPattern } from '../../table/validators/linear-pattern.ts';
import { openAjv, patternOf } from '../../table/validators/open-ajv.ts';
import type { Ajv2020 } from '../../table/validators/open-ajv.ts';
import { requestSchema } from '../../table/validators/request-schema.ts';
import type { ValidatorMode } from '../../table/validators/request-schema.ts';

/** What `#1` and `#2` refer to. */
const SCHEMAS: readonly NormalSchema[] = [
  true,
  { type: 'string', readOnly: true },
  { type: 'string' },
  { allOf: [{ $ref: '#1' }] },
  { allOf: [{ $ref: '#4' }] },
];
const reading = (mode: ValidatorMode) => ({ mode, schemaOf: (number: number) => SCHEMAS[number] ?? true });

const READ: [what: string, mode: ValidatorMode, schema: NormalSchema, read: NormalSchema][] = [
  ['a boolean', 'json', false, false],
  ['keywords that check nothing', 'json', { title: 'a', example: 1, 'x-y': {} }, {}],
  ['numbers that are none', 'json', { minimum: '1', maximum: Number.NaN, multipleOf: 0 }, {}],
  ['counts that are none', 'json', { minLength: -1, maxItems: 1.5 }, {}],
  ['words of the wrong kind', 'json', { uniqueItems: 'yes', format: 1, pattern: 1, type: 'file' }, {}],
  ['a pattern that no linear engine has', 'json', { pattern: '(?=a)' }, {}],
  [
    'pattern properties, those that can be run',
    'json',
    { patternProperties: { '^a': {}, '(?=a)': {} } },
    { patternProperties: { '^a': {} } },
  ],
  ['types, each once', 'json', { type: ['string', 'string', 'null'] }, { type: ['string', 'null'] }],
  ['an empty enum', 'json', { enum: [] }, {}],
  ['a constant', 'json', { const: null }, { const: null }],
  ['schemas where none can stand', 'json', { items: 1, allOf: {}, properties: [], not: null }, {}],
  [
    'alternatives: as text the first that fits is taken',
    'text',
    { oneOf: [{ type: 'integer' }, { type: 'string' }] },
    { anyOf: [{ type: 'integer' }, { type: 'string' }] },
  ],
  ['a list of no schemas', 'json', { anyOf: [1] }, {}],
  ['a property that is no schema', 'json', { properties: { a: 1, b: true } }, { properties: { b: true } }],
  [
    'read-only properties are not required',
    'json',
    {
      properties: { a: { readOnly: true }, b: { $ref: '#1' }, c: { $ref: '#2' }, d: true },
      required: ['a', 'b', 'c', 'd', 'e'],
    },
    {
      properties: { a: {}, b: { $ref: 'gw:1' }, c: { $ref: 'gw:2' }, d: true },
      required: ['c', 'd', 'e'],
    },
  ],
  [
    'read-only in a part, and what leads back to itself',
    'json',
    {
      properties: {
        a: { allOf: [{}, { $ref: '#1' }] },
        b: { allOf: [{ allOf: [{ $ref: '#3' }] }] },
        c: { $ref: '#4' },
      },
      required: ['a', 'b', 'c'],
    },
    {
      properties: {
        a: { allOf: [{}, { $ref: 'gw:1' }] },
        b: { allOf: [{ allOf: [{ $ref: 'gw:3' }] }] },
        c: { $ref: 'gw:4' },
      },
      required: ['c'],
    },
  ],
  ['required names without properties', 'json', { required: ['a', 1, 'a'] }, { required: ['a'] }],
  ['required names that are no list', 'json', { required: true }, {}],
  ['dependent names', 'json', { dependentRequired: { a: ['b', 1] } }, { dependentRequired: { a: ['b'] } }],
  ['dependent names that are no mapping', 'json', { dependentRequired: [] }, {}],
];

test.each(READ)('a schema is read for requests: %s', (_what, mode, schema, read) => {
  expect(requestSchema(schema, reading(mode))).toEqual(read);
});

test('a pattern that cannot be run never reaches a validator', () => {
  expect(linearPattern('(a)\\1')).toBeNull();
  expect(() => patternOf('(a)\\1')).toThrow('was not left out');
});

test('patterns are kept, and not without end', () => {
  const first = linearPattern('^first$');
  expect(linearPattern('^first$')).toBe(first);
  for (let at = 0; at < 10_000; at += 1) linearPattern(`^${at}$`);
  const again = linearPattern('^first$');
  expect([again?.test('first'), again === first]).toEqual([true, false]);
});

test('a closure is added once, and an Ajv that loses it is noticed', () => {
  const ajv = openAjv({ mode: 'json', ahead: false });
  const schemas: readonly NormalSchema[] = [{ $ref: '#1' }, { type: 'string' }];
  const use = { mode: 'json' as const, schemaOf: (number: number) => schemas[number] ?? true };
  const first = compileSchemas(ajv, [0], use);
  expect([0, 1].map((number) => first.get(number)?.('text'))).toEqual([true, true]);
  expect(compileSchemas(ajv, [1], use).get(1)).toBe(first.get(1));
  expect(first.get(1)?.(1)).toBe(false);
  const empty = { schemas: {}, refs: {}, addSchema: () => {}, getSchema: () => undefined };
  expect(() => compileSchemas(empty as unknown as Ajv2020, [0], use)).toThrow('is not there');
});
