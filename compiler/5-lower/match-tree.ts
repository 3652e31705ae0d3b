import type { MatchNode } from '../../table/operations.ts';
import { byCodeUnit } from '../../table/rules/by-code-unit.ts';
import { literalCharacters } from '../../table/rules/operation-matcher.ts';
import { segmentLiterals, templateSegments } from '../../table/rules/template.ts';

/** What the matcher looks at of an operation. */
export interface Template {
  readonly method: string;
  readonly path: string;
}

interface Growing {
  readonly literals: Map<string, Growing>;
  readonly patterns: Map<string, { readonly literals: readonly string[]; readonly next: Growing }>;
  any: Growing | null;
  readonly operations: Map<string, number>;
}

/** Gives the matcher of operations by their numbers, as it is written. The first of two templates that match the same is kept. */
export function matchTree(templates: readonly Template[]): MatchNode {
  const root = emptyNode();
  for (const [number, { method, path }] of templates.entries()) {
    let node = root;
    for (const segment of templateSegments(path)) node = grow(node, segment);
    if (!node.operations.has(method)) node.operations.set(method, number);
  }
  return frozen(root);
}

function emptyNode(): Growing {
  return { literals: new Map(), patterns: new Map(), any: null, operations: new Map() };
}

function grow(node: Growing, segment: string): Growing {
  const literals = segmentLiterals(segment);
  if (literals.length === 1) return added(node.literals, segment, emptyNode());
  if (literals.length === 2 && segment.startsWith('{') && segment.endsWith('}'))
    return (node.any ??= emptyNode());
  return added(node.patterns, JSON.stringify(literals), { literals, next: emptyNode() }).next;
}

function added<T>(nodes: Map<string, T>, key: string, fresh: T): T {
  const known = nodes.get(key);
  if (known !== undefined) return known;
  nodes.set(key, fresh);
  return fresh;
}

function frozen({ literals, patterns, any, operations }: Growing): MatchNode {
  return [
    Object.fromEntries([...literals].map(([text, next]) => [text, frozen(next)])),
    [...patterns]
      .sort(
        ([key, one], [otherKey, other]) =>
          literalCharacters(other.literals) - literalCharacters(one.literals) || byCodeUnit(key, otherKey),
      )
      .map(([, pattern]) => [pattern.literals, frozen(pattern.next)] as const),
    any === null ? 0 : frozen(any),
    Object.fromEntries(operations),
  ];
}
