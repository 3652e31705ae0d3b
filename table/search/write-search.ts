import { SEARCH_FIELDS, searchTerms } from './search-terms.ts';
import type { SearchedOperation } from './search-terms.ts';

/*
 * The index that words of operations are found by. For every term it holds in which operations it stands and what
 * that is worth there: the sum of BM25+ over the fields, which no query changes, so that a search only adds up.
 *
 * Little-endian: a float64, what one step of an impact is worth; uint32, how many operations, terms, postings and
 * bytes of text there are; uint32 for each term and one more, where its postings begin; uint32 for each posting,
 * its operation; uint16 for each posting, its impact; the terms in the order of their UTF-16 units, with a line feed
 * between them, as UTF-8.
 */

/** Bytes before the postings' beginnings. */
export const SEARCH_HEAD_BYTES = 24;

/** The greatest impact. */
const IMPACT_MAX = 0xff_ff;

// Lv, Zhai: Lower-bounding term frequency normalization (CIKM 2011), with the usual constants.
const K = 1.2;
const B = 0.7;
const D = 0.5;

/** Of one term, by field: operations, each followed by how often the term stands there. */
type Counts = (number[] | undefined)[];

/** Makes the index over operations, which are numbered as they are added. */
export class SearchWriter {
  readonly #terms = new Map<string, Counts>();
  /** By field: how many different terms each operation has. */
  readonly #lengths: number[][] = SEARCH_FIELDS.map(() => []);
  #operations = 0;

  add(operation: SearchedOperation): void {
    for (const [field, { text }] of SEARCH_FIELDS.entries()) {
      const words = searchTerms(text(operation));
      for (const word of words) this.#count(word, field);
      this.#lengths[field]?.push(new Set(words).size);
    }
    this.#operations += 1;
  }

  /** Gives the bytes of the index. The same operations give the same bytes. */
  bytes(): Buffer {
    const terms = [...this.#terms.keys()].sort();
    const averages = this.#lengths.map((lengths) => sum(lengths) / this.#operations);
    const worth = new Float64Array(this.#operations);
    const starts = [0];
    const places: number[] = [];
    const impacts: number[] = [];
    for (const term of terms) {
      const found = this.#addWorth(this.#terms.get(term) ?? [], averages, worth);
      for (const place of found) {
        places.push(place);
        impacts.push(worth[place] ?? 0);
        worth[place] = 0;
      }
      starts.push(places.length);
    }
    const step = impacts.reduce((most, impact) => Math.max(most, impact), 0) / IMPACT_MAX;
    const text = Buffer.from(terms.join('\n'));
    return written({ step, operations: this.#operations, starts, places, impacts, text });
  }

  #count(term: string, field: number): void {
    let counts = this.#terms.get(term);
    if (counts === undefined) this.#terms.set(term, (counts = []));
    const those = (counts[field] ??= []);
    if (those.at(-2) === this.#operations) those[those.length - 1] = (those.at(-1) ?? 0) + 1;
    else those.push(this.#operations, 1);
  }

  /** Adds to each operation what a term is worth there. Gives those operations, in order. */
  #addWorth(counts: Counts, averages: readonly number[], worth: Float64Array): number[] {
    const found: number[] = [];
    for (const [field, those] of counts.entries()) {
      if (those === undefined) continue;
      const having = those.length / 2;
      const rarity = Math.log(1 + (this.#operations - having + 0.5) / (having + 0.5));
      const weight = (SEARCH_FIELDS[field]?.weight ?? 0) * rarity;
      const lengths = this.#lengths[field] ?? [];
      const average = averages[field] ?? 1;
      for (let at = 0; at < those.length; at += 2) {
        const place = those[at] ?? 0;
        const times = those[at + 1] ?? 0;
        const long = K * (1 - B + (B * (lengths[place] ?? 0)) / average);
        if (worth[place] === 0) found.push(place);
        worth[place] = (worth[place] ?? 0) + weight * (D + (times * (K + 1)) / (times + long));
      }
    }
    return found.sort((one, other) => one - other);
  }
}

interface Parts {
  readonly step: number;
  readonly operations: number;
  readonly starts: readonly number[];
  readonly places: readonly number[];
  readonly impacts: readonly number[];
  readonly text: Buffer;
}

function written({ step, operations, starts, places, impacts, text }: Parts): Buffer {
  const size = SEARCH_HEAD_BYTES + 4 * (starts.length + places.length) + 2 * impacts.length;
  const bytes = Buffer.alloc(size + text.length);
  bytes.writeDoubleLE(step, 0);
  let end = 8;
  for (const number of [operations, starts.length - 1, places.length, text.length])
    end = bytes.writeUInt32LE(number, end);
  for (const start of starts) end = bytes.writeUInt32LE(start, end);
  for (const place of places) end = bytes.writeUInt32LE(place, end);
  // What is found is worth something.
  for (const impact of impacts) end = bytes.writeUInt16LE(Math.max(1, Math.round(impact / step)), end);
  text.copy(bytes, end);
  return bytes;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
