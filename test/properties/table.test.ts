import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeTable } from '../../table/decode.ts';
import { encodeTable } from '../../table/encode.ts';
import { TableError } from '../../table/shape.ts';
import type { Table } from '../../table/types.ts';
import { CREDENTIALS, operationsOf, rule, tableOf } from '../support/table.ts';
import type { ConnectionSpec, TableSpec } from '../support/table.ts';
import { RUNS } from './runs.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 8 });
const name = fc
  .stringMatching(/^[a-z][a-z0-9_-]{0,6}$/)
  .filter((one) => !['mcp', 'api', 'oauth'].includes(one));
const headers = fc.dictionary(
  fc.stringMatching(/^Y[A-Za-z0-9-]{0,6}$/),
  fc.stringMatching(/^[!-~\xa1-\xff]([ -~\xa1-\xff]*[!-~\xa1-\xff])?$/),
  { maxKeys: 4 },
);
/** No two names that are equal when folded. */
const plainHeaders = headers.filter(
  (lines) => new Set(Object.keys(lines).map((one) => one.toLowerCase())).size === Object.keys(lines).length,
);

const connection: fc.Arbitrary<ConnectionSpec> = fc.record({
  base_url: fc.constantFrom('https://api.example.com', 'http://127.0.0.1:9/v1', 'https://[::1]:8443/a/b%20c'),
  description: fc.option(text, { nil: null }),
  default_headers: plainHeaders,
  static_headers: plainHeaders,
  credential: fc.constantFrom({ kind: 'none' } as const, ...Object.values(CREDENTIALS)),
  validate: fc.constantFrom('off', 'warn', 'enforce'),
  expose: fc.constantFrom('all', 'operations'),
  cookies: fc.constantFrom('drop', 'forward'),
  forwarded: fc.boolean(),
  allow_encoded_slash: fc.boolean(),
  allow_private: fc.array(text, { maxLength: 2 }),
  rewrite_links: fc.boolean(),
  variables: fc.uniqueArray(
    fc.record({
      name: fc.stringMatching(/^[a-z][a-z0-9_]{0,6}$/),
      value: fc.option(fc.record({ text, at: fc.constant('gateway.d/a.yaml:1:1') }), { nil: null }),
      source: fc.constantFrom(
        { kind: 'connection' } as const,
        { kind: 'callback', parameter: 'realm', match: null } as const,
      ),
      default: fc.option(text, { nil: null }),
      doc: fc.option(text, { nil: null }),
      optional: fc.boolean(),
      pattern: fc.option(text, { nil: null }),
      values: fc.array(text, { maxLength: 2 }),
    }),
    { maxLength: 2, selector: ({ name: one }) => one },
  ),
  // Without a description nothing can be validated or exposed by it.
  described: fc.constantFrom(operationsOf('GET /a'), operationsOf('GET /a/{b}', 'POST /é')),
  limits: fc.record({
    body_max_bytes: fc.option(fc.integer({ min: 1 }), { nil: null }),
    call_timeout_ms: fc.integer({ min: 1 }),
  }),
});

const tables: fc.Arbitrary<Table> = fc
  .record({
    connections: fc.dictionary(name, connection, { maxKeys: 4 }),
    rate_limit: fc.record({
      requests_per_second: fc.double({ min: 0.001, max: 1e9, noNaN: true }),
      burst: fc.integer({ min: 1 }),
    }),
    public_url: fc.constantFrom('https://gw.example.com', 'http://[::1]:8080/'),
    rules: fc.array(
      fc.constantFrom(
        rule('deny', ['GET'], ['/a/**']),
        rule('allow', [], []),
        rule('allow', ['M-SEARCH'], ['/*/b']),
      ),
      { maxLength: 3 },
    ),
  })
  .map(({ rules, connections, ...spec }): TableSpec => {
    const access = Object.fromEntries(Object.keys(connections).map((one) => [one, { denies: rules }]));
    return { ...spec, connections, access };
  })
  .map(tableOf);

describe('the table', () => {
  test('what is encoded is what is decoded, and frozen', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const { bytes, digest } = encodeTable(table);
        const decoded = decodeTable(bytes, digest);
        expect(decoded).toEqual(table);
        expect(Object.isFrozen(decoded) && Object.isFrozen(decoded.gateway.limits)).toBe(true);
        expect(encodeTable(decoded).digest).toBe(digest);
      }),
      { numRuns: RUNS },
    );
  });

  test('any single flipped bit of it is refused', () => {
    fc.assert(
      fc.property(tables, fc.nat(), fc.integer({ min: 0, max: 7 }), (table, at, bit) => {
        const { bytes, digest } = encodeTable(table);
        const place = at % bytes.length;
        bytes[place] = (bytes[place] ?? 0) ^ (1 << bit);
        expect(() => decodeTable(bytes, digest)).toThrow(TableError);
      }),
      { numRuns: RUNS },
    );
  });

  test('any single flipped bit of its digest is refused', () => {
    const { bytes, digest } = encodeTable(tableOf({ connections: {} }));
    fc.assert(
      fc.property(fc.nat({ max: 63 }), fc.constantFrom(...Array.from('0123456789abcdef')), (at, digit) => {
        const other = digest.slice(0, at) + digit + digest.slice(at + 1);
        fc.pre(other !== digest);
        expect(() => decodeTable(bytes, other)).toThrow(TableError);
      }),
      { numRuns: RUNS },
    );
  });
});
