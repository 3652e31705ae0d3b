import { expect, test } from 'vitest';
import type { CompileCache } from '../../compiler/1-read/compile-cache.ts';
import { loadDescription } from '../../compiler/3-resolve/load-description.ts';
import { renderJson } from '../../compiler/diagnostic/json.ts';
import { renderText } from '../../compiler/diagnostic/text.ts';
import type { OperationRecord } from '../../table/operations.ts';
import { documentFolder, FINE, loadDocuments, readDocument } from '../support/documents.ts';

async function operationOf(document: object): Promise<OperationRecord> {
  const [operation] = (await readDocument(document)).records.operations;
  if (operation === undefined) throw new Error('there is no operation');
  return operation;
}

test('parameters of the path are merged, those of the operation win', async () => {
  const { parameters } = await operationOf({
    openapi: '3.0.3',
    paths: {
      '/a/{id}': {
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
          { name: 'q', in: 'query', description: 'shared' },
          { name: 'Authorization', in: 'header' },
        ],
        get: { ...FINE, parameters: [{ name: 'q', in: 'query', description: 'own', style: 'deepObject' }] },
      },
    },
  });
  expect(
    parameters.map(({ name, description, style, explode }) => [name, description, style, explode]),
  ).toEqual([
    ['id', null, 'simple', false],
    ['q', 'own', 'deepObject', false],
  ]);
});

test('a form of 2.0 is a body; its collections are styles', async () => {
  const field = (name: string, more: object): object => ({ name, in: 'formData', ...more });
  const { request_body, parameters } = await operationOf({
    swagger: '2.0',
    consumes: ['multipart/form-data'],
    paths: {
      '/a': {
        post: {
          ...FINE,
          parameters: [
            field('file', { type: 'file', required: true }),
            field('tags', { type: 'array', items: { type: 'string' }, collectionFormat: 'pipes' }),
            {
              name: 'ids',
              in: 'query',
              type: 'array',
              items: { type: 'integer' },
              collectionFormat: 'multi',
            },
          ],
        },
      },
    },
  });
  expect(request_body?.required).toBe(true);
  expect(request_body?.content[0]).toMatchObject({
    media_type: 'multipart/form-data',
    encoding: { tags: { style: 'pipeDelimited', explode: false } },
  });
  expect(parameters).toMatchObject([{ name: 'ids', style: 'form', explode: true }]);
});

test('what no request can have, and what says two things, is not checked', async () => {
  const { parameters, request_body } = await operationOf({
    swagger: '2.0',
    paths: {
      '/a/{id}': {
        post: {
          ...FINE,
          parameters: [
            { name: 'id', in: 'path', required: true, type: 'string' },
            { name: 'other', in: 'path', required: true, type: 'string' },
            { name: 'one', in: 'body', required: true, schema: { type: 'object' } },
            { name: 'two', in: 'body', required: true, schema: { type: 'array' } },
          ],
        },
      },
    },
  });
  expect(parameters.map(({ name }) => name)).toEqual(['id']);
  expect(request_body).toBeNull();
});

test('query and additionalOperations are methods of 3.2 alone', async () => {
  const paths = { '/a': { query: FINE, additionalOperations: { COPY: FINE }, get: FINE } };
  const methods = async (openapi: string): Promise<string[]> =>
    (await readDocument({ openapi, paths })).records.operations.map((one) => one.id);
  expect(await methods('3.2.0')).toEqual(['GET /a', 'QUERY /a', 'COPY /a']);
  expect(await methods('3.1.0')).toEqual(['GET /a']);
});

const MANY = { openapi: '3.0.3', info: { title: 'A', version: '1' }, paths: {} as Record<string, unknown> };

test('more than 10,000 files are too many', async () => {
  const files: Record<string, string> = { 'a.json': '' };
  for (let at = 0; at < 10_001; at += 1) {
    files[`${at}.json`] = '{}';
    MANY.paths[`/${at}`] = { $ref: `${at}.json` };
  }
  files['a.json'] = JSON.stringify(MANY);
  const { diagnostics } = await loadDocuments(files);
  expect(diagnostics.filter((one) => one.code === 'GW6011')).toHaveLength(1);
});

/** A cache in memory that counts what it is asked for. */
function memoryCache(): CompileCache & { readonly kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>();
  return {
    version: '1',
    kept,
    read: (key) => kept.get(key) ?? null,
    write: (key, bytes) => void kept.set(key, bytes),
  };
}

const PARTS = {
  'main.yaml': 'openapi: 3.0.3\ninfo: { title: A, version: "1" }\npaths: { /a: { $ref: "more/a.yaml" } }\n',
  'more/a.yaml':
    'get:\n  parameters: [{ $ref: "missing.yaml" }]\n  responses: { "200": { description: fine } }\n',
};

test('what is kept is what was made, while every file is as it was', async () => {
  const cache = memoryCache();
  const made = await loadDocuments(PARTS, cache);
  const kept = await loadDocuments(PARTS, cache);
  expect(kept.records()).toEqual(made.records());
  expect(renderJson(kept.diagnostics)).toBe(renderJson(made.diagnostics));
  const color = { color: false };
  expect(renderText(kept.diagnostics, color)).toBe(renderText(made.diagnostics, color));
  expect(kept.sha256).toBe(made.sha256);
  expect(cache.kept.size).toBe(1);
  const changed = await loadDocuments({ ...PARTS, 'more/a.yaml': 'post:\n  responses: {}\n' }, cache);
  expect(changed.description?.operations.map((one) => one.id)).toEqual(['POST /a']);
  const found = await loadDocuments({ ...PARTS, 'more/missing.yaml': '{ name: a, in: query }' }, cache);
  expect(found.diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
});

test.each([
  ['cut', (bytes: Uint8Array) => bytes.slice(0, -1)],
  ['changed', (bytes: Uint8Array) => bytes.map((byte, at) => (at === 200 ? byte ^ 1 : byte))],
  ['empty', () => new Uint8Array()],
])('an entry that is %s is ignored and written anew', async (_name, damage) => {
  const cache = memoryCache();
  const made = await loadDocuments(PARTS, cache);
  const [entry] = [...cache.kept];
  if (entry === undefined) throw new Error('nothing was kept');
  const [key, bytes] = entry;
  cache.kept.set(key, damage(bytes));
  expect((await loadDocuments(PARTS, cache)).records()).toEqual(made.records());
  expect(cache.kept.get(key)).toEqual(bytes);
});

test('nothing outside the folder is asked for', async () => {
  const refs = [
    'https://127.0.0.1/a',
    'file:///etc/hostname',
    '/etc/hostname',
    '../b.json',
    'c/../../b.json',
    '%2e%2e/b',
    '//h/a',
  ];
  const parameters = refs.map(($ref) => ({ $ref }));
  const document = {
    openapi: '3.0.3',
    info: { title: 'A', version: '1' },
    paths: { '/a': { get: { parameters } } },
  };
  const folder = documentFolder({ 'a.json': JSON.stringify(document) });
  const loaded = await loadDescription(folder, 'a.json', null);
  if ('fault' in loaded) throw new Error(loaded.fault);
  expect(folder.asked).toEqual(['a.json']);
  expect(loaded.diagnostics.filter((one) => one.code === 'GW6010')).toHaveLength(refs.length);
});
