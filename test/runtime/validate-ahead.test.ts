import { expect, test } from 'vitest';
import { makeAhead } from '../../compiler/5-lower/make-ahead.ts';
import type { NormalSchema } from '../../table/operations.ts';
import { describe } from '../support/described.ts';
import type { Described } from '../support/table.ts';
import { startValidating, withBody } from '../support/validating.ts';

/** A schema that is large enough for its validator to be made ahead. */
const LARGE: NormalSchema = {
  type: 'object',
  properties: Object.fromEntries(
    Array.from({ length: 60 }, (_, at) => [`p${at}`, { type: 'string', pattern: '^(a+)+$', maxLength: 60 }]),
  ),
  additionalProperties: { $ref: '#0' },
};
const FIXED: NormalSchema = {
  type: 'object',
  properties: { date: { format: 'date' }, list: { uniqueItems: true }, next: { $ref: '#0' } },
};

async function described(): Promise<Described> {
  const records = describe(
    [{ id: 'POST /a', body: { content: { 'application/json': { schema: LARGE } } } }],
    [FIXED],
  );
  return { ...records, ahead: await makeAhead(records) };
}

const BODY = '{"p1":"b","x":{"date":"x","list":[{},{}],"next":{"date":1}}}';
const FAULTS = [
  'body /x/date: the format date',
  'body /x/list: no element twice',
  'body /p1: to match ^(a+)+$',
];

test.each([true, false])('validators that were made ahead say what others say; run: %s', async (codegen) => {
  const one = await described();
  expect(one.ahead?.map(({ schema, mode }) => [schema, mode])).toEqual([[1, 'json']]);
  const { send } = await startValidating('enforce', { described: one }, { codegen });
  expect((await send(withBody('POST /vendor/a HTTP/1.1', 'application/json', BODY))).faults).toEqual(FAULTS);
});

test('they are run where they may be, and only then', async () => {
  const one = await described();
  const ahead = (one.ahead ?? []).map((made) => ({ ...made, code: 'exports["gw:1"] = () => true;' }));
  const seen = await Promise.all(
    [true, false].map(async (codegen) => {
      const { send } = await startValidating('enforce', { described: { ...one, ahead } }, { codegen });
      return (await send(withBody('POST /vendor/a HTTP/1.1', 'application/json', BODY))).status;
    }),
  );
  expect(seen).toEqual([200, 400]);
});

test('they are the same each time', async () => {
  expect(await described()).toEqual(await described());
});
