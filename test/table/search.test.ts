import * as fc from 'fast-check';
import MiniSearch from 'minisearch';
import { expect, test } from 'vitest';
import { openSearch } from '../../table/search/open-search.ts';
import type { SearchAsk } from '../../table/search/open-search.ts';
import { queryTerms, SEARCH_FIELDS, searchTerms } from '../../table/search/search-terms.ts';
import type { SearchedOperation } from '../../table/search/search-terms.ts';
import { SearchWriter } from '../../table/search/write-search.ts';
import { TableError } from '../../table/shape.ts';
import { RUNS } from '../properties/runs.ts';

function operation(id: string, more: Partial<SearchedOperation> = {}): SearchedOperation {
  return { id, path: '/', summary: null, description: null, tags: [], ...more };
}

function bytesOver(operations: readonly SearchedOperation[]): Buffer {
  const writer = new SearchWriter();
  for (const one of operations) writer.add(one);
  return writer.bytes();
}

const OPERATIONS: readonly SearchedOperation[] = [
  operation('listUserRepos', {
    path: '/users/{user_id}/repos',
    summary: 'List the repos of a user',
    tags: ['Repos'],
  }),
  operation('GET /', { description: 'The root. The ROOT of all; not a user’s "home" \\ or 日本語 हिन्दी.' }),
  operation('putX2Y', { path: '/x/{x}/y', tags: ['Users', 'users and X'], summary: '' }),
  operation('long', { description: `${'word '.repeat(99)}cutHere never` }),
  operation('__proto__', { path: '/constructor/2', summary: 'constructor Straße STRASSE İ' }),
];

const ALL = (): boolean => true;
const INDEX = openSearch(bytesOver(OPERATIONS), OPERATIONS.length);

const WORDS: readonly (readonly [text: string, words: readonly string[]])[] = [
  ['listRepoIssues', ['list', 'repo', 'issues']],
  ['/users/{user_id}', ['users', 'user', 'id']],
  ['POST v2Beta', ['post', 'v2', 'beta']],
  ['हिन्दी 日本語', ['हिन्दी', '日本語']],
  [' -{}- ', []],
];

for (const [text, words] of WORDS) {
  test(`the words of ${JSON.stringify(text)}`, () => expect(searchTerms(text)).toEqual(words));
}

test('a query has each of its words once', () => expect(queryTerms('a b A')).toEqual(['a', 'b']));

interface Row {
  readonly query: string;
  readonly match?: SearchAsk['match'];
  readonly only?: SearchAsk['only'];
  /** Ids, the best first. */
  readonly found: readonly string[];
}

const ROWS: readonly Row[] = [
  { query: 'user', found: ['listUserRepos', 'GET /', 'putX2Y'] },
  { query: 'repos of', found: ['listUserRepos'] },
  { query: 'CONSTRUCTOR', found: ['__proto__'] },
  { query: 'roo', found: ['GET /'] },
  { query: '日本語', found: ['GET /'] },
  { query: 'हिन्दी', found: ['GET /'] },
  // What stands behind the part of a description that is searched.
  { query: 'never', found: [] },
  { query: 'user nowhere', found: [] },
  { query: 'nowhere user', found: [] },
  { query: 'user nowhere', match: 'some', found: ['listUserRepos', 'GET /', 'putX2Y'] },
  // More of the words before one word that is rare.
  { query: 'list repos constructor', match: 'some', found: ['listUserRepos', '__proto__'] },
  { query: 'user', only: (index) => index > 0, found: ['GET /', 'putX2Y'] },
  { query: '', found: [] },
  { query: '', match: 'some', found: [] },
];

for (const { query, match = 'all', only = ALL, found } of ROWS) {
  test(`${match} of ${JSON.stringify(query)}`, () => {
    const hits = INDEX.search({ terms: queryTerms(query), match, only });
    const ids = hits
      .toSorted((one, other) => other.score - one.score)
      .map(({ index }) => OPERATIONS[index]?.id);
    expect(ids).toEqual(found);
  });
}

test('a term that is nowhere, and what is near it', () => {
  expect(INDEX.has('rep', ALL)).toBe(true);
  expect(INDEX.has('rep', (index) => index > 0)).toBe(false);
  expect(INDEX.has('zzz', ALL)).toBe(false);
  expect(INDEX.nearest('constuctor', ALL)).toBe('constructor');
  // Of an operation that does not count not even a term is told.
  expect(INDEX.nearest('constuctor', (index) => index < 4)).toBeNull();
});

