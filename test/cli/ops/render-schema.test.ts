import { expect, test } from 'vitest';
import { showSchema } from '../../../cli/ops/render-schema.ts';
import type { NormalSchema } from '../../../table/operations.ts';

interface Case {
  readonly what: string;
  readonly schemas: readonly NormalSchema[];
  readonly depthMax?: number;
  readonly shown: string;
}

const CASES: readonly Case[] = [
  { what: 'anything', schemas: [true], shown: 'any' },
  { what: 'nothing', schemas: [false], shown: 'nothing' },
  { what: 'a format', schemas: [{ type: 'string', format: 'date-time' }], shown: 'string (date-time)' },
  {
    what: 'constraints, in one order',
    schemas: [{ default: 10, maximum: 100, type: ['integer', 'null'], minimum: 1 }],
    shown: 'integer | null, from 1, to 100, default 10',
  },
  { what: 'an enumeration', schemas: [{ enum: ['a', 1, null] }], shown: '"a" | 1 | null' },
  {
    what: 'a long enumeration',
    schemas: [{ enum: Array.from({ length: 15 }, (_, at) => at) }],
    shown: '0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | … (3 more)',
  },
  {
    what: 'an object',
    schemas: [
      {
        type: 'object',
        required: ['id'],
        properties: {
          id: { type: 'string', maxLength: 9 },
          tags: { items: { type: 'string' }, minItems: 1 },
        },
        additionalProperties: false,
      },
    ],
    shown: [
      'object #0',
      '  id*: string, at most 9 characters',
      '  tags: array of string, at least 1 items',
      '  (no other properties)',
    ].join('\n'),
  },
  {
    what: 'a cycle',
    schemas: [
      { title: 'Node', type: 'object', properties: { next: { $ref: '#0' }, of: { $ref: '#1' } } },
      {},
    ],
    shown: 'object #0 Node\n  next: #0 Node, as above\n  of: any',
  },
  {
    what: 'a cycle through a list',
    schemas: [{ type: 'array', items: { $ref: '#0' } }],
    shown: 'array of #0, as above #0',
  },
  {
    what: 'a schema that is nothing but itself',
    schemas: [{ $ref: '#0' }],
    shown: '#0, as above #0',
  },
  {
    what: 'two schemas that are nothing but each other',
    schemas: [{ $ref: '#1' }, { $ref: '#0' }],
    shown: '#0, as above #1 #0',
  },
  {
    what: 'what is deeper than asked for',
    schemas: [{ properties: { a: { properties: { b: { $ref: '#1' } } } } }, { properties: { c: true } }],
    depthMax: 1,
    shown: 'object #0\n  a: object …',
  },
  {
    what: 'a reference deeper than asked for',
    schemas: [{ properties: { a: { $ref: '#1' } } }, { title: 'Deep', properties: { c: true } }],
    depthMax: 1,
    shown: 'object #0\n  a: object #1 Deep …',
  },
  {
    what: 'choices',
    schemas: [{ oneOf: [{ type: 'string' }, { properties: { a: true } }], not: { const: 'x' } }],
    shown: 'any #0\n  one of:\n    - string\n    - object\n      a: any\n  not: "x"',
  },
  {
    what: 'other properties',
    schemas: [{ type: 'object', additionalProperties: { type: 'integer' } }],
    shown: 'object #0\n  (others): integer',
  },
  {
    what: 'names that would move the cursor',
    schemas: [{ properties: { 'a\u001b[2J\nb': { const: '\u202e' } } }],
    shown: 'object #0\n  a [2J b: ""',
  },
];

test.each(CASES)('$what', ({ schemas, depthMax = 4, shown }) => {
  const { head, parts } = showSchema(
    { schema: (number) => schemas[number] ?? true, depthMax, shown: new Set() },
    0,
  );
  expect([head, ...parts.map((line) => `  ${line}`)].join('\n')).toBe(shown);
});
