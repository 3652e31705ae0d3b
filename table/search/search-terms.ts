import type { OperationRecord } from '../operations.ts';

/** Descriptions are searched up to here: what follows is seldom what one looks for. */
const SEARCH_DESCRIPTION_CHARACTERS = 500;

/** What of an operation is searched. */
export type SearchedOperation = Pick<OperationRecord, 'id' | 'path' | 'summary' | 'description' | 'tags'>;

/** A text of an operation, and how much a word in it counts. */
export interface SearchField {
  readonly weight: number;
  readonly text: (operation: SearchedOperation) => string;
}

/** What is searched, field by field. */
export const SEARCH_FIELDS: readonly SearchField[] = [
  { weight: 4, text: ({ id }) => id },
  { weight: 3, text: ({ path }) => path },
  { weight: 3, text: ({ summary }) => summary ?? '' },
  { weight: 2, text: ({ tags }) => tags.join(' ') },
  { weight: 1, text: ({ description }) => description?.slice(0, SEARCH_DESCRIPTION_CHARACTERS) ?? '' },
];

/** Gives the different words of a query, in their order. */
export function queryTerms(query: string): string[] {
  return [...new Set(searchTerms(query))];
}

/** Gives the words of a text as they stand in an index; `listRepoIssues` is three, and so is `/users/{user_id}`. */
export function searchTerms(text: string): string[] {
  return text
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((term) => term !== '');
}
