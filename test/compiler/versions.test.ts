import { expect, test } from 'vitest';
import { FINE, loadDocuments, readDocument } from '../support/documents.ts';

// What a field means depends on the version of OpenAPI that a document has.

interface Case {
  readonly document: object;
  /** Parts of the record of its one operation. */
  readonly record: object;
  readonly codes?: readonly string[];
}

const TEXT = { type: 'string' };
const query = (more: object): object => ({ name: 'q', in: 'query', schema: TEXT, ...more });
const getting = (operation: object): object => ({ '/a': { get: { ...FINE, ...operation } } });
const answering = (content: object): object => ({
  '/a': { get: { responses: { 200: { description: 'fine', ...content } } } },
});

const CASES: Record<string, Case> = {
  '2.0: `consumes` and `produces` of an operation win over those of the document': {
    document: {
      swagger: '2.0',
      consumes: ['application/xml'],
      produces: ['application/xml'],
      paths: {
        '/a': {
          post: {
            consumes: ['application/JSON'],
            parameters: [{ name: 'b', in: 'body', schema: { type: 'object' } }],
            responses: { 200: { description: 'fine', schema: TEXT } },
          },
        },
      },
    },
    record: {
      request_body: { content: [{ media_type: 'application/json' }] },
      responses: [{ content: [{ media_type: 'application/xml' }] }],
    },
  },
  '2.0: a form without `consumes` is urlencoded, one with a file is multipart': {
    document: {
      swagger: '2.0',
      paths: {
        '/a': { post: { ...FINE, parameters: [{ name: 'f', in: 'formData', type: 'file' }] } },
      },
    },
    record: { request_body: { content: [{ media_type: 'multipart/form-data' }] } },
  },
  '3.0: styles that are left out are those of the place': {
    document: {
      openapi: '3.0.3',
      paths: {
        '/a/{p}': {
          get: {
            ...FINE,
            parameters: [
              { name: 'p', in: 'path', required: true, schema: TEXT },
              query({}),
              { name: 'h', in: 'header', schema: TEXT },
              { name: 'c', in: 'cookie', schema: TEXT },
            ],
          },
        },
      },
    },
    record: {
      parameters: [
        { style: 'simple', explode: false },
        { style: 'form', explode: true },
        { style: 'simple', explode: false },
        { style: 'form', explode: true },
      ],
    },
  },
  '3.0: `explode`, `allowReserved` and `deprecated` are as they are written': {
    document: {
      openapi: '3.0.3',
      paths: getting({
        deprecated: true,
        parameters: [query({ style: 'pipeDelimited', explode: true, allowReserved: true, deprecated: true })],
      }),
    },
    record: {
      deprecated: true,
      parameters: [{ style: 'pipeDelimited', explode: true, allow_reserved: true, deprecated: true }],
    },
  },
  '3.0: a style that the place does not have is that of the place': {
    document: { openapi: '3.0.3', paths: getting({ parameters: [query({ style: 'matrix' })] }) },
    record: { parameters: [{ style: 'form', explode: true }] },
    codes: [],
  },
  '3.0: `discriminator` checks nothing, which is said': {
    document: {
      openapi: '3.0.3',
      paths: answering({
        content: { 'application/json': { schema: { oneOf: [TEXT], discriminator: { propertyName: 'a' } } } },
      }),
    },
    record: { responses: [{ content: [{ schema: 0 }] }] },
    codes: ['GW6013'],
  },
  '3.0: a path that refers to another has its operations, and what stands beside it': {
    document: {
      openapi: '3.0.3',
      paths: { '/a': { $ref: '#/x-paths/a', summary: 'beside' } },
      'x-paths': { a: { get: FINE } },
    },
    record: { id: 'GET /a', summary: 'beside' },
  },
  '3.1: `$anchor` is a place, and `$dynamicRef` is read as `$ref`, which is said': {
    document: {
      openapi: '3.1.0',
      paths: answering({ content: { 'application/json': { schema: { $dynamicRef: '#text' } } } }),
      components: { schemas: { Text: { $dynamicAnchor: 'text', ...TEXT } } },
    },
    record: { responses: [{ content: [{ schema: 0 }] }] },
    codes: ['GW6013'],
  },
  '3.2: a document refers to itself by `$self`': {
    document: {
      openapi: '3.2.0',
      $self: 'https://vendor.example/api.json',
      paths: getting({ parameters: [{ $ref: 'https://vendor.example/api.json#/components/parameters/Q' }] }),
      components: { parameters: { Q: query({ description: 'found' }) } },
    },
    record: { parameters: [{ description: 'found' }] },
  },
  '3.2: a whole query is one parameter': {
    document: {
      openapi: '3.2.0',
      paths: getting({
        parameters: [
          { name: 'q', in: 'querystring', content: { 'application/json': { schema: { type: 'object' } } } },
        ],
      }),
    },
    record: { parameters: [{ in: 'querystring', media_type: 'application/json', schema: 0 }] },
  },
};

test.each(Object.entries(CASES))('%s', async (_what, { document, record, codes }) => {
  const { records, codes: found } = await readDocument(document);
  expect(records.operations).toMatchObject([record]);
  // Whether the document keeps the other rules is no question here.
  expect(found.filter((code) => code !== 'GW6014')).toEqual(codes ?? []);
});

const SERVERS: Record<string, readonly [document: object, path: string | null]> = {
  '2.0: `basePath`': [{ swagger: '2.0', basePath: '/v2/' }, '/v2'],
  '2.0: no `basePath`': [{ swagger: '2.0' }, ''],
  'no server': [{ openapi: '3.0.3' }, ''],
  'the first of several': [
    { openapi: '3.0.3', servers: [{ url: 'https://a.example/v1' }, { url: '/v2' }] },
    '/v1',
  ],
  'variables with defaults': [
    {
      openapi: '3.1.0',
      servers: [
        {
          url: 'https://{region}.a.example/{stage}/v1',
          variables: { region: { default: 'eu' }, stage: { default: 'live' } },
        },
      ],
    },
    '/live/v1',
  ],
  'a variable without a default': [
    { openapi: '3.1.0', servers: [{ url: 'https://a.example/{stage}' }] },
    null,
  ],
  'a relative URL': [{ openapi: '3.0.3', servers: [{ url: './api' }] }, '/api'],
};

test.each(Object.entries(SERVERS))('the path of the server: %s', async (_what, [document, path]) => {
  const written = { info: { title: 'A', version: '1' }, paths: {}, ...document };
  const { description } = await loadDocuments({ 'a.json': JSON.stringify(written) });
  expect(description?.serverPath).toBe(path);
});
