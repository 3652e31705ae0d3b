import { nearestName } from '../rules/nearest-name.ts';
import { refuse } from '../shape.ts';
import { SEARCH_HEAD_BYTES } from './write-search.ts';

/** What a search looks for. */
export interface SearchAsk {
  /** Terms, as `searchTerms` gives them. A term is found where it begins another one, too. */
  readonly terms: readonly string[];
  /** Whether a hit has every term, or one is enough. */
  readonly match: 'all' | 'some';
  /** Tells which operations count. Of others not even a term is told. */
  readonly only: (operation: number) => boolean;
}

/** An operation that was found, by its number. */
export interface SearchHit {
  readonly index: number;
  /** How well it fits: a sum, to be compared with others of the same terms alone. */
  readonly score: number;
}

/** An index in memory. */
export interface SearchIndex {
  /** Gives what is found, in the order of the operations' numbers. */
  readonly search: (ask: SearchAsk) => SearchHit[];
  /** Tells whether a term is found anywhere. */
  readonly has: (term: string, only: SearchAsk['only']) => boolean;
  /** Gives the term that one which is nowhere most likely means, or null. Compares it with all of them. */
  readonly nearest: (term: string, only: SearchAsk['only']) => string | null;
}

/** What a longer term that begins with the one asked for is worth at most, and what each letter more takes off. */
const PREFIX_WEIGHT = 0.375;
const PREFIX_LETTER = 0.3;

/** Gives the index of so many operations that was written as these bytes. Throws a TableError where they are no such index. */
export function openSearch(bytes: Buffer, operations: number): SearchIndex {
  const { step, terms, starts, places, impacts } = read(bytes, operations);
  return {
    search: ({ terms: asked, match, only }) => {
      const tally = new Tally(operations);
      for (const [before, term] of asked.entries()) {
        // What lacks a term already cannot have all.
        const needed = match === 'all' ? before : 0;
        for (const at of rangeOf(term)) {
          const worth = step * weightOf(term, terms[at] ?? '');
          const end = starts[at + 1] ?? 0;
          for (let posting = starts[at] ?? 0; posting < end; posting += 1)
            tally.add(places[posting] ?? 0, worth * (impacts[posting] ?? 0), before + 1, needed);
        }
      }
      return tally.hits(match === 'all' ? asked.length : 1, only);
    },
    has: (term, only) => rangeOf(term).some((at) => isIn(at, only)),
    nearest: (term, only) =>
      nearestName(
        term,
        terms.filter((_, at) => isIn(at, only)),
      ),
  };

  /** Gives the numbers of the terms that begin with one. */
  function rangeOf(term: string): number[] {
    let low = 0;
    let high = terms.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((terms[middle] ?? '') < term) low = middle + 1;
      else high = middle;
    }
    const range: number[] = [];
    for (let at = low; terms[at]?.startsWith(term) === true; at += 1) range.push(at);
    return range;
  }

  function isIn(at: number, only: SearchAsk['only']): boolean {
    const end = starts[at + 1] ?? 0;
    for (let posting = starts[at] ?? 0; posting < end; posting += 1) {
      if (only(places[posting] ?? 0)) return true;
    }
    return false;
  }
}

/** What operations come to, term by term. */
class Tally {
  readonly #scores: Float64Array;
  /** How many of the terms each operation has, and the number of the last of them. */
  readonly #having: Uint32Array;
  readonly #last: Uint32Array;

  constructor(operations: number) {
    this.#scores = new Float64Array(operations);
    this.#having = new Uint32Array(operations);
    this.#last = new Uint32Array(operations);
  }

  // oxlint-disable-next-line max-params -- runs for every posting: nothing is allocated
  /** Adds what a term, numbered from 1, is worth in an operation that has so many of those before. */
  add(place: number, worth: number, number: number, needed: number): void {
    const had = this.#having[place] ?? 0;
    if (had < needed) return;
    this.#scores[place] = (this.#scores[place] ?? 0) + worth;
    if (this.#last[place] === number) return;
    this.#last[place] = number;
    this.#having[place] = had + 1;
  }

  /** Gives the operations that count and have so many terms. */
  hits(wanted: number, only: SearchAsk['only']): SearchHit[] {
    const hits: SearchHit[] = [];
    for (let index = 0; index < this.#having.length; index += 1) {
      const had = this.#having[index] ?? 0;
      if (had === 0 || had < wanted || !only(index)) continue;
      // By how many terms it has: one rare word is not to outweigh several that were meant together.
      hits.push({ index, score: (this.#scores[index] ?? 0) * had });
    }
    return hits;
  }
}

function weightOf(asked: string, term: string): number {
  const more = term.length - asked.length;
  return more === 0 ? 1 : (PREFIX_WEIGHT * term.length) / (term.length + PREFIX_LETTER * more);
}

interface Parts {
  readonly step: number;
  readonly terms: readonly string[];
  readonly starts: Uint32Array;
  readonly places: Uint32Array;
  readonly impacts: Uint16Array;
}

/** Every number is looked at once, so that a search needs not ask. */
function read(bytes: Buffer, operations: number): Parts {
  if (bytes.length < SEARCH_HEAD_BYTES) refuse('a search index', `at least ${SEARCH_HEAD_BYTES} bytes`);
  const [counted = 0, termCount = 0, postings = 0, textBytes = 0] = [8, 12, 16, 20].map((at) =>
    bytes.readUInt32LE(at),
  );
  const size = SEARCH_HEAD_BYTES + 4 * (termCount + 1 + postings) + 2 * postings + textBytes;
  if (counted !== operations || bytes.length !== size)
    refuse('a search index', `${size} bytes over ${operations} operations`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let end = SEARCH_HEAD_BYTES;
  const next = (width: 2 | 4): number => {
    const number = width === 4 ? view.getUint32(end, true) : view.getUint16(end, true);
    end += width;
    return number;
  };
  const starts = Uint32Array.from({ length: termCount + 1 }, () => next(4));
  const places = Uint32Array.from({ length: postings }, () => next(4));
  const impacts = Uint16Array.from({ length: postings }, () => next(2));
  const text = bytes.toString('utf8', end);
  const terms = termCount === 0 ? [] : text.split('\n');
  if (terms.length !== termCount || starts[0] !== 0 || starts[termCount] !== postings)
    refuse('a search index', 'terms that have all of its postings');
  if (starts.some((start, at) => start > (starts[at + 1] ?? postings)))
    refuse('a search index', 'postings in the order of its terms');
  if (places.some((place) => place >= operations))
    refuse('a search index', `operation numbers below ${operations}`);
  return { step: bytes.readDoubleLE(0), terms, starts, places, impacts };
}
