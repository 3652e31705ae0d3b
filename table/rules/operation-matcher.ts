import type { DescriptionUse, Operation } from '../types.ts';

/** An operation that a request matched, and the description that has it. */
export interface MatchedOperation {
  readonly description: string;
  readonly operation: Operation;
  /** prefix + path: the template as callers address it, without the connection's name. */
  readonly template: string;
}

/** What matching gives: an operation; the methods that the path does have, sorted; or nothing. */
export type OperationMatch =
  | { readonly kind: 'operation'; readonly matched: MatchedOperation }
  | { readonly kind: 'methods'; readonly methods: readonly string[] }
  | { readonly kind: 'none' };

/** One segment with parameters and literals: `{lat},{lon}` is literals `['', ',', '']`. */
interface PatternStep {
  readonly literals: readonly string[];
  readonly next: Node;
}

interface Node {
  readonly literal: Map<string, Node>;
  /** Most literal characters first. */
  readonly patterns: PatternStep[];
  any: Node | null;
  /** By method. */
  readonly operations: Map<string, MatchedOperation>;
}

/** Operations by path, in a tree of segments: the cost of a match does not grow with their number. */
export interface OperationMatcher {
  readonly root: Node;
}

/** Gives the matcher of a connection's descriptions. The first of two equal templates with a method wins. */
export function operationMatcher(descriptions: readonly DescriptionUse[]): OperationMatcher {
  const root = emptyNode();
  for (const description of descriptions) {
    for (const operation of description.operations) {
      const template = description.prefix + operation.path;
      let node = root;
      for (const segment of templateSegments(template)) node = step(node, segment);
      if (!node.operations.has(operation.method)) {
        node.operations.set(operation.method, { description: description.name, operation, template });
      }
    }
  }
  return { root };
}

/**
 * Gives the operation that a method and a path's decoded segments belong to. At each segment a literal
 * goes before a pattern, a pattern before a lone parameter (OpenAPI: concrete before templated); among
 * templates that match, the first that has the method is taken.
 */
export function matchOperation(
  matcher: OperationMatcher,
  method: string,
  segments: readonly string[],
): OperationMatch {
  const methods = new Set<string>();
  const matched = search(matcher.root, { method, segments, methods }, 0);
  if (matched !== null) return { kind: 'operation', matched };
  return methods.size === 0 ? { kind: 'none' } : { kind: 'methods', methods: [...methods].sort() };
}

interface Search {
  readonly method: string;
  readonly segments: readonly string[];
  /** Methods of the templates that match the path. */
  readonly methods: Set<string>;
}

function search(node: Node, sought: Search, depth: number): MatchedOperation | null {
  const segment = sought.segments[depth];
  if (segment === undefined) {
    for (const method of node.operations.keys()) sought.methods.add(method);
    return node.operations.get(sought.method) ?? null;
  }
  const literal = node.literal.get(segment);
  const exact = literal === undefined ? null : search(literal, sought, depth + 1);
  if (exact !== null) return exact;
  for (const pattern of node.patterns) {
    const found = matchesPattern(pattern.literals, segment) ? search(pattern.next, sought, depth + 1) : null;
    if (found !== null) return found;
  }
  return node.any === null || segment === '' ? null : search(node.any, sought, depth + 1);
}

/** Tells whether a segment is the literals with at least one character between each two. */
function matchesPattern(literals: readonly string[], segment: string): boolean {
  const first = literals[0] ?? '';
  const last = literals.at(-1) ?? '';
  if (!segment.startsWith(first) || !segment.endsWith(last)) return false;
  let at = first.length;
  for (const literal of literals.slice(1, -1)) {
    const found = segment.indexOf(literal, at + 1);
    if (found < 0) return false;
    at = found + literal.length;
  }
  return at + 1 <= segment.length - last.length;
}

function emptyNode(): Node {
  return { literal: new Map(), patterns: [], any: null, operations: new Map() };
}

function step(node: Node, segment: string): Node {
  const literals = segment.split(/\{[^{}]*\}/);
  if (literals.length === 1) return literalStep(node, segment);
  if (literals.length === 2 && literals.every((literal) => literal === '')) return (node.any ??= emptyNode());
  const known = node.patterns.find((pattern) => pattern.literals.join('{}') === literals.join('{}'));
  if (known !== undefined) return known.next;
  const added = { literals, next: emptyNode() };
  node.patterns.push(added);
  node.patterns.sort((a, b) => weight(b.literals) - weight(a.literals));
  return added.next;
}

function literalStep(node: Node, segment: string): Node {
  const known = node.literal.get(segment);
  if (known !== undefined) return known;
  const added = emptyNode();
  node.literal.set(segment, added);
  return added;
}

function weight(literals: readonly string[]): number {
  return literals.join('').length;
}

/** A template's segments, decoded as a path's are, a trailing slash ignored. */
function templateSegments(template: string): string[] {
  const segments = template.split('/').slice(1);
  if (segments.at(-1) === '') segments.pop();
  return segments.map(decodeLiteral);
}

function decodeLiteral(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
