import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { memoryBudget } from '../../runtime/7-relay/memory-budget.ts';
import type { HeldMemory } from '../../runtime/7-relay/memory-budget.ts';
import { foldHeaderName } from '../../table/rules/fold-header-name.ts';
import { answerOf, startInvoking } from '../support/invoking.ts';
import type { Invoking } from '../support/invoking.ts';
import { strictRequests } from '../support/strict-requests.ts';
import { CREDENTIALS, rule, TEST_ENVIRONMENT } from '../support/table.ts';
import { CALLED, callsById, callsByPath } from './odd-calls.ts';
import { RUNS } from './runs.ts';

const { SECRET } = TEST_ENVIRONMENT;

let sides: Invoking;

beforeAll(async () => {
  sides = await startInvoking({
    keep: true,
    answer: answerOf('200 OK', 'application/json', '{}'),
    connection: {
      described: CALLED,
      credential: CREDENTIALS.query,
      static_headers: { 'X-Static': 'ours', Authorization2: 'ours' },
    },
    table: {
      access: {
        vendor: {
          allows: [
            {
              persona: 'all',
              at: 'gateway.d/test.yaml:1:1',
              read_only: false,
              allow: [rule('allow', ['GET', 'POST', 'PUT'], ['/v1/**'])],
            },
          ],
          denies: [rule('deny', [], ['/v1/admin/**', '/**/secret'])],
        },
      },
    },
  });
});

afterAll(() => sides.gateway.serving.close());

/** What no head of ours has, folded. */
const NEVER = new Set([
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'keep-alive',
  'proxy-connection',
  'authorization',
  'x-api-key',
  'cookie',
  'via',
  'forwarded',
  'x-forwarded-for',
  'x-http-method-override',
  'x-original-url',
]);

function decoded(path: string): string {
  return path.replace(/%([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Asserts what the rules say of a request that went out, on its bytes. */
function checkSent(head: string): void {
  const [line = '', ...fields] = head.slice(0, -4).split('\r\n');
  const [, method = '', path = '', query = ''] =
    /^([A-Z]+) (\/[\x21-\x7e]*?)(?:\?([\x21-\x7e]*))? HTTP\/1\.1$/.exec(line) ?? [];
  expect(['GET', 'POST', 'PUT']).toContain(method);
  // Read as a server reads it that decodes once, twice, before it splits or after.
  for (const read of [path, decoded(path), decoded(decoded(path))]) {
    const segments = read.split(/[/\\]/);
    expect(segments.slice(0, 2)).toEqual(['', 'v1']);
    expect(segments.some((segment) => /^\.{1,2}(?:;|$)/.test(segment))).toBe(false);
    expect(segments[2]).not.toBe('admin');
    expect(segments.filter((segment) => segment !== '').at(-1)).not.toBe('secret');
  }
  expect(
    query.split(/[&;]/).filter((pair) => decodeURIComponent(pair.split('=')[0] ?? '') === 'api_key'),
  ).toEqual([`api_key=${SECRET}`]);
  expect(query.endsWith(`api_key=${SECRET}`)).toBe(true);
  expect(decoded(query)).not.toMatch(/(?:^|[&;])_method=/);
  const names: string[] = [];
  for (const field of fields) {
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(field).toMatch(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+: [^\x00-\x08\x0a-\x1f\x7f]*$/);
    names.push(foldHeaderName(field.split(':')[0] ?? ''));
  }
  expect([...new Set(names)]).toEqual(names);
  expect(names.filter((name) => NEVER.has(name) || name.startsWith('gateway-'))).toEqual([]);
  expect(fields.filter((field) => /^host:/i.test(field))).toEqual([`host: 127.0.0.1:${sides.upstream.port}`]);
  expect(fields.filter((field) => foldHeaderName(field.split(':')[0] ?? '') === 'x-static')).toEqual([
    'X-Static: ours',
  ]);
}

test.each([
  ['by operation', callsById],
  ['by path', callsByPath],
])('%s: nothing odd in a call reaches the head of a request', async (_name, calls) => {
  let sent = 0;
  await fc.assert(
    fc.asyncProperty(calls, async (call) => {
      const before = sides.upstream.requests.length;
      const { status, code } = await sides.invoke(call);
      const requests = sides.upstream.requests.slice(before);
      expect(requests.length).toBe(code === null ? 1 : 0);
      expect(code === null ? [200] : [400, 403, 404, 405, 414, 431]).toContain(status);
      for (const { head } of requests) checkSent(head);
      sent += requests.length;
    }),
    { numRuns: RUNS / 2 },
  );
  // The property was not held by refusing everything.
  expect(sent).toBeGreaterThan(RUNS / 20);
  expect(strictRequests(sides.upstream.received()).length).toBe(sides.upstream.requests.length);
});

test('calls never hold more together than the budget, and give back all that they held', () => {
  const steps = fc.array(
    fc.tuple(fc.constantFrom('take', 'grow', 'release'), fc.nat({ max: 60 }), fc.nat({ max: 9 })),
    { maxLength: 80 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), steps, (max, all) => {
      const budget = memoryBudget();
      const held: HeldMemory[] = [];
      for (const [step, bytes, which] of all) {
        const one = held[which];
        const before = budget.held;
        const taken = step === 'take' ? budget.take(bytes, max) : null;
        if (taken !== null) held.push(taken);
        const grown = step === 'grow' && one !== undefined && one.grow(bytes);
        if (step === 'release') one?.release();
        const fits = before + bytes <= max;
        // What is there is given, and what is not there is not.
        expect([taken !== null, grown && !fits]).toEqual([step === 'take' && fits, false]);
        expect(budget.held).toBeLessThanOrEqual(max);
        expect(budget.held).toBe(held.reduce((sum, each) => sum + each.bytes, 0));
      }
      for (const each of held) each.release();
      expect(budget.held).toBe(0);
    }),
    { numRuns: RUNS },
  );
});
