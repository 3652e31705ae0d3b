import type { NormalizedNodeType } from '@redocly/openapi-core';
import { isMapping } from '../../../table/rules/is-mapping.ts';
import type { Dialect } from './dialect.ts';
import type { DocumentFaults, FaultNote } from './document-faults.ts';
import type { DocumentSet } from './document-set.ts';
import { fieldFault, kindFault, missingFields, placeFault } from './field-faults.ts';
import { TypeTables } from './field-type.ts';
import type { FieldType, TypeTable } from './field-type.ts';
import { nodeTypes } from './node-types.ts';
import { follow, referenceFault } from './resolve-reference.ts';
import type { ReferenceFault } from './resolve-reference.ts';
import { pathOf, trailAt } from './trail.ts';
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
    tables: new TypeTables(),
    types: [],
    resolved: new Map(),
    places: [],
    count: 0,
  };
  try {
    const table = walk.tables.of(type);
    if (table !== null) visit(walk, root.value, table, '');
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
  readonly tables: TypeTables;
  /** Types of the fields of what is being visited, the innermost last. */
  readonly types: FieldType[];
  readonly resolved: Map<ParsedDocument, Map<string, Target | { readonly fault: ReferenceFault }>>;
  readonly places: FaultNote[];
  count: number;
}

interface Target {
  readonly value: unknown;
  readonly document: ParsedDocument;
  readonly path: readonly string[];
}

function visit(walk: Walk, node: unknown, table: TypeTable, key: string): void {
  if (typeof node === 'object' && node !== null) {
    const reference = (node as Readonly<Record<string, unknown>>)['$ref'];
    if (typeof reference === 'string' && !Array.isArray(node)) {
      visitTarget(walk, reference, table, key);
      return;
    }
    const before = table.seen.size;
    if (table.seen.add(node).size === before) return;
  }
  const { type } = table;
  const fault = kindFault(node, type);
  if (fault !== null) report(walk, fault);
  if (Array.isArray(node)) visitItems(walk, node, type);
  else if (isMapping(node) && type.items === undefined) visitFields(walk, node, table, key);
}

function visitItems(walk: Walk, nodes: readonly unknown[], { items }: NormalizedNodeType): void {
  for (let index = 0; index < nodes.length; index += 1) {
    const node = nodes[index];
    const key = String(index);
    descend(walk, node, typeof items === 'function' ? items(node, key) : items, key);
  }
}

/** What is wrong with a mapping itself is said before what is wrong in its fields. */
function visitFields(
  walk: Walk,
  node: Readonly<Record<string, unknown>>,
  { type, typeOf }: TypeTable,
  key: string,
): void {
  const { types } = walk;
  for (const missing of missingFields(node, type, key)) report(walk, missing);
  const allowed = type.allowed?.(node);
  const names = Object.keys(node);
  const begin = types.length;
  for (const name of names) {
    const value = node[name];
    const of = typeOf(name, value);
    types.push(of);
    if (name.startsWith('x-')) continue;
    const fault = fieldFault(name, value, of);
    if (fault !== null) report(walk, fault, name);
    const misplaced = placeFault(name, allowed, type);
    if (misplaced !== null) report(walk, misplaced, name);
  }
  for (const [index, name] of names.entries()) {
    if (!name.startsWith('x-')) descend(walk, node[name], types[begin + index], name);
  }
  types.length = begin;
}

// oxlint-disable-next-line max-params -- runs for every field of a document: nothing is allocated
function descend(walk: Walk, node: unknown, type: FieldType, key: string): void {
  // Most fields are scalars: they need no look into the tables.
  const table = type?.name === undefined ? null : walk.tables.of(type);
  if (table === null) return;
  walk.path.push(key);
  visit(walk, node, table, key);
  walk.path.pop();
}

function visitTarget(walk: Walk, reference: string, table: TypeTable, key: string): void {
  const target = targetOf(walk, reference);
  if ('fault' in target) {
    const message = referenceFault(reference, target.fault);
    if (message !== null) report(walk, message, '$ref');
    return;
  }
  if (table.seen.has(target.value)) return;
  const { document, path } = walk;
  walk.document = target.document;
  walk.path = [...target.path];
  visit(walk, target.value, table, key);
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

function report(walk: Walk, message: string, field: string | null = null): void {
  const path = field === null ? [...walk.path] : [...walk.path, field];
  if (walk.faults.has(walk.document, path)) return;
  walk.count += 1;
  if (walk.places.length < PLACES_MAX) walk.places.push({ message, at: trailAt(walk.document, path) });
}
