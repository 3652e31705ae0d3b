import { createRequire } from 'node:module';
import * as fc from 'fast-check';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { aheadCode } from '../../compiler/5-lower/ahead-code.ts';
import { runAhead } from '../../runtime/validate/run-ahead-code.ts';
import { valueFaults } from '../../runtime/validate/request-fault.ts';
import type { NormalSchema } from '../../table/operations.ts';
import { areUnique } from '../../table/validators/are-unique.ts';
import { compileSchemas } from '../../table/validators/compile-schema.ts';
import { openAjv } from '../../table/validators/open-ajv.ts';
import type { MadeValidator } from '../../table/validators/open-ajv.ts';

// What a body may cost, counted in what is looked at and not in time.

const REFERRED: readonly NormalSchema[] = [
  true,
  { type: 'integer' },
  { type: 'object', properties: { a: { $ref: '#1' }, list: { type: 'array', items: { $ref: '#2' } } } },
];

function reading(schema: NormalSchema) {
  const schemas = [schema, ...REFERRED.slice(1)];
  return { mode: 'json', schemaOf: (number: number) => schemas[number] ?? true } as const;
}

function made(schema: NormalSchema): MadeValidator {
  return there(compileSchemas(openAjv({ mode: 'json', ahead: false }), [0], reading(schema)).get(0));
}

function madeAhead(schema: NormalSchema): MadeValidator {
  const texts = new Map(aheadCode([0], reading(schema)).map((one) => [one.schema, one.code]));
  const steps = runAhead(0, new Map(), (number) => texts.get(number) ?? '');
  for (;;) {
    const step = steps.next();
    if (step.done === true) return there(step.value);
  }
}

function there(validate: MadeValidator | undefined): MadeValidator {
  if (validate === undefined) throw new Error('there is no such validator');
  return validate;
}

const MANY = 20_000;
const wrong = (value: unknown): unknown[] => Array.from({ length: MANY }, () => value);
const members = (value: unknown): Record<string, unknown> =>
  Object.fromEntries(Array.from({ length: MANY }, (_, at) => [`m${at}`, value]));
const inLists = (value: unknown, levels: number): unknown =>
  levels === 0 ? value : Array.from({ length: 12 }, () => inLists(value, levels - 1));
const tree = (levels: number): unknown =>
  levels === 0 ? { a: 'x' } : { a: 'x', list: Array.from({ length: 12 }, () => tree(levels - 1)) };

const BOUNDED: [what: string, schema: NormalSchema, value: unknown, first: string][] = [
  ['elements', { items: { type: 'integer' } }, wrong('x'), '/0 the type integer'],
  ['elements by reference', { items: { $ref: '#1' } }, wrong('x'), '/0 the type integer'],
  [
    'elements with several faults each',
    { items: { required: ['a', 'b', 'c'] } },
    wrong({}),
    '/0/a to be there',
  ],
  [
    'elements behind the first',
    { prefixItems: [true], items: { $ref: '#1' } },
    wrong('x'),
    '/1 the type integer',
  ],
  ['elements in alternatives', { anyOf: [{ items: { $ref: '#1' } }] }, wrong('x'), '/0 the type integer'],
  [
    'elements in several alternatives',
    { oneOf: [{ items: { $ref: '#1' } }, { items: { type: 'null' } }] },
    wrong('x'),
    '/0 the type integer',
  ],
  [
    'lists in lists',
    { items: { items: { items: { items: { $ref: '#1' } } } } },
    inLists('x', 4),
    '/0/0/0/0 the type integer',
  ],
  ['what refers to itself', { $ref: '#2' }, tree(4), '/a the type integer'],
  ['members', { additionalProperties: { $ref: '#1' } }, members('x'), '/m0 the type integer'],
  [
    'members nobody described',
    { properties: { a: true }, additionalProperties: false },
    members(1),
    '/m0 no member of that name',
  ],
  [
    'members that no part describes',
    { allOf: [{ properties: { a: true } }], unevaluatedProperties: false },
    members(1),
    '/m0 no member of that name',
  ],
  [
    'members of a pattern',
    { patternProperties: { '^m': { $ref: '#1' } } },
    members('x'),
    '/m0 the type integer',
  ],
  [
    'elements that no part describes',
    { allOf: [{ prefixItems: [true] }], unevaluatedItems: { $ref: '#1' } },
    wrong('x'),
    '/1 the type integer',
  ],
];

for (const [how, make] of [
  ['made', made],
  ['made ahead', madeAhead],
] as const) {
  test.each(BOUNDED)(
    `faults are looked for until there are enough, ${how}: %s`,
    (_what, schema, value, first) => {
      const validate = make(schema);
      expect(validate(value)).toBe(false);
      // Each level of the value, and each alternative, may find its last ones before it stops.
      expect(validate.errors?.length).toBeLessThan(600);
      expect(validate.errors?.length).toBeGreaterThan(100);
      const { told, count } = valueFaults(validate.errors ?? []);
      expect([told.length, count]).toEqual([100, validate.errors?.length]);
      expect(`${told[0]?.pointer} ${told[0]?.expected}`).toBe(first);
    },
  );
}

