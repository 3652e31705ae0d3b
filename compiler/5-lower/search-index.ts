import type { OperationRecord } from '../../table/operations.ts';
import { indexedTerm, SEARCH_OPTIONS, searchedTexts, searchTerms } from '../../table/rules/search-terms.ts';

/** Of one term, by field: documents, each with how often it has the term. */
type Postings = (number[] | undefined)[];

/**
 * Gives the serialised search index over operations, numbered as they stand: what MiniSearch would write of them
 * (its serialization version 2), but for the order of the terms, which is theirs here. MiniSearch builds a tree of
 * maps before it writes, which takes several times as long and as much memory.
 */
export function searchIndex(operations: readonly OperationRecord[]): string {
  const { fields } = SEARCH_OPTIONS;
  const terms = new Map<string, Postings>();
  const sums = fields.map(() => 0);
  const lengths = operations.map((operation, document) =>
    searchedTexts(operation).map((text, field) => {
      const words = searchTerms(text);
      for (const word of words) count(terms, indexedTerm(word), field, document);
      const length = new Set(words).size;
      sums[field] = (sums[field] ?? 0) + length;
      return length;
    }),
  );
  const head = {
    documentCount: operations.length,
    nextId: operations.length,
    documentIds: Object.assign(
      {},
      operations.map((_, document) => document),
    ),
    fieldIds: Object.fromEntries(fields.map((name, field) => [name, field])),
    fieldLength: Object.assign({}, lengths),
    averageFieldLength: operations.length === 0 ? [] : sums.map((sum) => sum / operations.length),
    storedFields: {},
    dirtCount: 0,
    serializationVersion: 2,
  };
  return `${JSON.stringify(head).slice(0, -1)},"index":[${inOrder(terms).join(',')}]}`;
}

// oxlint-disable-next-line max-params -- runs for every word of a description: nothing is allocated
function count(terms: Map<string, Postings>, term: string, field: number, document: number): void {
  let postings = terms.get(term);
  if (postings === undefined) terms.set(term, (postings = []));
  const counts = (postings[field] ??= []);
  if (counts.at(-2) === document) counts[counts.length - 1] = (counts.at(-1) ?? 0) + 1;
  else counts.push(document, 1);
}

/** Gives each term as JSON: `["term",{"field":{"document":count}}]`. */
function inOrder(terms: ReadonlyMap<string, Postings>): string[] {
  return [...terms.keys()].sort().map((term) => {
    const fields: string[] = [];
    for (const [field, counts] of (terms.get(term) ?? []).entries()) {
      if (counts === undefined) continue;
      let text = '';
      for (let at = 0; at < counts.length; at += 2)
        text += `${at === 0 ? '' : ','}"${counts[at]}":${counts[at + 1]}`;
      fields.push(`"${field}":{${text}}`);
    }
    return `[${JSON.stringify(term)},{${fields.join(',')}}]`;
  });
}
