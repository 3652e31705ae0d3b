import type { OperationRecord } from '../operations.ts';

/** What of an operation is searched; its number in its description is the document's `id`. */
const SEARCH_FIELDS = ['operation', 'path', 'summary', 'description', 'tags'] as const;

/** Descriptions are searched up to here: an index is many times what it is made of. */
const SEARCH_DESCRIPTION_CHARACTERS = 500;

/** How a MiniSearch index over operations is made, and how it must be loaded again: terms and weights are of one rule. */
export const SEARCH_OPTIONS: {
  readonly fields: string[];
  readonly tokenize: (text: string) => string[];
  readonly processTerm: (term: string) => string;
  readonly searchOptions: { readonly boost: Record<string, number>; readonly prefix: true };
} = {
  fields: [...SEARCH_FIELDS],
  tokenize: searchTerms,
  processTerm: indexedTerm,
  searchOptions: { boost: { operation: 4, path: 3, summary: 3, tags: 2, description: 1 }, prefix: true },
};

/** Gives what is searched of an operation, in the order of the fields. */
export function searchedTexts({
  id,
  path,
  summary,
  description,
  tags,
}: Pick<OperationRecord, 'id' | 'path' | 'summary' | 'description' | 'tags'>): string[] {
  const short = description?.slice(0, SEARCH_DESCRIPTION_CHARACTERS);
  return [id, path, summary ?? '', short ?? '', tags.join(' ')];
}

/** Gives the words of a text; `listRepoIssues` is three, and so is `/users/{user_id}`. */
export function searchTerms(text: string): string[] {
  return text
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((term) => term !== '');
}

/** Gives a word as it stands in the index, and is looked for. */
export function indexedTerm(word: string): string {
  return word.toLowerCase();
}
