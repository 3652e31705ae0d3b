import { expect, test } from 'vitest';
import { makeAhead } from '../../compiler/5-lower/make-ahead.ts';
import { runAhead } from '../../runtime/validate/run-ahead-code.ts';
import type { NormalSchema } from '../../table/operations.ts';
import { TableError } from '../../table/shape.ts';
import type { MadeValidator } from '../../table/validators/open-ajv.ts';
import { describe } from '../support/described.ts';
import type { Described } from '../support/table.ts';
import { startValidating, withBody } from '../support/validating.ts';

/** A schema that is large enough for its validator to be made ahead, and one inside it for a text of its own. */
const INNER: NormalSchema = {
  type: 'object',
  required: ['q1'],
  properties: Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`q${at}`, { type: 'integer' }])),
};
const LARGE: NormalSchema = {
  type: 'object',
  properties: {
    inner: INNER,
    list: { items: INNER },
    ...Object.fromEntries(
      Array.from({ length: 60 }, (_, at) => [
        `p${at}`,
        { type: 'string', pattern: '^(a+)+$', maxLength: 60 },
      ]),
    ),
  },
  additionalProperties: { $ref: '#0' },
};
/** It leads back to itself, and to the one above. */
const FIXED: NormalSchema = {
  type: 'object',
  properties: {
    back: { $ref: '#2' },
    date: { format: 'date' },
    list: { uniqueItems: true },
    next: { $ref: '#0' },
    only: { $ref: '#1' },
  },
};
/** What its parts know is known of it. */
const ONLY: NormalSchema = { allOf: [{ $ref: '#0' }], unevaluatedProperties: false };

async function described(): Promise<Described> {
  const records = describe(
    [{ id: 'POST /a', body: { content: { 'application/json': { schema: LARGE } } } }],
    [FIXED, ONLY],
  );
  return { ...records, ahead: await makeAhead(records) };
}

const BODY = JSON.stringify({
  inner: { q1: 1, q2: 'x' },
  list: [{}],
  p1: 'b',
  x: {
    date: 'x',
    list: [{}, {}],
    next: { next: { date: 'y' } },
    only: { date: '2026-11-21', more: 1 },
    back: { p2: 'b', y: { date: 'z' } },
  },
});
const FAULTS = [
  'body /x/back/y/date: the format date',
  'body /x/back/p2: to match ^(a+)+$',
  'body /x/date: the format date',
  'body /x/list: no element twice',
  'body /x/next/next/date: the format date',
  'body /x/only/more: no member of that name',
  'body /inner/q2: the type integer',
  'body /list/0/q1: to be there',
  'body /p1: to match ^(a+)+$',
];

test.each([true, false])('validators that were made ahead say what others say; run: %s', async (codegen) => {
  const one = await described();
  expect(one.ahead?.map(({ schema, mode }) => [schema, mode])).toEqual([
    [0, 'json'],
    [1, 'json'],
    [2, 'json'],
    [3, 'json'],
  ]);
  const { send } = await startValidating('enforce', { described: one }, { codegen });
  expect((await send(withBody('POST /vendor/a HTTP/1.1', 'application/json', BODY))).faults).toEqual(FAULTS);
});

test('they are run where they may be, and only then', async () => {
  const one = await described();
  const ahead = (one.ahead ?? []).map((made) => ({
    ...made,
    code: 'exports.validate = () => true; exports.needs = []; exports.link = () => {};',
  }));
  const seen = await Promise.all(
    [true, false].map(async (codegen) => {
      const { send } = await startValidating('enforce', { described: { ...one, ahead } }, { codegen });
      return (await send(withBody('POST /vendor/a HTTP/1.1', 'application/json', BODY))).status;
    }),
  );
  expect(seen).toEqual([200, 400]);
});

test('a text that cannot be read leaves nothing half done behind', () => {
  const text = (needs: number, given: string): string =>
    `let needed; exports.needs = [${needs}]; exports.link = (of) => { needed = of(${needs}); };
     exports.validate = (value) => value === '${given}' || needed(value.slice(1));`;
  const texts = [text(1, 'a'), text(2, 'b'), text(0, 'c')];
  const known = new Map<number, MadeValidator>();
  const ran = (unread: number | null): MadeValidator | undefined => {
    const steps = runAhead(0, known, (number) => {
      if (number === unread) throw new TableError('block 7 has another digest');
      return texts[number] ?? '';
    });
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  };
  expect(() => ran(2)).toThrow(TableError);
  expect(known.size).toBe(0);
  const validate = ran(null);
  expect(['a', 'xb', 'xxc', 'xxxa'].map((value) => validate?.(value))).toEqual([true, true, true, true]);
  expect(known.size).toBe(3);
  expect(ran(0)).toBe(validate);
});

const FORM = 'p1=aa&inner[q1]=1&inner[q2]=x&list[0][q1]=2';

test.each([true, false])('texts are coerced in what has a text of its own too; run: %s', async (codegen) => {
  const records = describe(
    [{ id: 'POST /f', body: { content: { 'application/x-www-form-urlencoded': { schema: LARGE } } } }],
    [FIXED, ONLY],
  );
  const one = { ...records, ahead: await makeAhead(records) };
  expect(one.ahead.map(({ schema, mode }) => [schema, mode]).at(-1)).toEqual([3, 'text']);
  const { send } = await startValidating('enforce', { described: one }, { codegen });
  const sent = withBody('POST /vendor/f HTTP/1.1', 'application/x-www-form-urlencoded', FORM);
  expect((await send(sent)).faults).toEqual(['body /inner/q2: the type integer']);
});

test.each([
  ['no module', '', 'is not one'],
  ['what asks for more than it may', 'require("node:fs")', 'asks for node:fs'],
])('a text is not run as a validator: %s', (_what, text, said) => {
  expect(() => runAhead(0, new Map(), () => text).next()).toThrow(said);
});

test('they are the same each time', async () => {
  expect(await described()).toEqual(await described());
});
