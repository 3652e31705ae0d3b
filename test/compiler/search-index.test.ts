import MiniSearch from 'minisearch';
import { expect, test } from 'vitest';
import { searchIndex } from '../../compiler/5-lower/search-index.ts';
import type { OperationRecord } from '../../table/operations.ts';
import { SEARCH_OPTIONS } from '../../table/rules/search-terms.ts';

// The index is written without MiniSearch, in its form: it is to hold what MiniSearch would have made.

interface Serialized {
  readonly index: readonly (readonly [term: string, postings: unknown])[];
  readonly averageFieldLength: readonly number[];
}

function operation(id: string, more: Partial<OperationRecord>): OperationRecord {
  return {
    id,
    method: 'GET',
    path: '/',
    summary: null,
    description: null,
    tags: [],
    deprecated: false,
    parameters: [],
    request_body: null,
    responses: [],
    ...more,
  };
}

const OPERATIONS: readonly OperationRecord[] = [
  operation('listUserRepos', {
    path: '/users/{user_id}/repos',
    summary: 'List the repos of a user',
    tags: ['Repos'],
  }),
  operation('GET /', { description: 'The root. The ROOT of all; not a user’s "home" \\ or 日本語.' }),
  operation('putX2Y', { path: '/x/{x}/y', tags: ['Users', 'users and X'], summary: '' }),
  operation('long', { description: `${'word '.repeat(99)}cutHere never` }),
  operation('__proto__', { path: '/constructor/2', summary: 'constructor Straße STRASSE İ' }),
];

function byMiniSearch(operations: readonly OperationRecord[]): string {
  const index = new MiniSearch(SEARCH_OPTIONS);
  for (const [id, { id: name, path, summary, description, tags }] of operations.entries()) {
    const short = description?.slice(0, 500) ?? '';
    index.add({
      id,
      operation: name,
      path,
      summary: summary ?? '',
      description: short,
      tags: tags.join(' '),
    });
  }
  return JSON.stringify(index);
}

for (const operations of [OPERATIONS, OPERATIONS.slice(0, 1), []]) {
  test(`an index over ${operations.length} operations is MiniSearch's own`, () => {
    const ours = JSON.parse(searchIndex(operations)) as Serialized;
    const theirs = JSON.parse(byMiniSearch(operations)) as Serialized;
    const inOrder = theirs.index.toSorted(([one], [other]) => (one < other ? -1 : 1));
    const averages = theirs.averageFieldLength.map((average) => expect.closeTo(average, 9) as number);
    expect(ours).toEqual({ ...theirs, index: inOrder, averageFieldLength: averages });
    expect(ours.index.map(([term]) => term)).toEqual(inOrder.map(([term]) => term));
  });
}

test('an index is loaded and finds what MiniSearch finds', () => {
  const [ours, theirs] = [searchIndex(OPERATIONS), byMiniSearch(OPERATIONS)].map((text) =>
    MiniSearch.loadJSON(text, SEARCH_OPTIONS),
  );
  for (const query of ['user', 'repos of', 'CONSTRUCTOR', 'roo', '日本語', 'y', 'never']) {
    const found = (index: MiniSearch | undefined): unknown[] =>
      (index?.search(query) ?? []).map(({ id, score }) => [id, Number(score.toFixed(9))]);
    expect(found(ours)).toEqual(found(theirs));
  }
});
