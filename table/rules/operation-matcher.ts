import type { DescriptionEntry, MatchNode } from '../operations.ts';
import { readSegment, templateSegments } from './template.ts';

/** A description as one connection's paths lead to it. */
export interface PlacedDescription {
  readonly entry: DescriptionEntry;
  /** What stands before each template on this connection. */
  readonly prefix: string;
  /** The prefix in segments. */
  readonly before: readonly string[];
  readonly root: MatchNode;
}

/** Gives a description placed under its prefix. */
export function placeDescription(
  entry: DescriptionEntry,
  prefix: string,
  root: MatchNode,
): PlacedDescription {
  return { entry, prefix, before: templateSegments(prefix), root };
}

/** An operation that a request matched: its number in its description. */
export interface MatchedOperation {
  readonly description: PlacedDescription;
  readonly number: number;
}

/** What matching gives: an operation; the methods that the path does have, sorted; or nothing. */
export type OperationMatch =
  | { readonly kind: 'operation'; readonly matched: MatchedOperation }
  | { readonly kind: 'methods'; readonly methods: readonly string[] }
  | { readonly kind: 'none' };

/**
 * Gives the operation that a method and a path's decoded segments belong to. At each segment a literal goes
 * before a pattern, one with more literal characters before one with less, a pattern before a lone parameter
 * (OpenAPI 3.2, 4.8.2: concrete before templated); among templates that match, the first that has the method is
 * taken. Over several descriptions the same order holds; what is equal goes to the first.
 */
export function matchOperation(
  descriptions: readonly PlacedDescription[],
  method: string,
  segments: readonly string[],
): OperationMatch {
  const methods = new Set<string>();
  let best: MatchedOperation | null = null;
  let bestRanks: readonly number[] = [];
  for (const description of descriptions) {
    const { before, root } = description;
    if (!before.every((segment, at) => segments[at] === segment)) continue;
    const ranks = before.map(() => LITERAL);
    const number = search(root, { method, segments, methods, ranks }, before.length);
    if (number === null || (best !== null && !isBefore(ranks, bestRanks))) continue;
    best = { description, number };
    bestRanks = ranks;
  }
  if (best !== null) return { kind: 'operation', matched: best };
  return methods.size === 0 ? { kind: 'none' } : { kind: 'methods', methods: [...methods].sort() };
}

interface Search {
  readonly method: string;
  readonly segments: readonly string[];
  /** Methods of the templates that match the path. */
  readonly methods: Set<string>;
  /** How concrete the match is at each segment: filled on the way back from one. */
  readonly ranks: number[];
}

const LITERAL = Number.POSITIVE_INFINITY;
const ANY = -1;

/** Each node is looked at once at most: a path has one way to it. */
function search(
  [literals, patterns, any, operations]: MatchNode,
  sought: Search,
  depth: number,
): number | null {
  const segment = sought.segments[depth];
  if (segment === undefined) {
    for (const method of Object.keys(operations)) sought.methods.add(method);
    return Object.hasOwn(operations, sought.method) ? (operations[sought.method] ?? null) : null;
  }
  const literal = Object.hasOwn(literals, segment) ? literals[segment] : undefined;
  const exact = literal === undefined ? null : step(literal, sought, depth, LITERAL);
  if (exact !== null) return exact;
  for (const [texts, next] of patterns) {
    if (readSegment(texts, segment) === null) continue;
    const found = step(next, sought, depth, literalCharacters(texts));
    if (found !== null) return found;
  }
  return any === 0 || segment === '' ? null : step(any, sought, depth, ANY);
}

// oxlint-disable-next-line max-params -- on the way of every request: nothing is allocated
function step(node: MatchNode, sought: Search, depth: number, rank: number): number | null {
  const found = search(node, sought, depth + 1);
  if (found !== null) sought.ranks[depth] = rank;
  return found;
}

/** Gives how many characters of a pattern are literal: the more, the more concrete it is. */
export function literalCharacters(literals: readonly string[]): number {
  return literals.reduce((sum, literal) => sum + literal.length, 0);
}

function isBefore(ranks: readonly number[], others: readonly number[]): boolean {
  for (const [at, rank] of ranks.entries()) {
    const other = others[at] ?? ANY;
    if (rank !== other) return rank > other;
  }
  return false;
}
