import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { NodeType, NormalizedNodeType, normalizeTypes } from '@redocly/openapi-core';
import type { Dialect } from './dialect.ts';

const VERSIONS: Readonly<Record<Dialect, string>> = {
  '2.0': 'oas2',
  '3.0': 'oas3_0',
  '3.1': 'oas3_1',
  '3.2': 'oas3_2',
};

/**
 * Gives what each version of OpenAPI allows where, as the library's tables have it: the type of the root. Only the
 * modules of the tables are loaded: the whole library takes ten times as long to load, and its walk over a document
 * as much again (docs/decisions/0011-document-rules.md). Its version is pinned for this.
 */
export async function nodeTypes(dialect: Dialect): Promise<NormalizedNodeType> {
  const library = pathToFileURL(createRequire(import.meta.url).resolve('@redocly/openapi-core'));
  const [tables, types] = (await Promise.all([
    import(new URL('oas-types.js', library).href),
    import(new URL('types/index.js', library).href),
  ])) as [
    { readonly getTypes: (version: string) => Record<string, NodeType> },
    { readonly normalizeTypes: typeof normalizeTypes },
  ];
  const root = types.normalizeTypes(tables.getTypes(VERSIONS[dialect]))['Root'];
  if (root === undefined) throw new Error('the tables of OpenAPI have no root');
  return root;
}