test('the same operations give the same bytes', () =>
  expect(bytesOver(OPERATIONS)).toEqual(bytesOver([...OPERATIONS])));

function check(bytes: Buffer, operations: number): void {
  expect(() => openSearch(bytes, operations)).toThrow(TableError);
}

function changed(at: number, value: number): Buffer {
  const bytes = bytesOver(OPERATIONS);
  bytes.writeUInt32LE(value, at);
  return bytes;
}

const GOOD = bytesOver(OPERATIONS);
const TERMS = GOOD.readUInt32LE(12);
const STARTS = 24;
const PLACES = STARTS + 4 * (TERMS + 1);

const BROKEN: Readonly<Record<string, readonly [bytes: Buffer, operations: number]>> = {
  nothing: [Buffer.alloc(0), 0],
  'cut short': [GOOD.subarray(0, -1), OPERATIONS.length],
  'over more operations': [GOOD, OPERATIONS.length + 1],
  'counts that do not fit': [changed(12, 0xff_ff_ff_ff), OPERATIONS.length],
  'a first term without its postings': [changed(STARTS, 1), OPERATIONS.length],
  'a last term with more postings than there are': [changed(PLACES - 4, 7), OPERATIONS.length],
  'postings out of order': [changed(STARTS + 4, 0x7f_ff_ff_ff), OPERATIONS.length],
  'an operation that is not there': [changed(PLACES, OPERATIONS.length), OPERATIONS.length],
  'fewer terms than are counted': [Buffer.from(GOOD.map((byte) => (byte === 10 ? 32 : byte))), 5],
};

for (const [what, [bytes, operations]] of Object.entries(BROKEN))
  test(`no index: ${what}`, () => check(bytes, operations));

test('an index over nothing', () => {
  const empty = openSearch(bytesOver([]), 0);
  expect(empty.search({ terms: ['a'], match: 'some', only: ALL })).toEqual([]);
  expect(empty.nearest('a', ALL)).toBeNull();
});

/** What MiniSearch finds with the same fields, weights and words, in the order of the numbers. */
function byMiniSearch(
  operations: readonly SearchedOperation[],
  { terms, match }: Pick<SearchAsk, 'terms' | 'match'>,
): [index: number, score: number][] {
  const fields = SEARCH_FIELDS.map((_, at) => String(at));
  const index = new MiniSearch({
    fields,
    tokenize: searchTerms,
    processTerm: (term) => term,
    searchOptions: {
      prefix: true,
      boost: Object.fromEntries(SEARCH_FIELDS.map(({ weight }, at) => [at, weight])),
    },
  });
  for (const [id, one] of operations.entries())
    index.add({ id, ...Object.fromEntries(SEARCH_FIELDS.map(({ text }, at) => [at, text(one)])) });
  const combineWith = match === 'all' ? 'AND' : 'OR';
  return index
    .search(terms.join(' '), { combineWith })
    .map(({ id, score }): [number, number] => [Number(id), score])
    .sort(([one], [other]) => one - other);
}

const word = fc.constantFrom('user', 'users', 'use', 'repo', 'list', 'a', 'ab', 'abc', 'x2');
const text = fc.array(word, { maxLength: 6 }).map((words) => words.join(' '));
const operations = fc.array(
  fc.record({
    id: text,
    path: text,
    summary: fc.option(text),
    description: fc.option(text),
    tags: fc.array(word, { maxLength: 2 }),
  }),
  { minLength: 1, maxLength: 12 },
);

test('finds and ranks as MiniSearch does', () => {
  fc.assert(
    fc.property(
      operations,
      fc.uniqueArray(word, { minLength: 1, maxLength: 4 }),
      fc.constantFrom('all' as const, 'some' as const),
      (all, terms, match) => {
        const hits = openSearch(bytesOver(all), all.length).search({ terms, match, only: ALL });
        const theirs = byMiniSearch(all, { terms, match });
        expect(hits.map(({ index }) => index)).toEqual(theirs.map(([index]) => index));
        // An impact is rounded to a 65,535th of the greatest, which may be a thousand times as much.
        for (const [at, { score }] of hits.entries())
          expect(Math.abs(score / (theirs[at]?.[1] ?? NaN) - 1)).toBeLessThan(0.02);
      },
    ),
    { numRuns: RUNS },
  );
});
