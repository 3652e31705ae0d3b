import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { recordsInMemory } from '../../table/records/open-records.ts';
import { checkContent, checkHead, validatorSets } from '../../runtime/validate/request-validation.ts';
import type { RequestValidation } from '../../runtime/validate/request-validation.ts';
import { turnQueue } from '../../runtime/validate/turn-queue.ts';
import { builtTable } from '../support/table.ts';
import { OPERATIONS, TREE } from '../support/validating.ts';
import { describe } from '../support/described.ts';

const { table, bytes } = builtTable({
  connections: { vendor: { base_url: 'http://127.0.0.1:1', described: describe(OPERATIONS, [TREE]) } },
});
const records = recordsInMemory(table.records, bytes);
const validation: RequestValidation = {
  mode: 'enforce',
  bodyMaxBytes: 1_000_000,
  not: { headers: new Set(), query: new Set(), cookies: false },
  validatorsOf: validatorSets({ records, queue: turnQueue(), codegen: true }),
};
const [entry] = table.descriptions;

const part = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    'limit=1',
    'deep[a][b]=1',
    'deep[=',
    'tags',
    '__proto__=1',
    'deep[__proto__][x]=1',
    'json={}',
    '%ff',
    '&',
    '=',
  ),
);
const text = fc.array(part, { maxLength: 5 }).map((parts) => parts.join('&'));
const type = fc.constantFrom(
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=b',
  'multipart/form-data',
  '',
);
const coding = fc.constantFrom('', 'gzip', 'br', 'deflate', '__proto__', 'constructor');
const content = fc.oneof(
  text,
  fc.json(),
  text.map((inner) => `--b\r\nContent-Disposition: form-data; name="${inner}"\r\n\r\n${inner}\r\n--b--`),
);

test('no request makes a check throw, and no fault has more than its places and words', async () => {
  if (entry === undefined) throw new Error('there is no description');
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        number: fc.nat(OPERATIONS.length - 1),
        path: text,
        query: text,
        header: text,
        type,
        coding,
        content,
      }),
      async ({ number, path, query, header, ...sent }) => {
        const record = records.operation(entry, number);
        const headers = ['X-List', header, 'Cookie', header, 'Content-Type', sent.type];
        if (sent.coding !== '') headers.push('Content-Encoding', sent.coding);
        const source = { rest: `/items/${path}?${query}`, template: record.path, headers };
        const head = await checkHead(validation, { record, entry }, source, true);
        const found = await checkContent(validation, { record, entry }, head, Buffer.from(sent.content));
        const faults = [...head.faults.told, ...('faults' in found ? found.faults.told : [])];
        for (const fault of faults)
          expect(Object.keys(fault).sort()).toEqual(['expected', 'in', 'name', 'pointer']);
      },
    ),
    { numRuns: 2000 },
  );
  expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
});
