import { expect, test } from 'vitest';
import { schemaNumbers } from '../../runtime/mcp-upstream/schema-numbers.ts';
import { stand } from './stand.ts';

// Schemas of tools refer to parts of themselves; here they get numbers, as those of a description have.

const ROWS: readonly (readonly [what: string, schema: unknown, numbered: readonly unknown[]])[] = [
  ['nothing', undefined, [true]],
  ['false', false, [false]],
  ['a list', [], [true]],
  ['itself', { properties: { next: { $ref: '#' } } }, [{ properties: { next: { $ref: '#0' } } }]],
  [
    'definitions',
    { items: { $ref: '#/$defs/a~1b%20c' }, $defs: { 'a/b c': { type: 'string' }, ['__proto__']: true } },
    [{ items: { $ref: '#1' } }, { type: 'string' }, true],
  ],
  [
    'definitions of older drafts, that refer to each other',
    { $ref: '#/definitions/a', definitions: { a: { items: { $ref: '#/definitions/a' } } } },
    [{ $ref: '#1' }, { items: { $ref: '#1' } }],
  ],
  [
    'what reads like a number, and what is elsewhere',
    {
      anyOf: [
        { $ref: '#7' },
        { $ref: 'https://x.example/#/$defs/a' },
        { $ref: '#/$defs/none' },
        { $ref: '#%' },
      ],
    },
    [
      {
        anyOf: [
          { $ref: '#anchor-7' },
          { $ref: 'https://x.example/#/$defs/a' },
          { $ref: '#/$defs/none' },
          { $ref: '#%' },
        ],
      },
    ],
  ],
  [
    'values and names that look like references',
    { const: { $ref: '#' }, properties: { $ref: { type: 'string' }, definitions: { type: 'string' } } },
    [{ const: { $ref: '#' }, properties: { $ref: { type: 'string' }, definitions: { type: 'string' } } }],
  ],
];

test.each(ROWS)('numbers of %s', (_what, schema, numbered) => {
  const numbers = schemaNumbers();
  expect(numbers.add(schema)).toBe(0);
  expect(numbers.schemas).toEqual(numbered);
});

test('a large schema is told in parts, each by its number', async () => {
  const $defs = Object.fromEntries(
    ['one', 'two', 'three'].map((name) => [
      name,
      { type: 'object', properties: { [name]: { type: 'string', description: 'x'.repeat(20_000) } } },
    ]),
  );
  const properties = Object.fromEntries(
    Object.keys($defs).map((name) => [name, { $ref: `#/$defs/${name}` }]),
  );
  const { ask } = await stand({
    list: () => ({ tools: [{ name: 'add', inputSchema: { type: 'object', properties, $defs } }] }),
  });
  const given = { connection: 'notes', operation_id: 'add' };
  const whole = await ask('api_get_endpoint_schema', given);
  const { cut } = whole.structured as { cut: string[] };
  const number = /#\/schemas\/(\d+)/.exec(cut.join(' '))?.[1];
  expect(number).toMatch(/^\d+$/);
  const part = await ask('api_get_endpoint_schema', { ...given, schema: Number(number) });
  const { schemas } = part.structured as { schemas: Record<string, unknown> };
  expect(Object.values($defs)).toContainEqual(schemas[number ?? '']);
});
