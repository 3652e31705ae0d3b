import { expect, test } from 'vitest';
import { breakingChanges } from '../../../cli/catalog/breaking-changes.ts';
import type { Described } from '../../../cli/catalog/breaking-changes.ts';
import { compareOperations } from '../../../cli/catalog/compare-operations.ts';
import type {
  MediaTypeRecord,
  NormalSchema,
  OperationRecord,
  RequestBodyRecord,
  ResponseRecord,
} from '../../../table/operations.ts';
import { content, operation, parameter } from '../../support/sample-set.ts';

const JSON_0 = content('application/json', 0);

function body(required: boolean, ...contents: MediaTypeRecord[]): { request_body: RequestBodyRecord } {
  return { request_body: { required, description: null, content: contents } };
}

function response(status: string, ...contents: MediaTypeRecord[]): ResponseRecord {
  return { status, description: null, headers: [], content: contents };
}

function described(given: Partial<OperationRecord>, schemas: readonly NormalSchema[] = []): Described {
  return { operation: operation({ id: 'a', path: '/a', ...given }), schemas };
}

interface Case {
  readonly what: string;
  readonly before: Described;
  readonly after: Described;
  readonly breaks: readonly string[];
}

const CASES: readonly Case[] = [
  {
    what: 'another id breaks who calls by id',
    before: described({}),
    after: described({ id: 'b' }),
    breaks: ['its id was a'],
  },
  {
    what: 'a parameter that is gone, and one of the same name elsewhere that is required',
    before: described({ parameters: [parameter({ name: 'x' })] }),
    after: described({ parameters: [parameter({ name: 'x', in: 'header', required: true })] }),
    breaks: ['query parameter x is gone', 'header parameter x is required'],
  },
  {
    what: 'a parameter that becomes required, not one that was or that no longer is',
    before: described({
      parameters: [
        parameter({ name: 'x' }),
        parameter({ name: 'y', required: true }),
        parameter({ name: 'z', required: true }),
      ],
    }),
    after: described({
      parameters: [
        parameter({ name: 'x', required: true }),
        parameter({ name: 'y', required: true }),
        parameter({ name: 'z' }),
        parameter({ name: 'new' }),
      ],
    }),
    breaks: ['query parameter x is required'],
  },
  {
    what: 'parameters of the path are where they were, under any name',
    before: described({ parameters: [] }),
    after: described({ parameters: [parameter({ name: 'id', in: 'path', required: true })] }),
    breaks: [],
  },
  {
    what: 'a body that is gone',
    before: described(body(false, JSON_0), [true]),
    after: described({}),
    breaks: ['the body is gone'],
  },
  {
    what: 'a body that becomes required',
    before: described(body(false, JSON_0), [true]),
    after: described(body(true, JSON_0), [true]),
    breaks: ['a body is required'],
  },
  {
    what: 'a body that may be sent',
    before: described({}),
    after: described(body(false, JSON_0), [true]),
    breaks: [],
  },
  {
    what: 'a required body where there was none',
    before: described({}),
    after: described(body(true, JSON_0), [{ required: ['a'] }]),
    breaks: ['a body is required'],
  },
  {
    what: 'a type of bodies that is gone',
    before: described(body(true, JSON_0, content('text/csv', null)), [true]),
    after: described(body(true, JSON_0, content('text/plain', null)), [true]),
    breaks: ['bodies of text/csv are gone'],
  },
  {
    what: 'fields that become required, through references and circles',
    before: described(body(true, JSON_0), [{ required: ['a', 'gone'] }]),
    after: described(body(true, JSON_0), [
      { $ref: '#1' },
      { required: ['a'], allOf: [{ $ref: '#2' }, { required: ['b'] }] },
      { required: ['c'], allOf: [{ $ref: '#0' }] },
    ]),
    breaks: ['field b of application/json is required', 'field c of application/json is required'],
  },
  {
    what: 'answers of success, not failures',
    before: described({
      responses: [
        response('200', JSON_0, content('text/csv', null)),
        response('202'),
        response('404'),
        response('default'),
      ],
    }),
    after: described({ responses: [response('200', JSON_0), response('201')] }),
    breaks: ['response 200 as text/csv is gone', 'response 202 is gone'],
  },
];

test.each(CASES)('$what', ({ before, after, breaks }) => {
  expect(breakingChanges(before, after)).toEqual(breaks);
  expect(breakingChanges(after, after)).toEqual([]);
});

test('what breaks callers comes first', () => {
  const at = (path: string, given: Partial<OperationRecord> = {}): OperationRecord =>
    operation({ id: path, path, ...given });
  const records = (operations: OperationRecord[]): Parameters<typeof compareOperations>[0] => ({
    title: null,
    summary: null,
    operations,
    schemas: [],
  });
  const changes = compareOperations(
    records([at('/b'), at('/c'), at('/d')]),
    records([
      at('/a'),
      at('/b', { deprecated: true }),
      at('/c', { parameters: [parameter({ name: 'x', required: true })] }),
    ]),
  );
  expect(changes.map(({ kind, path, breaks }) => `${kind} ${path} ${breaks.join()}`)).toEqual([
    'changed /c query parameter x is required',
    'removed /d gone',
    'added /a ',
    'changed /b ',
  ]);
});
