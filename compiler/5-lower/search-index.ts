import type { OperationRecord } from '../../table/operations.ts';
import { SEARCH_DESCRIPTION_CHARACTERS, SEARCH_OPTIONS } from '../../table/rules/search-terms.ts';

/** Gives the serialised search index over operations, numbered as they stand. */
export async function searchIndex(operations: readonly OperationRecord[]): Promise<string> {
  const { default: MiniSearch } = await import('minisearch');
  const index = new MiniSearch(SEARCH_OPTIONS);
  for (const [id, { id: operation, path, summary, description, tags }] of operations.entries()) {
    index.add({
      id,
      operation,
      path,
      summary: summary ?? '',
      description: description?.slice(0, SEARCH_DESCRIPTION_CHARACTERS) ?? '',
      tags: tags.join(' '),
    });
  }
  return JSON.stringify(index);
}