test('elements behind those with enough faults are not looked at', () => {
  let looks = 0;
  const list = new Proxy(wrong('x'), {
    get: (target, name, receiver) => {
      if (typeof name === 'string' && /^\d+$/.test(name)) looks += 1;
      return Reflect.get(target, name, receiver) as unknown;
    },
  });
  expect(made({ items: { $ref: '#1' } })(list)).toBe(false);
  expect(looks).toBeLessThan(300);
});

test('a fault behind many right elements is found', () => {
  const validate = made({ items: { $ref: '#1' } });
  expect(validate([...wrong(1), 'x'])).toBe(false);
  expect(validate.errors?.map(({ instancePath }) => instancePath)).toEqual([`/${MANY}`]);
});

test('whether elements are unique is seen in one look at each', () => {
  let looks = 0;
  const element = (at: number): unknown =>
    new Proxy({ at }, { ownKeys: (target) => ((looks += 1), Reflect.ownKeys(target)) });
  const elements = Array.from({ length: 2_000 }, (_, at) => element(at));
  for (const make of [made, madeAhead]) {
    looks = 0;
    expect(make({ uniqueItems: true })(elements)).toBe(true);
    expect(looks).toBe(2_000);
  }
  const validate = made({ uniqueItems: true });
  expect(validate([...elements, { at: 1 }])).toBe(false);
  expect(valueFaults(validate.errors ?? []).told).toEqual([{ pointer: '', expected: 'no element twice' }]);
  expect(made({ uniqueItems: false })([1, 1])).toBe(true);
});

const equal = createRequire(import.meta.url)('fast-deep-equal') as (one: unknown, other: unknown) => boolean;

test('elements are the same where their JSON is', () => {
  const few = fc
    .jsonValue({ maxDepth: 3 })
    .chain((one) =>
      fc.constantFrom(one, 0, -0, '0', Infinity, null, [], {}, { a: 1, b: [2] }, { b: [2], a: 1 }),
    );
  fc.assert(
    fc.property(fc.array(few, { maxLength: 4 }), (list) => {
      const twice = list.some((one, at) => list.some((other, behind) => behind > at && equal(one, other)));
      expect(areUnique(list)).toBe(!twice);
    }),
    { numRuns: 1_000 },
  );
});

test('a value is right or wrong as Ajv says without bounds', () => {
  const leaf = fc.constantFrom<NormalSchema>(
    { type: 'integer' },
    { type: 'string' },
    true,
    false,
    {},
    { maxItems: 2 },
    { required: ['a'] },
  );
  const { schema } = fc.letrec<{ schema: NormalSchema }>((tie) => {
    const two = fc.array(tie('schema'), { minLength: 1, maxLength: 2 });
    return {
      schema: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        leaf,
        tie('schema').map((items) => ({ type: 'array', items })),
        tie('schema').map((items) => ({ items, uniqueItems: true })),
        fc.tuple(two, tie('schema')).map(([prefixItems, items]) => ({ prefixItems, items })),
        fc.tuple(two, tie('schema')).map(([allOf, unevaluatedItems]) => ({ allOf, unevaluatedItems })),
        fc
          .tuple(two, tie('schema'))
          .map(([allOf, unevaluatedProperties]) => ({ allOf, unevaluatedProperties })),
        tie('schema').map((one) => ({ additionalProperties: one, properties: { a: { type: 'string' } } })),
        tie('schema').map((one) => ({ patternProperties: { '^a': one } })),
        two.map((anyOf) => ({ anyOf })),
        two.map((oneOf) => ({ oneOf })),
        tie('schema').map((not) => ({ not })),
        tie('schema').map((contains) => ({ contains })),
        fc.tuple(tie('schema'), tie('schema')).map(([one, other]) => ({ if: one, else: other })),
      ),
    };
  });
  const scalar = fc.constantFrom(1, 'x', null);
  const many = fc
    .tuple(scalar, fc.nat(130), fc.array(scalar, { maxLength: 3 }))
    .map(([one, length, rest]) => [...Array.from({ length }, () => one), ...rest]);
  const value = fc.oneof(
    scalar,
    many,
    fc.array(many, { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'ab', 'b'), fc.oneof(scalar, many)),
  );
  fc.assert(
    fc.property(schema, fc.array(value, { minLength: 1, maxLength: 5 }), (one, values) => {
      const bounded = made(one);
      const unbounded = new Ajv2020({ strict: false, validateSchema: false }).compile(
        typeof one === 'boolean' ? { allOf: [one] } : one,
      );
      for (const each of values) expect(bounded(each)).toBe(unbounded(each));
    }),
    { numRuns: 300 },
  );
});
