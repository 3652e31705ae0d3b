import type { NormalizedNodeType } from '@redocly/openapi-core';
import type { Dialect } from './dialect.ts';
import type { DocumentFaults, FaultNote } from './document-faults.ts';
import type { DocumentSet } from './document-set.ts';
import { fieldFaults } from './field-faults.ts';
import { isNode, typeOfField } from './field-type.ts';
import { nodeTypes } from './node-types.ts';
import { follow, referenceFault } from './resolve-reference.ts';
import type { ReferenceFault } from './resolve-reference.ts';
import { isMapping, pathOf, trailAt } from './trail.ts';
import type { ParsedDocument } from '../parse-document.ts';

/** Places are kept up to here: what a document has more of is counted alone. */
const PLACES_MAX = 10_000;

/**
 * Reports as one warning where a description breaks the rules of OpenAPI without that changing what is routed: what
 * reaches an operation and cannot be understood was reported by reading it. Everything is looked at once, also
 * what no operation reaches.
 */
export async function checkDocumentRules(
  set: DocumentSet,
  root: ParsedDocument,
  { dialect, faults }: { readonly dialect: Dialect; readonly faults: DocumentFaults },
): Promise<void> {
  const type = await nodeTypes(dialect);
  const walk: Walk = {
    set,
    faults,
    document: root,
    path: [],
    seen: new Map(),
    resolved: new Map(),
    places: [],
    count: 0,
  };
  try {
    visit(walk, root.value, type, '');
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    faults.add({ code: 'GW1012', at: trailAt(root, []), message: 'the document is nested too deep' });
  }
  const [first] = walk.places;
  if (first === undefined) return;
  const count = walk.count === 1 ? '1 place breaks' : `${walk.count} places break`;
  faults.add({
    code: 'GW6014',
    at: first.at,
    message: `${count} the rules of OpenAPI without changing what is routed; here: ${first.message}`,
    details: walk.places.slice(1),
  });
}

interface Walk {
  readonly set: DocumentSet;
  readonly faults: DocumentFaults;
  /** Where the walk is. A place is made of it for a fault alone. */
  document: ParsedDocument;
  path: string[];
  readonly seen: Map<NormalizedNodeType, Set<unknown>>;
  readonly resolved: Map<ParsedDocument, Map<string, Target | { readonly fault: ReferenceFault }>>;
  readonly places: FaultNote[];
  count: number;
}

interface Target {
  readonly value: unknown;
  readonly document: ParsedDocument;
  readonly path: readonly string[];
}

function visit(walk: Walk, node: unknown, type: NormalizedNodeType, key: string): void {
  if (isMapping(node) && typeof node['$ref'] === 'string') {
    visitTarget(walk, node['$ref'], type, key);
    return;
  }
  if (typeof node === 'object' && node !== null) {
    const seen = walk.seen.get(type) ?? new Set();
    if (seen.has(node)) return;
    walk.seen.set(type, seen.add(node));
  }
  for (const fault of fieldFaults(node, type, key)) report(walk, fault.message, fault.path);
  if (Array.isArray(node)) visitItems(walk, node, type);
  else if (isMapping(node) && type.items === undefined) visitFields(walk, node, type);
}

function visitItems(walk: Walk, nodes: readonly unknown[], type: NormalizedNodeType): void {
  for (const [index, node] of nodes.entries()) {
    const of = typeof type.items === 'function' ? type.items(node, String(index)) : type.items;
    if (!isNode(of)) continue;
    walk.path.push(String(index));
    visit(walk, node, of, String(index));
    walk.path.pop();
  }
}

function visitFields(walk: Walk, node: Readonly<Record<string, unknown>>, type: NormalizedNodeType): void {
  for (const key of Object.keys(node)) {
    if (key.startsWith('x-')) continue;
    const of = typeOfField(type, key, node[key]);
    if (!isNode(of)) continue;
    walk.path.push(key);
    visit(walk, node[key], of, key);
    walk.path.pop();
  }
}

function visitTarget(walk: Walk, reference: string, type: NormalizedNodeType, key: string): void {
  const target = targetOf(walk, reference);
  if ('fault' in target) {
    const message = referenceFault(reference, target.fault);
    if (message !== null) report(walk, message, ['$ref']);
    return;
  }
  if (walk.seen.get(type)?.has(target.value) === true) return;
  const { document, path } = walk;
  walk.document = target.document;
  walk.path = [...target.path];
  visit(walk, target.value, type, key);
  walk.document = document;
  walk.path = path;
}

/** Gives what a `$ref` refers to, further `$ref`s followed. */
function targetOf(walk: Walk, reference: string): Target | { readonly fault: ReferenceFault } {
  const known =
    walk.resolved.get(walk.document) ?? new Map<string, Target | { readonly fault: ReferenceFault }>();
  walk.resolved.set(walk.document, known);
  const before = known.get(reference);
  if (before !== undefined) return before;
  const found = follow(walk.set, { value: { $ref: reference }, at: trailAt(walk.document, []) });
  const target =
    'fault' in found ? found : { value: found.value, document: found.at.document, path: pathOf(found.at) };
  known.set(reference, target);
  return target;
}

function report(walk: Walk, message: string, more: readonly string[]): void {
  const path = [...walk.path, ...more];
  if (walk.faults.has(walk.document, path)) return;
  walk.count += 1;
  if (walk.places.length < PLACES_MAX) walk.places.push({ message, at: trailAt(walk.document, path) });
}
