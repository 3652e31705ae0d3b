import { expect, test } from 'vitest';
import type { NormalSchema } from '../../table/operations.ts';
import { FINE, readDocument } from '../support/documents.ts';

/** Gives what the schema of a request body becomes, references written out once. */
async function schemaOf(openapi: string, schema: unknown, components: object = {}): Promise<unknown> {
  const body = { content: { 'application/json': { schema } } };
  const paths = { '/a': { post: { ...FINE, requestBody: body } } };
  const { records } = await readDocument({ openapi, paths, components: { schemas: components } });
  return expand(records.schemas, records.operations[0]?.request_body?.content[0]?.schema ?? null);
}

function expand(schemas: readonly NormalSchema[], number: number | null): unknown {
  const schema = number === null ? null : schemas[number];
  return JSON.parse(
    JSON.stringify(schema ?? null).replaceAll(/"\$ref":"#(\d+)"/g, (_, to: string) => {
      const target = schemas[Number(to)];
      return `"to":${JSON.stringify(target).replaceAll('"$ref"', '"again"')}`;
    }),
  ) as unknown;
}

test.each([
  ['nullable widens the type', '3.0.3', { type: 'string', nullable: true }, { type: ['string', 'null'] }],
  [
    'nullable widens an enum',
    '3.0.3',
    { type: 'string', nullable: true, enum: ['a'] },
    { enum: ['a', null], type: ['string', 'null'] },
  ],
  [
    'nullable beside a composition means the whole',
    '3.0.3',
    { nullable: true, allOf: [{ type: 'object' }] },
    { anyOf: [{ allOf: [{ type: 'object' }] }, { type: 'null' }] },
  ],
  ['nullable means nothing in 3.1', '3.1.0', { type: 'string', nullable: true }, { type: 'string' }],
  [
    'a flag beside a bound makes it exclusive',
    '3.0.3',
    { minimum: 1, exclusiveMinimum: true, maximum: 5, exclusiveMaximum: false },
    { exclusiveMinimum: 1, maximum: 5, minimum: 1 },
  ],
  ['an exclusive bound stays', '3.1.0', { exclusiveMinimum: 1 }, { exclusiveMinimum: 1 }],
  ['example becomes examples', '3.0.3', { example: 1 }, { examples: [1] }],
  ['formats stay, known or not', '3.0.3', { format: 'snowflake' }, { format: 'snowflake' }],
  ['a pattern of linear time stays', '3.0.3', { pattern: '^(a+)+$' }, { pattern: '^(a+)+$' }],
  ['another pattern goes', '3.0.3', { pattern: '^(?!a)' }, {}],
  ['keywords of a later version go', '3.0.3', { const: 1, if: {}, patternProperties: {} }, {}],
  ['keywords that mean nothing go', '3.1.0', { type: 'any', required: true, items: [], enum: [] }, {}],
  [
    'where a name pattern goes, what it allowed stays allowed',
    '3.1.0',
    { patternProperties: { '^(?=x)': {} }, additionalProperties: false },
    { additionalProperties: true, unevaluatedProperties: true },
  ],
  [
    'a list of items is by position',
    '3.0.3',
    { items: [{ type: 'string' }] },
    { prefixItems: [{ type: 'string' }] },
  ],
])('%s', async (_name, openapi, schema, expected) => {
  expect(await schemaOf(openapi, schema)).toEqual(expected);
});

test('what stands beside $ref counts from 3.1 on', async () => {
  const schema = { properties: { a: { $ref: '#/components/schemas/B', description: 'beside' } } };
  const components = { B: { type: 'string' } };
  expect(await schemaOf('3.0.3', schema, components)).toEqual({
    properties: { a: { to: { type: 'string' } } },
  });
  expect(await schemaOf('3.1.0', schema, components)).toEqual({
    properties: { a: { to: { type: 'string' }, description: 'beside' } },
  });
});

test('a request need not have what is read-only, a response has it', async () => {
  const components = {
    A: {
      type: 'object',
      required: ['id', 'name', 'by', 'in'],
      properties: {
        id: { readOnly: true },
        by: { $ref: '#/components/schemas/By' },
        in: { allOf: [{ $ref: '#/components/schemas/By' }] },
      },
    },
    By: { type: 'string', readOnly: true },
  };
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/A' } } };
  const post = { requestBody: { content }, responses: { 200: { description: 'fine', content } } };
  const { records } = await readDocument({
    openapi: '3.0.3',
    paths: { '/a': { post } },
    components: { schemas: components },
  });
  const [operation] = records.operations;
  const schemaAt = (number: number | null | undefined): unknown =>
    Object(records.schemas[number ?? -1]).required;
  expect(schemaAt(operation?.request_body?.content[0]?.schema)).toEqual(['name']);
  expect(schemaAt(operation?.responses[0]?.content[0]?.schema)).toEqual(['by', 'id', 'in', 'name']);
});

test('equal schemas have one number, equal cycles too', async () => {
  const node = (name: string): object => ({ properties: { next: { $ref: `#/components/schemas/${name}` } } });
  const components = {
    A: node('B'),
    B: node('A'),
    C: node('C'),
    D: { type: 'string' },
    E: { type: 'string' },
  };
  const names = Object.keys(components);
  const content = Object.fromEntries(
    names.map((name) => [`application/${name}`, { schema: { $ref: `#/components/schemas/${name}` } }]),
  );
  const { records } = await readDocument({
    openapi: '3.0.3',
    paths: { '/a': { post: { ...FINE, requestBody: { content } } } },
    components: { schemas: { ...components, Unreached: { type: 'number' } } },
  });
  expect(records.operations[0]?.request_body?.content.map((one) => one.schema)).toEqual([0, 0, 0, 1, 1]);
  expect(records.schemas).toEqual([{ properties: { next: { $ref: '#0' } } }, { type: 'string' }]);
});
